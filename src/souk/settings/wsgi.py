"""The web process's entry point."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from souk.settings.short_way import ShortWay

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "souk.settings.django")
os.environ.setdefault("SOUK_PROCESS", "web")

from django.core.wsgi import get_wsgi_application


def _application() -> ShortWay:
    django = get_wsgi_application()
    from souk.settings.short_way import ShortWay

    return ShortWay(django)


application = _application()
