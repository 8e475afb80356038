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
