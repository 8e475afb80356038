"""The API's addresses, as a URLconf of their own."""

from __future__ import annotations

from django.urls import path

from souk.doors.rest.api import api

urlpatterns = [path("api/v1/", api.urls)]
