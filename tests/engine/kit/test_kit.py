"""The page for vendors, followed as it is written: a blueprint begun in an empty folder, and checked for real."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from install import lanes
from install.here import CHECKOUT

from souk.engines.incus import IncusEngine
from souk.settings import namespace

pytestmark = pytest.mark.engine

_SOUK = Path(sys.executable).with_name("souk")


def _souk(folder: Path, *words: str) -> subprocess.CompletedProcess[str]:
    """Run the command line as the installer sets it up for an administrator."""
    kept = {key: value for key, value in os.environ.items() if not key.startswith(("SOUK_", "DJANGO_", "DATABASE_"))}
    places = {"SOUK_MANAGE": "/bin/true", "SOUK_CHECKOUT": str(CHECKOUT), "LC_ALL": "C.UTF-8"}
    return subprocess.run([_SOUK, *words], cwd=folder, env={**kept, **places}, capture_output=True, text=True)


def _findings(done: subprocess.CompletedProcess[str]) -> dict[str, dict[str, Any]]:
    told = json.loads(done.stdout[done.stdout.index("[\n") : done.stdout.rindex("]") + 1])
    return {finding["promise"]: finding for finding in told}


@pytest.fixture(scope="module")
def begun(incus: IncusEngine, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An empty folder in which a blueprint was begun."""
    folder = tmp_path_factory.mktemp("vendor")
    assert _souk(folder, "blueprint", "new", "gazette").returncode == 0
    return folder / "souk-gazette"


def test_a_blueprint_as_it_was_begun_keeps_its_promises_and_leaves_nothing(begun: Path) -> None:
    done = _souk(begun.parent, "--json", "blueprint", "check", "souk-gazette")
    findings = _findings(done)
    assert done.returncode == 0, (done.stderr, findings)
    assert {finding["verdict"] for finding in findings.values()} == {"kept", "absent"}
    assert findings["A worker killed at each boundary makes it once and leaves nothing"]["verdict"] == "kept"
    here = lanes.trial(namespace.current())
    assert IncusEngine.connect(here).machines() == []


def test_one_whose_probe_signs_in_with_nothing_is_found_out(begun: Path) -> None:
    probing = begun / "src/souk_gazette/probing.py"
    kept = probing.read_text()
    probing.write_text(kept.replace("if answer.status_code != httpx.codes.OK:", "if answer.status_code == 500:"))
    try:
        done = _souk(begun.parent, "--json", "blueprint", "check", "souk-gazette")
    finally:
        probing.write_text(kept)
    assert done.returncode != 0
    assert _findings(done)["It refuses a wrong password"]["verdict"] == "broken"
