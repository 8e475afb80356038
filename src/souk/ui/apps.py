"""The Django application that carries templates, static files and template tags."""

from __future__ import annotations

from django.apps import AppConfig


class UiConfig(AppConfig):
    """Put it first in INSTALLED_APPS: its templates and translations replace those of other applications."""

    name = "souk.ui"
    label = "ui"
