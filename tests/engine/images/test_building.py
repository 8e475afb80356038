"""Building images for real: slow parts are interrupted rather than finished."""

from __future__ import annotations

import multiprocessing
import os
import signal
import time
from collections.abc import Callable
from pathlib import Path

import pytest
from tests.engine.conftest import Rig, image_cache

from souk.blueprints.postgresql import BLUEPRINT
from souk.engines import images
from souk.engines.contract import Image, MachineSpec, NotFound
from souk.engines.images.workspace import workspace

pytestmark = pytest.mark.engine


def _build(folder: str) -> None:
    images.build(BLUEPRINT.recipe, Path(folder))


def test_a_killed_build_leaves_no_process_no_mount_and_no_image(image: str, tmp_path: Path) -> None:
    build = multiprocessing.get_context("spawn").Process(target=_build, args=(str(tmp_path),))
    build.start()
    _until(lambda: any(tmp_path.glob("work-*/rootfs/usr")))
    assert build.pid is not None
    os.kill(build.pid, signal.SIGKILL)
    build.join()
    _until(lambda: not _processes_naming(str(tmp_path)))
    assert str(tmp_path) not in Path("/proc/mounts").read_text(encoding="utf-8")
    assert not list(tmp_path.glob("*.tar.zst"))
    with workspace(tmp_path) as fresh:
        assert list(tmp_path.glob("work-*")) == [fresh]


def test_an_image_that_is_there_is_neither_built_nor_imported_again(rig: Rig, image: str) -> None:
    before = _held(rig)
    said: list[str] = []
    images.ensure(rig.engine, BLUEPRINT.recipe, image_cache(), lambda _, sentence: said.append(sentence))
    assert _held(rig) == before
    assert said == ["Asking the Debian mirror what is new", "Image ready"]


def test_the_image_holds_no_secret_no_identity_and_no_data(rig: Rig, image: str) -> None:
    spec = MachineSpec(
        f"{rig.prefix}1", image, BLUEPRINT.limits(BLUEPRINT.starting_offering.plans[0].size), _first(rig)
    )
    rig.engine.create(spec)
    assert rig.engine.pull(spec.name, "/etc/machine-id") == b""
    for path in ("/var/lib/postgresql/data/PG_VERSION", "/etc/ssl/private/ssl-cert-snakeoil.key"):
        with pytest.raises(NotFound):
            rig.engine.pull(spec.name, path)


def _held(rig: Rig) -> dict[str, Image]:
    """The engine's images, which it lists in no order."""
    return {image.fingerprint: image for image in rig.engine.images()}


def _first(rig: Rig) -> str:
    return next(rig.addresses())


def _until(true: Callable[[], bool], seconds: float = 30) -> None:
    deadline = time.monotonic() + seconds
    while not true():
        assert time.monotonic() < deadline
        time.sleep(0.05)


def _processes_naming(text: str) -> list[str]:
    found = []
    for path in Path("/proc").glob("[0-9]*/cmdline"):
        try:
            command = path.read_bytes().replace(b"\0", b" ").decode(errors="replace")
        except OSError:
            continue
        if text in command and "pytest" not in command:
            found.append(command)
    return found
