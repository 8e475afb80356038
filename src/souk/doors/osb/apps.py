"""The Open Service Broker door remembers by which ids platforms know their services, so it is an app of its own."""

from __future__ import annotations

from django.apps import AppConfig


class OsbConfig(AppConfig):
    """See the module."""

    name = "souk.doors.osb"
    label = "osb"
