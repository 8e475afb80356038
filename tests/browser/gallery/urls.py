"""The gallery's addresses, and a stand-in for every page that the navigation names."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.urls import include, path

from souk.settings.navigation import NAVIGATION


def stand_in(request: HttpRequest) -> HttpResponse:
    """An empty page."""
    return HttpResponse("")


_names = sorted({entry.url_name for section in NAVIGATION for entry in section.entries})

urlpatterns = [
    path("", include("souk.ui.urls")),
    path("i18n/", include("django.conf.urls.i18n")),
    *(path(f"{name}/", stand_in, name=name) for name in _names),
    *(
        path(f"{name}/", stand_in, name=name)
        for name in ("account_login", "account_signup", "account_logout", "mfa_index")
    ),
]

handler404 = "souk.ui.handlers.not_found"
