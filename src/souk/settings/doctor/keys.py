"""Whether the keys are there, readable by exactly those who need them, and the ones the database was sealed under."""

from __future__ import annotations

import grp
import os
import pwd
import stat
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from django.conf import settings
from django.utils.translation import gettext as _

from souk.kernel.secrets import KeyMissing, KeyRing
from souk.kernel.transit import KmsTrouble, Options, Transit
from souk.settings.doctor.asking import rows
from souk.settings.doctor.finding import Finding, fail, ok, warn


@dataclass(frozen=True)
class _Key:
    name: str
    #: Mode bits that would let in somebody who must not read it.
    forbidden: int


_KEYS = (_Key("master.key", 0o077), _Key("identity.key", 0o027), _Key("django-secret.key", 0o027))


def files() -> Iterator[Finding]:
    """Each key file exists and is closed to others."""
    for key in _KEYS:
        if key.name == "master.key" and _kms() is not None:
            continue
        path = settings.NAMESPACE.keys / key.name
        subject = _("Key %(name)s") % {"name": key.name}
        try:
            status = path.stat()
        except OSError as error:
            mend = _("Restore it from your backup. `make run` makes a new one only for an empty installation.")
            yield fail(subject, error.strerror or "", mend)
            continue
        if status.st_mode & key.forbidden:
            seen = _("%(mode)s lets too many read it") % {"mode": stat.filemode(status.st_mode)}
            yield fail(subject, seen, f"chmod {stat.S_IMODE(status.st_mode) & ~key.forbidden:04o} {path}")
        else:
            yield ok(subject, f"{stat.filemode(status.st_mode)} {_owner(status.st_uid, status.st_gid)}")


def _owner(user: int, group: int) -> str:
    try:
        return f"{pwd.getpwuid(user).pw_name}:{grp.getgrgid(group).gr_name}"
    except KeyError:
        return f"{user}:{group}"


def _kms() -> Transit | None:
    options = Options.of(os.environ)
    return None if options is None else Transit(options)


def service() -> Iterator[Finding]:
    """The key management service, where there is one, lets us use its key."""
    subject = _("Key management service")
    try:
        found = _kms()
        if found is not None:
            yield ok(subject, found.active)
    except KmsTrouble as error:
        mend = _("Look at the service, its policy and our credentials. Nothing is lost: what it sealed waits.")
        yield fail(subject, str(error), mend)


def opens() -> Iterator[Finding]:
    """The master ring holds the key that each sealed value names."""
    subject = _("Sealed values")
    path: Path = settings.NAMESPACE.keys / "master.key"
    try:
        ring = KeyRing.load(path, _kms())
    except KeyMissing:
        yield warn(subject, _("the master key can't be read from here"), _("Run the doctor as root."))
        return
    except ValueError:
        yield fail(subject, _("the master key's file is damaged"), _("Restore it from your backup."))
        return
    sealed = rows("select sealed_key from sites_certificateauthority") + rows(
        "select sealed_password from provisioning_binding where revoked_at is null order by id desc limit 1000"
    )
    missing = {key for (value,) in sealed if (key := ring.key_id(bytes(value))) not in ring}
    if missing:
        seen = _("sealed under a key that is not in the ring: %(keys)s") % {"keys": ", ".join(sorted(missing))}
        yield fail(subject, seen, _("Add that key's line to %(path)s from your backup.") % {"path": path})
    else:
        yield ok(subject, _("%(count)s looked at, each under a key we hold") % {"count": len(sealed)})
