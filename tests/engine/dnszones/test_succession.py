"""Another machine takes over: the same zones, the same keys, serials that go on; and back, if it comes to nothing."""

from __future__ import annotations

import secrets
import time
from collections.abc import Iterator
from dataclasses import replace

import pytest
from tests.engine.conftest import Rig
from tests.engine.dnszones.conftest import Server, begin
from tests.engine.dnszones.test_serving import transferred

from souk.blueprints.dnszones import BLUEPRINT
from souk.engines.incus import IncusEngine
from souk.provisioning.contract import Way
from souk.provisioning.zones import files
from souk.settings import namespace

pytestmark = pytest.mark.engine

ZONE = "example.ma"
WAY = Way("", "", "")


@pytest.fixture
def heir(incus: IncusEngine, dns_image: str, server: Server) -> Iterator[Server]:
    """A machine of the same service, that was never configured."""
    rig = Rig(incus, namespace.current())
    try:
        made = begin(rig, dns_image, "heir")
        made.credentials = server.credentials
        made.wanted = replace(made.wanted, instance=server.wanted.instance, hostname=server.wanted.hostname)
        made.zones = server.zones
        yield made
    finally:
        rig.clear()


def test_zones_and_keys_go_over_and_can_stay(server: Server, heir: Server) -> None:
    succession = BLUEPRINT.succession
    assert succession.release(server, server.wanted).startswith("3.4")
    before = server.serve(ZONE, "www 300 IN A 192.0.2.10\n")[ZONE]
    second = BLUEPRINT.binder.binding(server.wanted, "second", secrets.token_urlsafe(24))
    BLUEPRINT.binder.grant(server, server.wanted, second)
    succession.lead(server, server.wanted, WAY)
    succession.follow(heir, heir.wanted, WAY)
    BLUEPRINT.configure(heir, replace(heir.wanted, follows=True), heir.credentials, heir.certificate)
    began = time.monotonic()
    end = succession.hand_over(server, server.wanted)
    assert succession.hand_over(server, server.wanted)
    assert not BLUEPRINT.probe(server.wanted, server.credentials, "").ok
    succession.receive(heir, heir.wanted, end)
    heir.configure()
    assert heir.values(f"www.{ZONE}", "A") == ["192.0.2.10"]
    gap = time.monotonic() - began
    assert BLUEPRINT.zones.restored(heir, heir.wanted) is None
    heir.execute(["sh", "-c", "printf backup-1 > /var/lib/souk-dns/restored"])
    held = BLUEPRINT.zones.restored(heir, heir.wanted)
    assert held is not None
    assert held.label == "backup-1"
    assert [each.key for each in files.read(ZONE, held.zones[ZONE].text).records] == [("@", "NS"), ("www", "A")]
    after = heir.tell()[ZONE]
    assert BLUEPRINT.zones.restored(heir, heir.wanted) is None
    assert after.ds == before.ds
    assert after.serial >= before.serial
    assert transferred(heir, second).get_rdataset("www", "A") is not None
    assert gap < 10
    succession.stay(server, server.wanted)
    assert BLUEPRINT.probe(server.wanted, server.credentials, "").ok
    assert server.tell()[ZONE].ds == before.ds
