"""Whether the S3 outside, where there is one, takes the platform's backups."""

from __future__ import annotations

import ssl
from collections.abc import Iterator
from datetime import UTC, datetime

import httpx
from django.conf import settings
from django.utils.translation import gettext as _

from souk.kernel.signing import signed_headers
from souk.provisioning.storage import Outside, OutsideMisset, outside
from souk.settings.doctor.asking import rows
from souk.settings.doctor.finding import Finding, fail, ok, warn

_WITHIN = 5.0
"""Seconds."""


def check() -> Iterator[Finding]:
    """It answers with a certificate that we trust, knows our key, and lets it at the bucket."""
    if settings.OBJECT_STORAGE != "s3":
        return
    subject = _("Object storage outside")
    try:
        place = outside()
    except OutsideMisset as error:
        yield fail(subject, str(error), _("Correct the setting, then run `make run`."))
        return
    try:
        status = _asked(place)
    except (httpx.HTTPError, OSError, ValueError) as error:
        seen = _("%(endpoint)s does not answer: %(error)s") % {"endpoint": place.endpoint, "error": str(error)[:200]}
        mend = _("Look at the server, its name and its certificate. Backups wait, and history with them.")
        yield fail(subject, seen, mend)
        return
    if status != httpx.codes.OK:
        seen = _("%(endpoint)s answers %(status)s for the bucket %(bucket)s") % {
            "endpoint": place.endpoint,
            "status": status,
            "bucket": place.bucket,
        }
        mend = _("Make the bucket, or let the key in SOUK_S3_KEY_FILE read, write, list and delete there.")
        yield fail(subject, seen, mend)
        return
    yield ok(subject, f"{place.endpoint} {place.bucket}")
    yield from _elsewhere(subject, place)


def _elsewhere(subject: str, place: Outside) -> Iterator[Finding]:
    left = rows(
        "select distinct endpoint, bucket from provisioning_repository where storage_id is null"
        " and erased_at is null and (endpoint, bucket) <> (%s, %s) order by 1, 2",
        [place.endpoint, place.bucket],
    )
    mend = _("They can't be read while the settings name another place. Copy them, or name it again.")
    for endpoint, bucket in left:
        seen = _("some backups lie at %(endpoint)s in %(bucket)s") % {"endpoint": endpoint, "bucket": bucket}
        yield warn(subject, seen, mend)


def _asked(place: Outside) -> int:
    """The status of a signed question after the bucket.

    Raises:
        httpx.HTTPError, OSError, ValueError: no answer, or a certificate that is not trusted.
    """
    named = place.host if place.port == 443 else f"{place.host}:{place.port}"
    path, key = f"/{place.bucket}", (place.access_key, place.secret_key)
    headers = signed_headers("HEAD", named, path, *key, datetime.now(UTC), region=place.region)
    trusted = ssl.create_default_context(cadata=place.authority or None)
    url = f"https://{place.address or place.host}:{place.port}{path}"
    with httpx.Client(verify=trusted, timeout=_WITHIN, trust_env=False) as client:
        return client.head(url, headers=headers, extensions={"sni_hostname": place.host}).status_code
