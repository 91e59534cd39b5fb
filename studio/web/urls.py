"""The table of contents: one group a noun."""

from django.urls import URLPattern, path

from studio.web.views import (
    brands,
    cutouts,
    decisions,
    doors,
    engine,
    exports,
    gallery,
    health,
    imports,
    invitations,
    limits,
    media,
    memberships,
    people,
    placements,
    plan,
    presets,
    products,
    provider,
    renders,
    scenes,
    shoots,
    spend,
    uploads,
)  # fmt: skip

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
    path("b/<slug:brand>/products/verdicts/", products.verdicts, name="verdicts"),
    path("products/<int:pk>/", products.detail, name="product"),
    path("products/<int:pk>/edit/", products.edit, name="product_edit"),
    path("products/<int:pk>/delete/", products.delete, name="product_delete"),
    path("packshots/<int:pk>/delete/", products.delete_packshot, name="packshot_delete"),
    path("packshots/<int:pk>/cutout/", cutouts.detail, name="cutout"),
    path("packshots/<int:pk>/cutout/correct/", cutouts.correct, name="cutout_correct"),
    path("packshots/<int:pk>/cutout/automatic/", cutouts.automatic, name="cutout_automatic"),
    path("packshots/<int:pk>/cutout/news/", cutouts.news, name="cutout_news"),
]

# Lists and archives of products: given, read, checked, done.
import_pages = [
    path("b/<slug:brand>/imports/", imports.listing, name="imports"),
    path("b/<slug:brand>/imports/new/", imports.new, name="import_new"),
    path("b/<slug:brand>/imports/sample.csv", imports.sample, name="import_sample"),
    path("imports/<int:pk>/", imports.detail, name="import"),
    path("imports/<int:pk>/file/", imports.file, name="import_file"),
    path("imports/<int:pk>/mapping/", imports.mapping, name="import_mapping"),
    path("imports/<int:pk>/check/", imports.check, name="import_check"),
    path("imports/<int:pk>/apply/", imports.apply, name="import_apply"),
    path("imports/<int:pk>/stop/", imports.stop, name="import_stop"),
    path("imports/<int:pk>/retry/", imports.retry, name="import_retry"),
    path("imports/<int:pk>/problems.csv", imports.problems, name="import_problems"),
    path("imports/<int:pk>/delete/", imports.delete, name="import_delete"),
]

# Shoots: planned, launched, watched.
shoot_pages = [
    path("b/<slug:brand>/shoots/", shoots.listing, name="shoots"),
    path("b/<slug:brand>/shoots/new/", shoots.new, name="shoot_new"),
    path("shoots/<int:pk>/", shoots.detail, name="shoot"),
    path("shoots/<int:pk>/plan/", plan.plan, name="plan"),
    path("shoots/<int:pk>/launch/", plan.launch, name="launch"),
    path("shoots/<int:pk>/cancel/", shoots.cancel, name="shoot_cancel"),
    path("shoots/<int:pk>/retry/", shoots.retry, name="shoot_retry"),
    path("shoots/<int:pk>/delete/", shoots.delete, name="shoot_delete"),
    path("shoots/<int:pk>/news/", shoots.news, name="shoot_news"),
    path("shoots/<int:pk>/export/", exports.from_shoot, name="shoot_export"),
]

# Pictures: all of a brand, and one by itself.
picture_pages = [
    path("b/<slug:brand>/gallery/", gallery.listing, name="gallery"),
    path("b/<slug:brand>/gallery/review/approve/", gallery.approve, name="gallery_approve"),
    path("b/<slug:brand>/gallery/review/reject/", gallery.reject, name="gallery_reject"),
    path("b/<slug:brand>/gallery/review/clear/", gallery.clear, name="gallery_clear"),
    path("renders/<int:pk>/", renders.detail, name="render"),
    path("renders/<int:pk>/approve/", renders.approve, name="render_approve"),
    path("renders/<int:pk>/reject/", renders.reject, name="render_reject"),
    path("renders/<int:pk>/clear/", renders.clear, name="render_clear"),
    path("renders/<int:pk>/edit/", renders.edit, name="render_edit"),
    path("renders/<int:pk>/final/", renders.final, name="render_final"),
    path("renders/<int:pk>/evidence/", decisions.evidence, name="render_evidence"),
    path("renders/<int:pk>/adopt/", decisions.adopt, name="render_adopt"),
    path("renders/<int:pk>/not-bought/", decisions.not_bought, name="render_not_bought"),
    path("renders/<int:pk>/lost/", decisions.lost, name="render_lost"),
    path("renders/<int:pk>/rerun/", renders.rerun, name="render_rerun"),
    path("renders/<int:pk>/retry/", renders.retry, name="render_retry"),
]

# What leaves the house.
export_pages = [
    path("b/<slug:brand>/exports/new/", exports.new, name="export_new"),
    path("b/<slug:brand>/exports/", exports.create, name="export_create"),
    path("exports/<int:pk>/", exports.detail, name="export"),
    path("exports/<int:pk>/again/", exports.again, name="export_again"),
]

