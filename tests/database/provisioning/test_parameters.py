"""Parameters of a running service: in force once it was seen to work with them, else as before."""

from __future__ import annotations

from uuid import UUID

import pytest
from tests.support.example import EXAMPLE
from tests.support.reconciling import forget_leases, work
from tests.support.world import Customer

from souk.engines.contract import Execution
from souk.engines.memory import MemoryEngine
from souk.provisioning import commands, errors
from souk.provisioning.contract import Credentials, Health, Wanted
from souk.provisioning.queries import operations, service
from souk.provisioning.reconciler.actions.perform import TRIES
from souk.provisioning.reconciler.converge import Ground


@pytest.fixture
def configured(engine: MemoryEngine) -> list[str]:
    """The passwords with which the guest was configured, one for each time."""
    seen: list[str] = []

    def configure(_arguments: list[str], stdin: bytes) -> Execution:
        seen.append(stdin.decode())
        return Execution(0, "", "")

    engine.guest.programs["/usr/lib/souk/configure"] = configure
    return seen


def test_a_parameter_is_another_once_the_service_works_with_it(place: Ground, buyer: Customer, instance: UUID) -> None:
    commands.change_parameters(buyer.scope, instance, {"flavour": "mint"})
    assert service(buyer.scope, instance).parameters["flavour"] == "plain"
    work(place)
    assert service(buyer.scope, instance).parameters["flavour"] == "mint"
    done = operations(buyer.scope, instance)[0]
    assert (done.kind, done.state, [line["step"] for line in done.log]) == (
        "configure",
        "succeeded",
        ["configure", "probe"],
    )


def test_what_does_not_work_is_given_up_and_taken_back(
    place: Ground, buyer: Customer, instance: UUID, configured: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    def probe(wanted: Wanted, credentials: Credentials, authority: str) -> Health:
        return Health(wanted.parameters["flavour"] == "plain", "tastes of mint")

    monkeypatch.setattr(EXAMPLE, "probe", probe)
    commands.change_parameters(buyer.scope, instance, {"flavour": "mint"})
    for _ in range(TRIES):
        forget_leases()
        work(place)
    assert operations(buyer.scope, instance)[0].state == "failed"
    row = service(buyer.scope, instance)
    assert (row.state, row.trouble, row.parameters["flavour"]) == ("ready", "", "plain")
    assert len(configured) == 2 * TRIES


def test_it_is_configured_with_the_credentials_of_that_moment(
    place: Ground, buyer: Customer, instance: UUID, configured: list[str]
) -> None:
    commands.reset_binding(buyer.scope, instance, "default")
    commands.change_parameters(buyer.scope, instance, {"flavour": "mint"})
    work(place)
    assert configured[-1]
    commands.restart_instance(buyer.scope, instance)
    work(place)
    assert configured[-1] == configured[-2]


def test_a_parameter_that_stays_and_a_value_that_is_none_are_refused(buyer: Customer, instance: UUID) -> None:
    for changes in ({"more": ["shop"]}, {"colour": "red"}):
        with pytest.raises(errors.ParameterFixed):
            commands.change_parameters(buyer.scope, instance, changes)
    with pytest.raises(errors.InvalidParameters):
        commands.change_parameters(buyer.scope, instance, {"flavour": "salt"})
