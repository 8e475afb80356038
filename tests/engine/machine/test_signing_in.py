"""Who signs in to a machine, what they may do in it, and how they know that it is theirs."""

from __future__ import annotations

import subprocess
from dataclasses import replace
from pathlib import Path

import pytest
from tests.engine.conftest import Rig
from tests.engine.machine.conftest import Box, key_pair, order

from souk.blueprints.machine import BLUEPRINT
from souk.blueprints.ssh import keys
from souk.provisioning.contract import ConfigurationFailed

pytestmark = pytest.mark.engine

AUTHORIZED = "/etc/souk/machine/keys/debian"


def test_a_customers_key_signs_in_and_becomes_root(box: Box) -> None:
    assert box.ssh("id", "-un").stdout == "debian\n"
    assert box.ssh("sudo", "id", "-un").stdout == "root\n"


def test_it_is_debian_and_systemd_is_well(box: Box) -> None:
    assert "VERSION_CODENAME=trixie" in box.ssh("cat", "/etc/os-release").stdout
    waited = box.ssh("systemctl", "is-system-running", "--wait")
    assert waited.stdout.strip() == "running", box.ssh("systemctl", "--failed", "--no-legend").stdout


def test_it_speaks_utf_8_and_installs_as_debian_does(box: Box) -> None:
    assert box.ssh("locale", "charmap").stdout == "UTF-8\n"
    told = box.ssh("apt-config", "dump").stdout
    assert 'APT::Install-Recommends "1"' in told
    assert "Check-Valid-Until" not in told
    assert 'Unattended-Upgrade "1"' in told


def test_nobody_elses_key_and_no_password_sign_in(box: Box, tmp_path: Path) -> None:
    refused = box.ssh("true", key=key_pair(tmp_path))
    assert refused.exit_code == 255
    assert "Permission denied (publickey)" in refused.stderr


def test_root_itself_has_no_key(box: Box) -> None:
    assert "Permission denied" in box.ssh("true", user="root").stderr


def test_the_fingerprint_shown_is_that_of_the_machines_key(box: Box) -> None:
    found = box.execute(["ssh-keygen", "-lf", "/etc/ssh/ssh_host_ed25519_key.pub"]).stdout.split()[1]
    assert box.connection.fields["fingerprint"] == found


def test_two_machines_have_different_host_keys_and_are_not_taken_for_each_other(box: Box, own_box: Box) -> None:
    assert box.wanted.identity != own_box.wanted.identity
    own_box.wanted = replace(own_box.wanted, identity=box.wanted.identity)
    assert "Host key verification failed" in own_box.ssh("true").stderr


def test_keys_are_exchanged_while_somebody_is_signed_in(own_box: Box, tmp_path: Path) -> None:
    other = key_pair(tmp_path, "other", "ecdsa")
    since = own_box.execute(["systemctl", "show", "-P", "ActiveEnterTimestampMonotonic", "ssh"]).stdout
    own_box.configure(ssh_keys=["# the new one", other.public])
    assert own_box.ssh("id", "-un", key=other).stdout == "debian\n"
    assert "Permission denied" in own_box.ssh("true").stderr
    assert own_box.execute(["systemctl", "show", "-P", "ActiveEnterTimestampMonotonic", "ssh"]).stdout == since


def test_a_users_own_keys_are_left_alone(own_box: Box, tmp_path: Path) -> None:
    own = key_pair(tmp_path, "own")
    own_box.ssh("mkdir -p -m 700 .ssh && cat > .ssh/authorized_keys", stdin=own.public + "\n")
    own_box.configure(ssh_keys=[key_pair(tmp_path, "third").public])
    assert own_box.ssh("true", key=own).exit_code == 0


def test_configuring_again_changes_nothing(box: Box) -> None:
    before = box.execute(["stat", "-c", "%Y.%i", AUTHORIZED]).stdout
    box.configure()
    assert box.execute(["stat", "-c", "%Y.%i", AUTHORIZED]).stdout == before


def test_the_host_key_stays_over_a_restart(own_box: Box) -> None:
    before = own_box.wanted.identity
    own_box.engine.stop(own_box.spec.name)
    own_box.engine.start(own_box.spec.name)
    own_box.configure()
    assert own_box.wanted.identity == before
    assert own_box.ssh("true").exit_code == 0


def test_a_probe_sees_whether_ssh_answers(own_box: Box) -> None:
    seen = [BLUEPRINT.probe(own_box.wanted, own_box.credentials, "")]
    own_box.execute(["systemctl", "stop", "ssh"])
    seen.append(BLUEPRINT.probe(own_box.wanted, own_box.credentials, ""))
    own_box.execute(["systemd-run", "--unit=liar", "/usr/bin/python3", "-m", "http.server", "22"])
    own_box.execute(["sh", "-c", "for i in $(seq 50); do ss -ltn | grep -q :22 && break; sleep 0.1; done"])
    seen.append(BLUEPRINT.probe(own_box.wanted, own_box.credentials, ""))
    assert [each.ok for each in seen] == [True, False, False]


def test_configuring_brings_a_stopped_server_back(own_box: Box) -> None:
    own_box.execute(["systemctl", "stop", "ssh"])
    own_box.configure()
    assert own_box.ssh("true").exit_code == 0


def test_what_is_no_host_key_is_not_taken_for_one(own_box: Box) -> None:
    own_box.execute(["sh", "-c", "yes nonsense | head -c 1000000 > /etc/ssh/ssh_host_ed25519_key.pub"])
    with pytest.raises(ConfigurationFailed, match="no host key"):
        BLUEPRINT.identity.read(own_box, own_box.wanted)


@pytest.mark.parametrize("kind", ["ed25519", "ecdsa", "rsa"])
def test_fingerprints_are_openssh_s(kind: str, tmp_path: Path) -> None:
    pair = key_pair(tmp_path, kind=kind)
    shown = subprocess.run(["ssh-keygen", "-lf", pair.file], check=True, capture_output=True, text=True).stdout
    assert keys.parse(pair.public).fingerprint == shown.split()[1]


def test_a_fresh_machine_answers_before_long(rig: Rig, machine_image: str, tmp_path: Path) -> None:
    made = order(rig, machine_image, tmp_path, 7)
    made.configure()
    assert made.ssh("true").exit_code == 0
