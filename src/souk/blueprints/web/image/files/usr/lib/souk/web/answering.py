"""How Apache is told of names, and shows what proves them."""

from __future__ import annotations

import os
from collections.abc import Sequence
from typing import Any

UNIT = "souk-web.service"
CONFIGURATION = "/etc/souk/web/conf.d/50-names.conf"
CHALLENGES = "/run/souk-names"


def show(token: str, proof: str) -> None:
    """Have a proof be there to be asked for."""
    # A boot empties it.
    os.makedirs(CHALLENGES, 0o755, exist_ok=True)
    path = f"{CHALLENGES}/{token}"
    with open(path, "w", encoding="utf-8") as file:
        file.write(proof)
    os.chmod(path, 0o644)


def hide(token: str) -> None:
    """Have it be there no more."""
    os.unlink(f"{CHALLENGES}/{token}")


def files(hosts: Sequence[Any]) -> dict[str, str]:
    """What is read of names, by the file's path."""
    return {CONFIGURATION: _SHARED + "".join(_hosts(each) for each in hosts) if hosts else ""}


def _hosts(host: Any) -> str:
    plain, secure = _SITE, _SITE
    if host.https or host.leads:
        plain = _LEAD.format(scheme="https" if host.https else "http", name=host.leads or host.name)
    if host.leads:
        secure = _LEAD.format(scheme="https", name=host.leads)
    strict = _STRICT if host.strict else ""
    certificate = host.certificate or "/etc/souk/web/server.pem"
    return _HOSTS.format(name=host.name, plain=plain, secure=secure, strict=strict, certificate=certificate)


_SHARED = f"""\
# Over whatever the site has there: what proves its names is the platform's to answer.
Alias /.well-known/acme-challenge/ {CHALLENGES}/
<Directory {CHALLENGES}>
    Require all granted
</Directory>
<Location /.well-known/acme-challenge/>
    SetHandler default-handler
    AuthMerging Off
    Require all granted
</Location>
"""

_SITE = "    Include /etc/souk/web/live.conf\n"
_LEAD = """\
    RewriteEngine on
    RewriteRule "^(?!/\\.well-known/acme-challenge/)" "{scheme}://{name}%{{REQUEST_URI}}" [R=308,L]
"""
_STRICT = '    Header always set Strict-Transport-Security "max-age=31536000"\n'
_HOSTS = """\
<VirtualHost *:80>
    ServerName {name}
{plain}</VirtualHost>
<VirtualHost *:443>
    ServerName {name}
    SSLEngine on
    SSLCertificateFile {certificate}
{strict}{secure}</VirtualHost>
"""
