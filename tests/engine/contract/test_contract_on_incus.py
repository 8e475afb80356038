"""The contract suite on a real Incus."""

from __future__ import annotations

import io
import subprocess
import tarfile
from collections.abc import Callable
from pathlib import Path

import pytest
from tests.engine.conftest import Rig
from tests.engine.contract.suite import *  # noqa: F403
from tests.engine.contract.suite import Workshop

from souk.engines.contract import Card, EngineError
from souk.engines.incus import IncusEngine, UnixSocket, networks
from souk.engines.incus.transport import Transport

pytestmark = pytest.mark.engine


@pytest.fixture
def workshop(rig: Rig, image: str, tmp_path: Path) -> Workshop:
    nobody = IncusEngine.connect(rig.place, UnixSocket(tmp_path / "no.socket"))
    return Workshop(rig.engine, nobody, image, rig.prefix, rig.addresses())


@pytest.fixture
def tarballs(tmp_path: Path) -> Callable[[str], Path]:
    def tarball(word: str) -> Path:
        path = tmp_path / f"{word}.tar"
        metadata = f"architecture: x86_64\ncreation_date: 1\nproperties:\n  description: {word}\n".encode()
        with tarfile.open(path, "w") as tar:
            for name, content in (("metadata.yaml", metadata), ("rootfs/etc/word", word.encode())):
                info = tarfile.TarInfo(name)
                info.size = len(content)
                tar.addfile(info, io.BytesIO(content))
        return path

    return tarball


def test_a_private_network_whose_bridge_is_not_there_is_made_anew(workshop: Workshop, network: str) -> None:
    workshop.engine.ensure_network(network)
    subprocess.run(["ip", "link", "delete", network], check=True)
    workshop.engine.ensure_network(network)
    workshop.engine.attach(workshop.machine(start=True).name, Card(network, "10.199.0.10"))


def test_a_private_network_whose_bridge_incus_forgot_is_made_anew(workshop: Workshop, network: str) -> None:
    subprocess.run(["ip", "link", "add", network, "type", "bridge"], check=True)
    workshop.engine.ensure_network(network)
    workshop.engine.attach(workshop.machine(start=True).name, Card(network, "10.199.0.10"))


def test_a_private_network_of_somebody_else_is_left_alone(workshop: Workshop, network: str) -> None:
    transport = Transport(UnixSocket(), "default")
    networks.ensure(transport, network, "somebody-else")
    transport.close()
    with pytest.raises(EngineError, match="something else"):
        workshop.engine.ensure_network(network)
    assert network not in workshop.engine.networks()


def test_the_hosts_own_networks_are_occupied(workshop: Workshop, rig: Rig) -> None:
    assert rig.place.subnet in workshop.engine.occupied()


def test_much_output_on_both_streams_arrives_whole(workshop: Workshop) -> None:
    spec = workshop.machine(start=True)
    script = "head -c 900000 /dev/zero >&2; head -c 900000 /dev/zero"
    done = workshop.engine.execute(spec.name, ["sh", "-c", script])
    assert (len(done.stdout), len(done.stderr)) == (900_000, 900_000)


def test_a_command_that_takes_too_long_is_killed(workshop: Workshop) -> None:
    spec = workshop.machine(start=True)
    with pytest.raises(EngineError, match=r"took more than 1 s"):
        workshop.engine.execute(spec.name, ["sleep", "98765"], timeout=1)
    listed = workshop.engine.execute(spec.name, ["sh", "-c", "cat /proc/[0-9]*/cmdline | tr '\\0' ' '"]).stdout
    assert "sleep 98765" not in listed
