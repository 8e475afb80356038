"""What a machine tells: its journal, which updates wait; and what is counted from outside, whatever root does."""

from __future__ import annotations

import pytest
from tests.engine.machine.conftest import Box

from souk.blueprints.machine import BLUEPRINT

pytestmark = pytest.mark.engine
OBSERVER = BLUEPRINT.observer

# An archive on the machine's own disk, which calls itself what Debian's does.
_ARCHIVE = """
set -e
rm -rf /var/lib/apt/lists/*Release /var/lib/apt/lists/*Packages
mkdir -p /srv/archive && cd /srv/archive
cat > Packages <<'END'
Package: nano
Version: 99.1
Architecture: all
Filename: nano.deb
Size: 1
SHA256: 0000000000000000000000000000000000000000000000000000000000000000
Description: newer

Package: less
Version: 999
Architecture: all
Filename: less.deb
Size: 1
SHA256: 0000000000000000000000000000000000000000000000000000000000000000
Description: newer
END
printf 'Origin: Debian\\nLabel: {label}\\nSuite: stable\\nDate: Thu, 01 Jan 2026 00:00:00 UTC\\nSHA256:\\n' > Release
printf ' %s %s Packages\\n' "$(sha256sum Packages | cut -d' ' -f1)" "$(stat --format=%s Packages)" >> Release
apt-get update -qq
"""
_ONLY_THIS_ARCHIVE = """
mv /etc/apt /root/apt && cp -a /root/apt /etc/apt && rm -rf /etc/apt/sources.list*
echo 'deb [trusted=yes] file:/srv/archive ./' > /etc/apt/sources.list
"""
_AS_BEFORE = "rm -rf /etc/apt && mv /root/apt /etc/apt; rm -rf /srv/archive /var/lib/apt/lists/*_srv_archive_*"


def root(box: Box, script: str) -> str:
    done = box.execute(["bash", "-s"], stdin=script.encode(), timeout=60)
    assert done.exit_code == 0, done
    return done.stdout


def test_the_journal_comes_by_cursor_each_line_once(box: Box) -> None:
    root(box, "logger --tag essai --priority user.err 'un été' && journalctl --sync")
    part = OBSERVER.log(box, box.wanted, "", 8 * 1024**2)
    (line,) = [line for line in part.lines if line.text == "essai: un été"]
    assert line.severity == "error"
    root(box, "logger --tag essai deux && journalctl --sync")
    later = OBSERVER.log(box, box.wanted, part.cursor, 1024**2)
    assert [line.text for line in later.lines if line.text.startswith("essai")] == ["essai: deux"]


def test_updates_that_wait_are_told_with_those_that_close_holes(box: Box) -> None:
    try:
        root(box, _ONLY_THIS_ARCHIVE)
        root(box, _ARCHIVE.replace("{label}", "Debian-Security"))
        told = OBSERVER.pending(box, box.wanted)
        assert (told.security, told.others, told.asked is not None) == (2, 0, True)
        root(box, _ARCHIVE.replace("{label}", "Debian"))
        told = OBSERVER.pending(box, box.wanted)
        assert (told.security, told.others) == (0, 2)
    finally:
        root(box, _AS_BEFORE)


def test_a_program_that_runs_though_it_was_replaced_asks_for_a_restart(box: Box) -> None:
    assert not OBSERVER.pending(box, box.wanted).restart
    begin = "systemd-run --service-type=exec --unit=dormir /usr/bin/dormir 600"
    root(box, f"cp /usr/bin/sleep /usr/bin/dormir && {begin}; rm /usr/bin/dormir")
    assert OBSERVER.pending(box, box.wanted).restart
    root(box, "systemctl stop dormir")
    assert not OBSERVER.pending(box, box.wanted).restart


def test_processes_and_what_is_received_are_counted_from_outside(box: Box) -> None:
    before = box.engine.usage_of(box.spec.name)
    root(box, "systemd-run --unit=beaucoup bash -c 'for n in $(seq 50); do sleep 60 & done; wait'; sleep 1")
    assert box.ssh("cat > /dev/null", stdin="x" * 300_000).exit_code == 0
    after = box.engine.usage_of(box.spec.name)
    root(box, "systemctl stop beaucoup")
    assert before is not None
    assert after is not None
    assert after.processes >= before.processes + 40
    assert (after.received or 0) > (before.received or 0) + 300_000
