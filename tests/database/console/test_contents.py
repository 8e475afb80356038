"""What is in images: recorded once, told to the operator, and to whose service runs on one."""

from __future__ import annotations

import json
from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest
from tests.database.console.desks import at_desk, text
from tests.database.doors.test_rest import Caller
from tests.support import reconciling
from tests.support.example import EXAMPLE
from tests.support.world import Customer, customer, operator

from souk.engines.contract import Image as Held
from souk.engines.images import Change
from souk.kernel import clock
from souk.kernel.scope import System, acting
from souk.parties.commands import create_token
from souk.provisioning import contents, errors
from souk.provisioning.models import ImageContents, Machine, ServiceInstance
from souk.provisioning.reconciler import records

pytestmark = pytest.mark.django_db
ALIAS = "souk/example"
WHO = System("test")


def _bill(**versions: str) -> dict[str, Any]:
    told = [{"name": "debian:architecture", "value": "amd64"}, {"name": "debian:source", "value": "x"}]
    return {
        "components": [
            {"type": "library", "name": name, "version": version, "properties": told}
            for name, version in versions.items()
        ]
    }


def _built(fingerprint: str, version: str, **packages: str) -> list[Change] | None:
    """The engine holds this image from now on."""
    records.note_images([Held(fingerprint, [ALIAS], 1, {"souk.version": version})])
    return contents.record_contents(WHO, ALIAS, fingerprint, _bill(**packages))


@pytest.fixture
def buyer() -> Customer:
    return customer()


@pytest.fixture
def service(buyer: Customer) -> UUID:
    """A service on a machine of the image `one`; `two` was built since, with another openssl and one package more."""
    instance = reconciling.order(buyer)
    _built("one", "17.6", bash="5.2", openssl="3.5.1")
    with acting(WHO):
        row = ServiceInstance.objects.get(id=instance)
        Machine.objects.create(
            organization_id=buyer.organization,
            instance_id=instance,
            site_id=row.site_id,
            name="ex-1",
            address="10.0.0.9",
            image=ALIAS,
            fingerprint="one",
            version="17.6",
            created_at=clock.now(),
        )
        ImageContents.objects.update(since=clock.now() - timedelta(days=3))
    _built("two", "17.7", bash="5.2", openssl="3.5.2", zlib="1.3")
    return instance


CHANGED = [Change("openssl", "3.5.1", "3.5.2"), Change("zlib", "", "1.3")]


def test_an_image_is_recorded_once_and_its_changes_are_told_once(db: None) -> None:
    assert _built("one", "1", bash="5.2") is None
    assert _built("two", "1", bash="5.3") == [Change("bash", "5.2", "5.3")]
    assert _built("two", "1", bash="5.3") is None
    with acting(WHO):
        assert ImageContents.objects.count() == 2


def test_the_operator_sees_what_changed_and_how_many_are_behind(service: UUID) -> None:
    [row] = [each for each in contents.images(operator()) if each.alias == ALIAS]
    assert (row.fingerprint, row.packages, row.changes) == ("two", 3, CHANGED)
    assert (row.machines, row.behind) == (0, 1)
    engineer = Caller(create_token(operator().person, "op").token)
    [told] = [each for each in engineer("get", "/operator/images").json() if each["alias"] == ALIAS]
    assert told["changes"][0] == {"name": "openssl", "before": "3.5.1", "after": "3.5.2"}
    page = text(at_desk(operator().person).get("/operator/images/"))
    for word in ("souk/example", "17.7", "openssl", "3.5.1", "3.5.2"):
        assert word in page


def test_an_image_without_known_contents_says_so(db: None) -> None:
    records.note_images([Held("zero", [ALIAS], 1, {})])
    [row] = [each for each in contents.images(operator()) if each.alias == ALIAS]
    assert (row.packages, row.changes) == (None, None)
    assert "inconnu" in text(at_desk(operator().person).get("/operator/images/"))


def test_a_customer_gets_the_bill_of_what_the_service_runs_on(buyer: Customer, service: UUID) -> None:
    call = Caller(buyer.token())
    told = call("get", f"/services/{service}/bill-of-materials").json()
    assert [each["version"] for each in told["components"]] == ["5.2", "3.5.1"]
    saved = at_desk(buyer.person).get(f"/services/{service}/materials.json")
    assert json.loads(saved.content) == told
    assert saved["Content-Disposition"] == 'attachment; filename="compta.cdx.json"'


def test_what_was_never_recorded_is_said_not_to_be_known(buyer: Customer, service: UUID) -> None:
    with acting(WHO):
        Machine.objects.update(fingerprint="older")
    with pytest.raises(errors.ContentsUnknown):
        contents.materials(buyer.scope, service)
    assert contents.brought(buyer.scope, service) is None
    assert Caller(buyer.token())("get", f"/services/{service}/bill-of-materials").status_code == 404


def test_an_update_tells_which_packages_it_changes(
    buyer: Customer, service: UUID, monkeypatch: pytest.MonkeyPatch
) -> None:
    call = Caller(buyer.token())
    # The example can't be updated while it goes on, so nothing is offered at first.
    assert call("get", f"/services/{service}/update").json() is None
    monkeypatch.setattr(type(EXAMPLE), "succession", object())
    assert [each["after"] for each in call("get", f"/services/{service}/update").json()] == ["3.5.2", "1.3"]
    with acting(WHO):
        ServiceInstance.objects.filter(id=service).update(state="ready", ready_at=clock.now())
    page = text(at_desk(buyer.person).get(f"/services/{service}/"))
    assert "openssl 3.5.1 3.5.2" in page


def test_nobody_sees_what_anothers_service_runs_on(service: UUID) -> None:
    stranger = Caller(customer("Autre SARL").token())
    for path in ("bill-of-materials", "update"):
        assert stranger("get", f"/services/{service}/{path}").status_code == 404
    assert stranger("get", "/operator/images").status_code in (403, 404)