# Stored files.
media_files = [
    path("renders/<int:pk>/thumb/", media.render_thumb, name="render_thumb"),
    path("renders/<int:pk>/screen/", media.render_screen, name="render_screen"),
    path("renders/<int:pk>/picture/", media.render_picture, name="render_picture"),
    path("renders/<int:pk>/download/", media.render_download, name="render_download"),
    path("packshots/<int:pk>/thumb/", media.packshot_thumb, name="packshot_thumb"),
    path("packshots/<int:pk>/picture/", media.packshot_picture, name="packshot_picture"),
    path("packshots/<int:pk>/cutout/picture/", media.packshot_cutout, name="packshot_cutout"),
    path("packshots/<int:pk>/cutout/thumb/", media.packshot_cutout_thumb, name="packshot_cutout_thumb"),
    path("scene-versions/<int:pk>/preview/", media.scene_version_preview, name="scene_version_preview"),
    path("cuts/<int:pk>/download/", media.cut_download, name="cut_download"),
    path("exports/<int:pk>/download/", media.export_download, name="export_download"),
]

# Money: what was spent, and what may be.
money_pages = [
    path("b/<slug:brand>/spend/", spend.spend, name="spend"),
    path("b/<slug:brand>/spend/calls.csv", spend.download, name="spend_csv"),
    path("b/<slug:brand>/spend/limits/", limits.limits, name="limits"),
    path("b/<slug:brand>/spend/budget/", limits.budget, name="budget"),
    path("memberships/<int:pk>/limit/", limits.person, name="membership_limit"),
]

# The engine that takes money, for all brands.
engine_pages = [
    path("engine/", engine.engine, name="engine"),
    path("engine/pause/", engine.pause, name="engine_pause"),
    path("engine/drain/", engine.drain, name="engine_drain"),
    path("engine/resume/", engine.resume, name="engine_resume"),
    path("engine/reopen/", engine.reopen, name="engine_reopen"),
    path("engine/confirm-zero/", engine.confirm_zero, name="engine_confirm"),
]

# What the provider calls: no person, no cookie.
provider_calls = [
    path("callbacks/hiapi/<str:token>/", provider.hiapi_callback, name="hiapi_callback"),
    path("references/<str:token>/", provider.reference, name="reference"),
]

# Presets: scenes with their versions, and the placements.
preset_pages = [
    path("b/<slug:brand>/presets/", presets.listing, name="presets"),
    path("b/<slug:brand>/presets/placements/", placements.listing, name="placements"),
    path("b/<slug:brand>/presets/placements/new/", placements.new, name="placement_new"),
    path("b/<slug:brand>/presets/placements/sketch/", placements.sketch, name="placement_sketch"),
    path("placements/<int:pk>/edit/", placements.edit, name="placement_edit"),
    path("placements/<int:pk>/retire/", placements.retire, name="placement_retire"),
    path("placements/<int:pk>/revive/", placements.revive, name="placement_revive"),
    path("b/<slug:brand>/presets/new/", presets.new, name="scene_new"),
    path("scenes/<int:pk>/", scenes.detail, name="scene"),
    path("scenes/<int:pk>/preview/", scenes.preview, name="scene_preview"),
    path("scenes/<int:pk>/publish/", scenes.publish, name="scene_publish"),
    path("scenes/<int:pk>/retire/", scenes.retire, name="scene_retire"),
    path("scenes/<int:pk>/revive/", scenes.revive, name="scene_revive"),
]

# People of the brand: members, and links for those who are to come.
people_pages = [
    path("b/<slug:brand>/people/", people.listing, name="people"),
    path("b/<slug:brand>/people/invite/", people.invite, name="invite"),
    path("b/<slug:brand>/people/leave/", memberships.leave, name="leave"),
    path("memberships/<int:pk>/role/", memberships.role, name="membership_role"),
    path("memberships/<int:pk>/remove/", memberships.remove, name="membership_remove"),
    path("invitations/<int:pk>/renew/", people.renew, name="invitation_renew"),
    path("invitations/<int:pk>/withdraw/", people.withdraw, name="invitation_withdraw"),
    path("invitations/<str:token>/", invitations.opened, name="invitation"),
    path("invitations/<str:token>/accept/", invitations.accept, name="invitation_accept"),
]

# Brands themselves.
brand_pages = [
    path("brands/new/", brands.new, name="brand_new"),
    path("b/<slug:brand>/settings/", brands.edit, name="brand_settings"),
    path("b/<slug:brand>/settings/prompt/", brands.prompt, name="brand_prompt"),
]

urlpatterns: list[URLPattern] = [
    *doorways, *product_pages, *import_pages, *shoot_pages, *picture_pages, *export_pages, *media_files,
    *preset_pages,
    *people_pages, *brand_pages, *money_pages, *engine_pages, *provider_calls,
]  # fmt: skip
