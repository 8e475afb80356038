"""The addresses of the doors for programs, as a URLconf of their own."""

from __future__ import annotations

from django.urls import path

from souk.doors.osb.api import api as osb
from souk.doors.rest.api import api

urlpatterns = [path("api/v1/", api.urls), path("osb/", osb.urls)]
