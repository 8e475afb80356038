"""A key management service that can't be asked: services run on, what needs it waits and says so, nothing is lost."""

from __future__ import annotations

import io
from collections.abc import Iterator
from pathlib import Path
from uuid import UUID

import pytest
from django.core.management import call_command
from tests.support.bao import Bao
from tests.support.reconciling import forget_leases, order, work
from tests.support.world import Customer

from souk.kernel import secrets
from souk.kernel.scope import System, acting
from souk.kernel.secrets import KeyRing
from souk.provisioning.models import Binding
from souk.provisioning.queries import service
from souk.provisioning.reconciler import records
from souk.provisioning.reconciler.converge import Ground
from souk.settings import namespace


@pytest.fixture
def bao(place: Ground, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Bao]:
    """The site's authority was sealed under the file's key; from now on the service seals."""
    bao = Bao()
    file = namespace.current().keys / "master.key"
    # A ring of its own each time: nothing is remembered, as after the bounded time.
    monkeypatch.setattr(secrets, "ring", lambda name: KeyRing.load(file, bao.transit(tmp_path)))
    return bao


def _keys() -> set[str]:
    with acting(System("test")):
        return {
            secrets.ring("master").key_id(bytes(value)) for (value,) in Binding.objects.values_list("sealed_password")
        }


def test_an_order_waits_while_it_is_away_and_is_fulfilled_when_it_is_back(
    place: Ground, buyer: Customer, bao: Bao
) -> None:
    bao.away = True
    instance = order(buyer)
    work(place)
    assert "key management service" in service(buyer.scope, instance).trouble
    assert place.engine.machines() == []
    bao.away = False
    forget_leases()
    work(place)
    row = service(buyer.scope, instance)
    assert (row.state, row.trouble, _keys()) == ("ready", "", {"transit:souk:v1"})
    assert len(place.engine.machines()) == 1


def test_a_service_that_runs_stays_ready_and_runs_while_it_is_away(
    place: Ground, buyer: Customer, instance: UUID, bao: Bao
) -> None:
    call_command("rotate_keys", stdout=io.StringIO())
    bao.sealed = True
    forget_leases()
    work(place)
    row = service(buyer.scope, instance)
    assert (row.state, "key management service" in row.trouble) == ("ready", True)
    assert len(place.engine.machines()) == 1


def test_a_password_that_is_asked_for_meanwhile_is_not_shown_and_stops_nothing(
    place: Ground, buyer: Customer, bao: Bao, monkeypatch: pytest.MonkeyPatch
) -> None:
    instance = order(buyer)
    work(place)
    box = secrets.new_box()[1]
    with acting(System("test")):
        binding = Binding.objects.get(instance_id=instance)
        binding.reveals.create(organization_id=binding.organization_id, box=box)
    bao.away = True
    assert records.answer_reveals() == 0
    bao.away = False
    assert records.answer_reveals() == 1


def test_moving_to_it_and_rotating_its_key_are_the_same_command(
    place: Ground, buyer: Customer, instance: UUID, bao: Bao
) -> None:
    assert not _keys() & {"transit:souk:v1"}
    call_command("rotate_keys", stdout=io.StringIO())
    assert _keys() == {"transit:souk:v1"}
    bao.rotate()
    call_command("rotate_keys", stdout=io.StringIO())
    assert _keys() == {"transit:souk:v2"}
    bao.oldest = 2
    forget_leases()
    work(place)
    assert service(buyer.scope, instance).trouble == ""


def test_a_rotation_that_it_interrupts_is_run_again(place: Ground, buyer: Customer, instance: UUID, bao: Bao) -> None:
    bao.sealed = True
    with pytest.raises(Exception, match="503"):
        call_command("rotate_keys", stdout=io.StringIO())
    bao.sealed = False
    call_command("rotate_keys", stdout=io.StringIO())
    assert _keys() == {"transit:souk:v1"}
