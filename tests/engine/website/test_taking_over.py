"""Another machine takes over from one that is asked and written to all the time."""

from __future__ import annotations

import contextlib
import secrets
import threading
import time
from collections.abc import Iterator
from dataclasses import replace

import httpx
import pytest
from tests.engine.conftest import Rig
from tests.engine.website.conftest import Site, order
from tests.support.authorities import authority

from souk.blueprints.website import BLUEPRINT
from souk.engines.incus import IncusEngine
from souk.provisioning.contract import ServerCertificate, Way
from souk.settings import namespace
from souk.sites.certificates import issue

pytestmark = pytest.mark.engine
LEADER, FOLLOWER = "169.254.77.1", "169.254.77.2"
COUNTER = """<?php
$file = fopen('/srv/site/kept/count', 'c+'); flock($file, LOCK_EX);
$next = (int) stream_get_contents($file) + 1;
ftruncate($file, 0); rewind($file); fwrite($file, (string) $next); fflush($file); fclose($file);
echo $next;"""


@pytest.fixture
def rig_with_network(incus: IncusEngine) -> Iterator[tuple[Rig, str]]:
    """A private network, deleted with the machines that are in it."""
    rig = Rig(incus, namespace.current())
    name = rig.prefix.rstrip("-") + "net"
    rig.engine.ensure_network(name)
    try:
        yield rig, name
    finally:
        rig.clear()
        rig.engine.delete_network(name)


@contextlib.contextmanager
def _asking(site: Site) -> Iterator[list[int]]:
    """A visitor who goes on to have a number counted up; the numbers that were told."""
    stop, told = threading.Event(), []

    def ask() -> None:
        while not stop.is_set():
            with contextlib.suppress(httpx.HTTPError):
                answer = site.get("/count.php")
                if answer.status_code == 200:
                    told.append(int(answer.text))
            time.sleep(0.02)

    asking = threading.Thread(target=ask)
    asking.start()
    try:
        yield told
    finally:
        stop.set()
        asking.join()


def follower(rig: Rig, image: str, of: Site, network: str) -> Site:
    """A machine that is to take over from another one, started and not configured."""
    address = next(rig.addresses())
    spec = replace(
        of.spec, name=of.spec.name + "b", address=address, private=network, environment={"SOUK_ROLE": "copy"}
    )
    rig.engine.create(spec, start=True)
    wanted = replace(of.wanted, address=address, follows=True, identity=())
    made = Site(rig.engine, spec, wanted, of.folder, of.key, of.blueprint)
    made.credentials = of.credentials
    ca = authority()
    issued = issue(ca, of.wanted.hostname, address)
    made.certificate = ServerCertificate(issued.certificate, issued.key, ca.certificate)
    return made


def test_a_machine_that_takes_over_has_all_that_was_written_and_lets_in_the_same_people(
    rig_with_network: tuple[Rig, str], site_image: str, tmp_path_factory: pytest.TempPathFactory
) -> None:
    rig, network = rig_with_network
    present = order(rig, site_image, tmp_path_factory.mktemp("taking"))
    present.configure()
    page = present.folder / "count.php"
    page.write_text(COUNTER)
    assert present.sftp(f"put {page} live/count.php").exit_code == 0
    deployer = present.grant("agence")
    present.execute(["sh", "-c", "mkdir -p -m 700 /var/lib/souk-names && echo clef > /var/lib/souk-names/account.pem"])
    rig.engine.join(present.spec.name, network)
    succession = BLUEPRINT.succession
    assert succession is not None
    way = Way(LEADER, FOLLOWER, secrets.token_urlsafe(24))
    succession.lead(present, present.wanted, way)
    coming = follower(rig, site_image, present, network)
    with _asking(present) as told:
        succession.follow(coming, coming.wanted, way)
        coming.configure()
        succession.draw_near(present, coming, coming.wanted)
        begun = time.monotonic()
        end = succession.hand_over(present, present.wanted)
        before = len(told)
        assert not BLUEPRINT.probe(present.wanted, present.credentials, present.certificate.authority).ok
        succession.receive(coming, coming.wanted, end)
        coming.wanted = replace(coming.wanted, follows=False)
        coming.configure()
        assert time.monotonic() - begun < 20
    assert before > 10
    # Of the last one the answer may have been lost.
    assert max(told) < int(coming.get("/count.php").text) <= max(told) + 2
    assert coming.wanted.identity == present.wanted.identity
    assert coming.sftp("ls live", user="agence", password=deployer.password).exit_code == 0
    assert coming.sftp("ls live").exit_code == 0
    kept = coming.execute(["stat", "--format=%a %U", "/var/lib/souk-names/account.pem"]).stdout
    assert kept.strip() == "640 root"
    succession.stay(present, present.wanted)
    assert max(told) < int(present.get("/count.php").text) <= max(told) + 2
    assert present.sftp("ls live").exit_code == 0
    assert "site-heir" not in present.execute(["cat", "/etc/passwd"]).stdout
