"""Whether machines' disk limits are enforced: btrfs stops doing that, silently, when its counts are not whole."""

from __future__ import annotations

import subprocess
from collections.abc import Iterator
from pathlib import Path

from django.utils.translation import gettext as _

from souk.settings.doctor.finding import Finding, fail, ok, warn

SYSFS = Path("/sys/fs/btrfs")
_LEVELS = 8


def check(pool: Path) -> Iterator[Finding]:
    """The limits of the file system that is mounted at `pool`; nothing for one that is no btrfs of this host's."""
    asked = ["findmnt", "--noheadings", "--output", "UUID", "--types", "btrfs", "--mountpoint", str(pool)]
    identifier = subprocess.run(asked, capture_output=True, text=True, check=False).stdout.strip()
    quotas = SYSFS / identifier / "qgroups"
    if not identifier or not (quotas / "inconsistent").exists():
        return
    subject, mend = _("Disk limits"), _("Run `make run`, which has them counted anew.")
    if (quotas / "inconsistent").read_text().strip() != "0":
        yield fail(subject, _("none is enforced: what machines use is not counted any more"), mend)
    elif int((quotas / "drop_subtree_threshold").read_text()) < _LEVELS:
        yield warn(subject, _("enforced until a large machine is deleted"), mend)
    else:
        yield ok(subject, _("enforced"))
