"""Where backups go: a site's object storage, a service instance that the platform runs for itself, or an S3 outside."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import urlsplit
from uuid import UUID

from django.conf import settings

from souk.kernel.scope import System, acting
from souk.provisioning.models import Desired, ServiceInstance
from souk.sites import queries as sites

STORAGE = "objectstorage"
"""The blueprint of a site's object storage."""


def storage_of(site: UUID) -> UUID | None:
    """The instance that is a site's object storage, if it has one: no customer's, whatever that is called."""
    issuer = sites.site(site).issuer_organization_id
    with acting(System("platform")):
        own = ServiceInstance.objects.filter(site_id=site, blueprint=STORAGE, name=storage_name(site))
        rows = own.filter(organization_id=issuer).exclude(desired=Desired.DELETED)
        return rows.order_by("created_at").values_list("id", flat=True).first()


def keeps_backups(site: UUID) -> bool:
    """Whether services of a site are backed up."""
    return settings.OBJECT_STORAGE == "s3" or storage_of(site) is not None


def is_backed_up(site: UUID, instance: UUID) -> bool:
    """Whether an instance that can be is backed up: where backups go is none."""
    own = storage_of(site)
    return own != instance and (own is not None or settings.OBJECT_STORAGE == "s3")


class OutsideMisset(RuntimeError):
    """The settings of the S3 outside are not as they should be; the message holds no secret."""


@dataclass(frozen=True)
class Outside:
    """An S3 server that somebody else runs, for the backups of all sites: a bucket that exists, and a key to it.

    `address` is its IPv4 where names are not to be asked, `authority` who signed its certificate (PEM; nothing: whoever
    a system trusts). `iam` is the address of its IAM, where it has one that makes keys. The key is read anew each time,
    so that it can be changed.
    """

    endpoint: str
    region: str
    bucket: str
    folder: str
    address: str
    authority: str = field(repr=False)
    access_key: str
    secret_key: str = field(repr=False)
    iam: str = ""

    @property
    def host(self) -> str:
        """The name in its certificate."""
        return urlsplit(self.endpoint).hostname or ""

    @property
    def port(self) -> int:
        """Its TCP port."""
        return urlsplit(self.endpoint).port or 443


def outside() -> Outside:
    """The S3 outside, as `SOUK_S3_…` says.

    Raises:
        OutsideMisset.
    """
    told = settings.S3
    parts = urlsplit(told["endpoint"])
    if parts.scheme != "https" or not parts.hostname or not told["bucket"]:
        raise OutsideMisset("SOUK_S3_ENDPOINT must begin with https://, and SOUK_S3_BUCKET be given")
    if told["iam"] and urlsplit(told["iam"]).scheme != "https":
        raise OutsideMisset("SOUK_S3_IAM must begin with https://")
    key = _read("SOUK_S3_KEY_FILE", told["key_file"]).split()
    if len(key) != 2:
        raise OutsideMisset("SOUK_S3_KEY_FILE must hold an access key and a secret key, on a line each")
    authority = _read("SOUK_S3_CA_FILE", told["ca_file"]) if told["ca_file"] else ""
    return Outside(
        endpoint=told["endpoint"],
        region=told["region"],
        bucket=told["bucket"],
        folder=told["folder"],
        address=told["address"],
        authority=authority,
        access_key=key[0],
        secret_key=key[1],
        iam=told["iam"],
    )


def _read(setting: str, path: str) -> str:
    try:
        return Path(path).read_text()
    except OSError as error:
        raise OutsideMisset(f"{setting} can't be read: {error.strerror}") from None


def storage_name(site: UUID) -> str:
    """What a site's object storage is called."""
    return f"object-storage-{site.hex[-6:]}"
