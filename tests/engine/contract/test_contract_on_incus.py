"""The contract suite on a real Incus."""

from __future__ import annotations

import io
import tarfile
from collections.abc import Callable
from pathlib import Path

import pytest
from tests.engine.conftest import Rig
from tests.engine.contract.suite import *  # noqa: F403
from tests.engine.contract.suite import Workshop

from souk.engines.contract import EngineError
from souk.engines.incus import IncusEngine, UnixSocket

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
