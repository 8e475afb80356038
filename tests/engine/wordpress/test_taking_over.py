"""Another machine takes over: what was written last is there, and whoever was signed in still is."""

from __future__ import annotations

import secrets
import time
from dataclasses import replace
from pathlib import Path

import pytest
from tests.engine.conftest import Rig
from tests.engine.website.test_taking_over import FOLLOWER, LEADER, follower, rig_with_network
from tests.engine.wordpress.conftest import Browser, order

from souk.blueprints.wordpress import BLUEPRINT
from souk.provisioning.contract import Way

pytestmark = pytest.mark.engine
__all__ = ["rig_with_network"]


def test_a_newer_machine_takes_over_with_files_database_and_sessions_and_gives_back(
    rig_with_network: tuple[Rig, str], press_image: str, tmp_path: Path
) -> None:
    rig, network = rig_with_network
    present = order(rig, press_image, tmp_path, 8, language="en")
    present.configure()
    succession = BLUEPRINT.succession
    assert succession.release(present, present.wanted).startswith("6.")
    rig.engine.join(present.spec.name, network)
    way = Way(LEADER, FOLLOWER, secrets.token_urlsafe(24))
    succession.lead(present, present.wanted, way)
    coming = follower(rig, press_image, present, network)
    succession.follow(coming, coming.wanted, way)
    coming.configure()
    with Browser(present) as browser:
        browser.sign_in(present.credentials.username, present.credentials.password)
        cookies = browser.cookies
        browser.rest("POST", "posts", json={"title": "Written last", "status": "publish"})
    succession.draw_near(present, coming, coming.wanted)
    begun = time.monotonic()
    end = succession.hand_over(present, present.wanted)
    assert not BLUEPRINT.probe(present.wanted, present.credentials, present.certificate.authority).ok
    succession.receive(coming, coming.wanted, end)
    coming.wanted = replace(coming.wanted, follows=False)
    coming.configure()
    assert time.monotonic() - begun < 40
    assert "Written last" in coming.get("/written-last/").text
    with Browser(coming) as browser:
        browser.cookies = cookies
        assert browser.get("/wp-admin/").url.path == "/wp-admin/"
    assert coming.wanted.identity == present.wanted.identity
    succession.stay(present, present.wanted)
    assert "Written last" in present.get("/written-last/").text
