"""Which PostgreSQL, and as whom: owner, web and worker are three login roles."""

from __future__ import annotations

import os
from typing import Any
from urllib.parse import parse_qsl, unquote, urlsplit

from souk.settings.namespace import Namespace

ROLES = {"owner": "souk_owner", "web": "souk_web", "worker": "souk_worker"}


def databases(namespace: Namespace, process: str) -> dict[str, dict[str, Any]]:
    """Django's `DATABASES` for a process.

    The embedded cluster is reached over its Unix socket, where the system user stands for the role. With
    `DATABASE_URL` the URL's user signs in and takes the role on, unless `DATABASE_URL_WEB` or `DATABASE_URL_WORKER`
    gives the process a login of its own.
    """
    role = ROLES[process]
    settings: dict[str, Any] = {
        "ENGINE": "django.db.backends.postgresql",
        "CONN_MAX_AGE": None,
        "CONN_HEALTH_CHECKS": False,
        "OPTIONS": {"application_name": f"souk-{process}", "connect_timeout": 5},
    }
    own = os.environ.get(f"DATABASE_URL_{process.upper()}")
    shared = os.environ.get("DATABASE_URL")
    if own or shared:
        settings.update(_from_url(own or shared or ""))
        if not own:
            settings["OPTIONS"]["options"] = f"-c role={role}"
    else:
        settings.update(NAME="souk", USER=role, HOST=str(namespace.postgresql_socket), PORT="5432", PASSWORD="")
    return {"default": settings}


def _from_url(url: str) -> dict[str, Any]:
    parts = urlsplit(url)
    if parts.scheme not in {"postgres", "postgresql"}:
        raise ValueError("DATABASE_URL must start with postgresql://; Souk runs on PostgreSQL only")
    query = dict(parse_qsl(parts.query))
    return {
        "NAME": unquote(parts.path.lstrip("/")) or "souk",
        "USER": unquote(parts.username or ""),
        "PASSWORD": unquote(parts.password or ""),
        "HOST": unquote(parts.hostname or "") or query.get("host", ""),
        "PORT": str(parts.port or query.get("port", "")),
    }
