"""The table of contents: one group a noun."""

from django.urls import URLPattern, path

from studio.web.views import doors, health, people, presets, products, uploads

# Coming in: signing in and out, the account, what a monitor asks.
doorways = [
    path("", doors.home, name="home"),
    path("welcome/<str:token>/", doors.welcome, name="welcome"),
    path("accounts/login/", doors.SignIn.as_view(), name="login"),
    path("accounts/logout/", doors.SignOut.as_view(), name="logout"),
    path("accounts/password_change/", doors.ChangePassword.as_view(), name="password_change"),
    path("accounts/password_reset/", doors.ResetPassword.as_view(), name="password_reset"),
    path("accounts/password_reset/done/", doors.ResetSent.as_view(), name="password_reset_done"),
    path("accounts/reset/<uidb64>/<token>/", doors.ResetConfirm.as_view(), name="password_reset_confirm"),
    path("account/", people.account, name="account"),
    path("healthz", health.alive, name="healthz"),
    path("readyz", health.ready, name="readyz"),
]

# Products and their packshots.
product_pages = [
    path("b/<slug:brand>/products/", products.listing, name="products"),
    path("b/<slug:brand>/products/upload/", uploads.upload, name="upload"),
    path("products/<int:pk>/", products.detail, name="product"),
    path("products/<int:pk>/edit/", products.edit, name="product_edit"),
    path("products/<int:pk>/delete/", products.delete, name="product_delete"),
    path("packshots/<int:pk>/delete/", products.delete_packshot, name="packshot_delete"),
]

# Presets: scenes with their versions, and the placements.
preset_pages = [
    path("b/<slug:brand>/presets/", presets.listing, name="presets"),
    path("b/<slug:brand>/presets/placements/", presets.placements, name="placements"),
    path("b/<slug:brand>/presets/new/", presets.new, name="scene_new"),
    path("scenes/<int:pk>/", presets.detail, name="scene"),
    path("scenes/<int:pk>/preview/", presets.preview, name="scene_preview"),
    path("scenes/<int:pk>/publish/", presets.publish, name="scene_publish"),
    path("scenes/<int:pk>/retire/", presets.retire, name="scene_retire"),
    path("scenes/<int:pk>/revive/", presets.revive, name="scene_revive"),
]

# People of the brand.
people_pages = [
    path("b/<slug:brand>/people/", people.listing, name="people"),
]

urlpatterns: list[URLPattern] = [*doorways, *product_pages, *preset_pages, *people_pages]
