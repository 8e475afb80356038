"""Whether the ACME server, where one is named, is there for web services' certificates, and which of these failed."""

from __future__ import annotations

import ssl
from collections.abc import Iterator

import httpx
from django.utils.translation import gettext as _

from souk.provisioning.acme import AcmeMisset, server
from souk.settings.doctor.asking import rows
from souk.settings.doctor.finding import Finding, fail, ok, warn

_WITHIN = 5.0
"""Seconds."""


def check() -> Iterator[Finding]:
    """It tells its directory with a certificate that is trusted; no name waits for a certificate in vain."""
    subject = _("Certificates of own names")
    try:
        named = server()
    except AcmeMisset as error:
        yield fail(subject, str(error), _("Correct the setting, then run `make run`."))
        return
    if named is None:
        return
    try:
        trusted = ssl.create_default_context(cadata=named.authority or None)
        with httpx.Client(verify=trusted, timeout=_WITHIN, trust_env=False) as client:
            told = client.get(named.directory)
        speaks = told.status_code == httpx.codes.OK and "newOrder" in told.json()
    except (httpx.HTTPError, OSError, ValueError) as error:
        seen = _("%(server)s does not answer: %(error)s") % {"server": named.directory, "error": str(error)[:200]}
        yield fail(subject, seen, _("Look at the server. Certificates that are there work until their end."))
        return
    if not speaks:
        seen = _("%(server)s is no ACME directory") % {"server": named.directory}
        yield fail(subject, seen, _("Correct the setting, then run `make run`."))
        return
    failed = rows(
        "select n.name from provisioning_ownname n join provisioning_serviceinstance i on i.id = n.instance_id"
        " where n.removed_at is null and n.certificate_trouble <> '' and i.deleted_at is null order by n.name"
    )
    if failed:
        seen = _("%(count)s could not be had or renewed: %(names)s") % {
            "count": len(failed),
            "names": ", ".join(str(name) for (name,) in failed[:3]),
        }
        yield warn(subject, seen, _("Their services' pages say what the authority said."))
    else:
        yield ok(subject, named.directory)
