"""Who issues certificates for customers' own names, as the operator's settings say."""

from __future__ import annotations

from pathlib import Path
from urllib.parse import urlsplit

from django.conf import settings

from souk.provisioning.contract import CertificateServer


class AcmeMisset(RuntimeError):
    """The settings of the ACME server are not as they should be; the message holds no secret."""


def has_server() -> bool:
    """Whether certificates are asked of anybody."""
    return bool(settings.ACME["directory"])


def server() -> CertificateServer | None:
    """The ACME server, as `SOUK_ACME_…` says; None if there is none. What its files hold is read anew each time.

    Raises:
        AcmeMisset.
    """
    told = settings.ACME
    if not told["directory"]:
        return None
    parts = urlsplit(told["directory"])
    if parts.scheme != "https" or not parts.hostname:
        raise AcmeMisset("SOUK_ACME_DIRECTORY must begin with https://")
    if bool(told["key_id"]) != bool(told["key_file"]):
        raise AcmeMisset("SOUK_ACME_KEY_ID and SOUK_ACME_KEY_FILE go together")
    return CertificateServer(
        directory=told["directory"],
        authority=_read("SOUK_ACME_CA_FILE", told["ca_file"]),
        contact=told["contact"],
        key_id=told["key_id"],
        key=_read("SOUK_ACME_KEY_FILE", told["key_file"]).strip(),
    )


def _read(setting: str, path: str) -> str:
    if not path:
        return ""
    try:
        return Path(path).read_text()
    except (OSError, UnicodeDecodeError) as error:
        raise AcmeMisset(f"{setting} can't be read: {type(error).__name__}") from None
