"""The web process's entry point."""

from __future__ import annotations

import os

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "souk.settings.django")
os.environ.setdefault("SOUK_PROCESS", "web")

from django.core.wsgi import get_wsgi_application

application = get_wsgi_application()
