"""The machine that clients connect to is exposed to the world as it should be, and no other of the service's is."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any
from uuid import UUID

from souk.engines.contract import Engine
from souk.engines.exposure import Exposure
from souk.provisioning import registry, rules
from souk.provisioning.reconciler import records
from souk.provisioning.reconciler.ground import Ground
from souk.provisioning.reconciler.records import Assigned, Subject


def wanted(subject: Subject, machine: Assigned) -> Exposure:
    """How the machine that clients connect to should be exposed."""
    row = subject.row
    return _exposure(subject, machine, row.allowed, row.firewall, row.parameters)


def expose(ground: Ground, subject: Subject, machine: Assigned) -> None:
    """Have this machine of an instance be exposed, and no other one; before that, what a machine had before it ends.

    Raises:
        EngineError.
    """
    exposure = wanted(subject, machine)
    if exposure.closed and not subject.withdrawing:
        return
    for one in subject.machines:
        if one.name != machine.name:
            ground.engine.expose(Exposure(one.address))
    if subject.public_address:
        # First, so that what began by an address that is taken away later is known by it.
        ground.engine.keep_ranges(records.ranges())
    ground.engine.expose(exposure)
    if subject.public_address:
        ground.names.publish(subject.public_hostname, subject.public_address)
        records.lead_names(subject)
    if subject.withdrawing:
        if not subject.public_address:
            ground.names.withdraw(subject.public_hostname)
            records.lead_names(subject)
        records.withdrawn(subject)


def withdraw(ground: Ground, subject: Subject) -> None:
    """Let nothing lead to machines of an instance that does not run by addresses that it should not have any more."""
    if not subject.withdrawing:
        return
    for one in subject.machines:
        ground.engine.expose(Exposure(one.address))
    ground.names.withdraw(subject.public_hostname)
    records.lead_names(subject)
    records.withdrawn(subject)


def change(engine: Engine, subject: Subject, machine: Assigned, **lists: Any) -> None:
    """Let another list (`allowed`), other rules (`firewall`) or `parameters` hold for a machine that runs."""
    row = subject.row
    told = {"allowed": row.allowed, "firewall": row.firewall, "parameters": row.parameters, **lists}
    exposure = _exposure(subject, machine, told["allowed"], told["firewall"], told["parameters"])
    if not exposure.closed:
        engine.expose(exposure)


def compare(engine: Engine) -> tuple[list[UUID], list[str]]:
    """Instances whose machine is not exposed as it should be, and addresses of machines that are though none should."""
    there = engine.exposures()
    if there is None:
        return [], []
    kinds = [key for key, each in registry.blueprints().items() if each.own_rules]
    drifted, known = [], set()
    for row in records.exposed(kinds):
        known.add(row.address)
        blueprint = registry.blueprints().get(row.blueprint)
        if blueprint is None:
            continue
        exposure = rules.exposure(blueprint, row.address, row.public, row.allowed, row.firewall, row.parameters)
        if row.running and there.get(row.address, Exposure(row.address).token) != exposure.token:
            drifted.append(row.instance)
    return drifted, sorted(there.keys() - known)


def _exposure(
    subject: Subject,
    machine: Assigned,
    allowed: Sequence[Mapping[str, Any]] | None,
    firewall: Sequence[Mapping[str, Any]] | None,
    parameters: Mapping[str, Any],
) -> Exposure:
    blueprint = registry.blueprint(subject.row.blueprint)
    return rules.exposure(blueprint, machine.address, subject.public_address, allowed, firewall, parameters)
