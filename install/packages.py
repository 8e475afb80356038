"""The Debian packages Souk stands on."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from install import sources
from install.failure import Failure
from install.ledger import Ledger
from install.shell import attempt, clean_environment, tail
from install.steps import Progress

RELEASES = {"12": "bookworm", "13": "trixie"}
"""The Debian releases we install on, by VERSION_ID."""

BACKPORTS = Path("/etc/apt/sources.list.d/souk-backports.sources")

_HOST = (
    "btrfs-progs ca-certificates debian-archive-keyring dnsmasq-base incus-base incus-client iproute2 "
    "lxcfs mmdebstrap nftables procps python3-venv uidmap xz-utils zstd"
)
_POSTGRESQL = {"12": "postgresql-15", "13": "postgresql-17"}
_TESTS = "chromium git pebble"
_NO_CLUSTER = Path("/etc/postgresql-common/createcluster.d/souk-installer.conf")


def release() -> str:
    """This Debian's version, `12` or `13`.

    Raises:
        Failure: it is something else.
    """
    facts = dict(line.split("=", 1) for line in Path("/etc/os-release").read_text().splitlines() if "=" in line)
    version = facts.get("VERSION_ID", "").strip('"')
    if facts.get("ID", "").strip('"') != "debian" or version not in RELEASES:
        raise Failure(
            f"Souk installs on Debian 12 and 13; this is {facts.get('PRETTY_NAME', 'something else')}.",
            "Use a machine, or a virtual machine, with Debian 12 or 13.",
        )
    return version


def wanted(version: str, purpose: str) -> list[str]:
    """The packages needed on a Debian release to `run`, to `test` or, without root, to develop (`dev`)."""
    postgresql = _POSTGRESQL[version]
    if purpose == "dev":
        return [postgresql, "python3-venv"]
    return sorted([*_HOST.split(), postgresql, *(_TESTS.split() if purpose == "test" else ())])


def missing(names: list[str]) -> list[str]:
    """Which of the packages are not installed."""
    listed = attempt("dpkg-query", "-W", "-f", "${Package} ${db:Status-Status}\n", *names).stdout
    here = {line.split()[0] for line in listed.splitlines() if line.endswith(" installed")}
    return [name for name in names if name not in here]


def install(ledger: Ledger, progress: Progress, *, purpose: str) -> str:
    """Install what is missing. Returns a remark.

    Raises:
        Failure: not root, an unknown release, or APT failed.
    """
    version = release()
    absent = missing(wanted(version, purpose))
    if not absent:
        return "all there"
    if os.geteuid() != 0:
        raise Failure(
            f"These packages are missing: {' '.join(absent)}.", f"As root: apt-get install {' '.join(absent)}"
        )
    with ledger.lock():
        progress(0.02, "where this machine's packages come from")
        _backports(ledger, version, absent)
        progress(0.05, "reading the package lists")
        _apt("update")
        ledger.put("packages", sorted({*ledger.get("packages", []), *absent}))
        progress(0.15, f"{len(absent)} packages and what they need")
        with _without_default_cluster():
            _apt("install", "--yes", "--no-install-recommends", *absent)
    return f"{len(absent)} installed"


def _backports(ledger: Ledger, version: str, absent: list[str]) -> None:
    """Have APT find Incus: Debian 12 has it in backports only."""
    if version != "12" or not {"incus-base", "incus-client"} & set(absent):
        return
    suite = "bookworm-backports"
    known = sources.configured()
    if not sources.offers(known, suite):
        archive = sources.main_archive(known, "bookworm")
        if archive is None:
            raise Failure(
                "APT's configuration names no archive that carries bookworm's main component.",
                "Add one to /etc/apt/sources.list.d, then run this again.",
            )
        ledger.put("backports", str(BACKPORTS))
        BACKPORTS.write_text(sources.stanza(archive, suite))


@contextmanager
def _without_default_cluster() -> Iterator[None]:
    """While PostgreSQL is being installed, Debian makes no cluster of its own."""
    if _NO_CLUSTER.exists() or Path("/etc/postgresql").exists():
        yield
        return
    _NO_CLUSTER.parent.mkdir(parents=True, exist_ok=True)
    _NO_CLUSTER.write_text("create_main_cluster = false\n")
    try:
        yield
    finally:
        _NO_CLUSTER.unlink(missing_ok=True)


def _apt(*words: str) -> None:
    done = attempt(
        "apt-get",
        "-q",
        "-o",
        "DPkg::Lock::Timeout=600",
        "-o",
        "Dpkg::Options::=--force-confdef",
        "-o",
        "Dpkg::Options::=--force-confold",
        *words,
        env=clean_environment(DEBIAN_FRONTEND="noninteractive", NEEDRESTART_MODE="l"),
    )
    if done.returncode:
        raise Failure(
            f"APT could not {words[0]}.",
            "Check this machine's network and package sources, then run this again.",
            tail(done.stderr or done.stdout),
        )


def forget_source(ledger: Ledger) -> None:
    """Delete the package source that we wrote."""
    if ledger.get("backports"):
        BACKPORTS.unlink(missing_ok=True)
        ledger.put("backports", None)


def uninstall(ledger: Ledger, *, keep: set[str]) -> list[str]:
    """Remove the packages that Souk installed, `keep` apart; returns their names."""
    installed = ledger.get("packages", [])
    ours = [name for name in installed if name not in keep and not missing([name])]
    if ours:
        _apt("purge", "--yes", *ours)
    ledger.put("packages", [name for name in installed if name in keep] or None)
    return ours
