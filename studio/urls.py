"""Where every address begins; the table itself is studio/web/urls.py."""

from django.urls import include, path

urlpatterns = [path("", include("studio.web.urls"))]

handler400 = "studio.web.views.doors.bad_request"
handler403 = "studio.web.views.doors.forbidden"
handler404 = "studio.web.views.doors.not_found"
handler500 = "studio.web.views.doors.broken"
