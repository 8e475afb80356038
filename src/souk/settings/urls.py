"""Addresses: pages, accounts, and what an operator's monitoring reads."""

from __future__ import annotations

from django.urls import include, path

from souk.settings import health

urlpatterns = [
    path("healthz", health.healthz, name="healthz"),
    path("metrics", health.metrics, name="metrics"),
    path("accounts/", include("allauth.urls")),
    path("i18n/", include("django.conf.urls.i18n")),
    path("", include("souk.ui.urls")),
    path("", include("souk.doors.console.urls")),
]

handler400 = "souk.ui.handlers.bad_request"
handler403 = "souk.ui.handlers.forbidden"
handler404 = "souk.ui.handlers.not_found"
handler500 = "souk.ui.handlers.server_error"
