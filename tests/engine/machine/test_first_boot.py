"""What a customer wants done at the first boot: done once, watched, and kept within bounds."""

from __future__ import annotations

import time
from pathlib import Path

import pytest
from tests.engine.conftest import Rig
from tests.engine.machine.conftest import Box, order

from souk.blueprints.machine import BLUEPRINT
from souk.provisioning.contract import Beginning, Standing

pytestmark = pytest.mark.engine

DOCUMENT = """#cloud-config
write_files:
  - path: /etc/motd
    content: Bienvenue à l'atelier
users:
  - default
  - name: salma
    shell: /bin/bash
runcmd:
  - echo once >> /root/count
  - echo all is well
"""


def ended(box: Box, patience: float = 120.0) -> Beginning:
    """How it was when it had ended."""
    deadline = time.monotonic() + patience
    while (found := BLUEPRINT.beginner.look(box, box.wanted)).standing == Standing.RUNNING:
        assert time.monotonic() < deadline, found.lines
        time.sleep(1)
    return found


@pytest.fixture
def begun(rig: Rig, machine_image: str, tmp_path: Path):
    """Makes a machine that is to do this, configured."""

    def begin(user_data: str) -> Box:
        made = order(rig, machine_image, tmp_path, user_data=user_data)
        BLUEPRINT.check(made.wanted.parameters)
        made.configure()
        return made

    return begin


def test_a_document_is_done_once_and_its_outcome_seen(begun) -> None:
    box = begun(DOCUMENT)
    # One signs in meanwhile.
    assert box.ssh("true").exit_code == 0
    found = ended(box)
    assert found.standing == Standing.DONE, found.lines
    assert any("all is well" in line for line in found.lines)
    assert box.ssh("cat", "/etc/motd").stdout == "Bienvenue à l'atelier"
    assert box.ssh("id", "-un", "salma").stdout == "salma\n"
    assert box.ssh("hostname").stdout.strip() == box.spec.name
    box.engine.stop(box.spec.name)
    box.engine.start(box.spec.name)
    box.configure()
    assert box.ssh("sudo", "cat", "/root/count").stdout == "once\n"
    assert BLUEPRINT.beginner.look(box, box.wanted).standing == Standing.DONE


def test_a_script_that_fails_is_said_to_have(begun) -> None:
    found = ended(begun("#!/bin/sh\necho trying\necho 'no such luck' >&2\nexit 3\n"))
    assert found.standing == Standing.FAILED
    assert any("no such luck" in line for line in found.lines), found.lines


def test_what_was_cut_short_is_not_begun_again(begun) -> None:
    box = begun("#!/bin/sh\necho begun >> /root/begun\nsleep 600\n")
    for _ in range(100):
        if box.execute(["test", "-e", "/root/begun"]).exit_code == 0:
            break
        time.sleep(0.2)
    assert BLUEPRINT.beginner.look(box, box.wanted).standing == Standing.RUNNING
    box.engine.stop(box.spec.name, force=True)
    box.engine.start(box.spec.name)
    box.configure()
    assert ended(box).standing == Standing.INTERRUPTED
    assert box.execute(["cat", "/root/begun"]).stdout == "begun\n"


def test_what_forks_without_end_leaves_room_to_sign_in_and_says_so(begun) -> None:
    box = begun("#!/bin/bash\nbomb() { bomb | bomb & }\nbomb\nsleep 5\nbomb\n")
    time.sleep(8)
    assert box.ssh("sudo", "true").exit_code == 0
    assert BLUEPRINT.probe(box.wanted, box.credentials, "").ok
    found = BLUEPRINT.beginner.look(box, box.wanted)
    assert found.standing in {Standing.RUNNING, Standing.FAILED, Standing.DONE}
    assert any("Resource temporarily unavailable" in line for line in found.lines), found.lines
    assert box.ssh("sudo", "systemctl", "kill", "--signal=KILL", "souk-first-boot.service").exit_code == 0


def test_what_fills_the_disk_ends_and_says_so(begun) -> None:
    box = begun("#!/bin/sh\ncat /dev/zero | tr '\\0' x > /var/fill\n")
    found = ended(box, 240)
    assert found.lines[-1] == "The disk is full.", found
    assert box.ssh("true").exit_code == 0
    box.ssh("sudo", "rm", "/var/fill")
    assert BLUEPRINT.beginner.look(box, box.wanted).lines[-1] != "The disk is full."


def test_without_anything_to_do_nothing_runs(box: Box) -> None:
    assert box.execute(["systemctl", "show", "-P", "ActiveState", "souk-first-boot"]).stdout.strip() == "inactive"
    assert box.execute(["test", "-e", "/var/lib/cloud/instance"]).exit_code == 1
