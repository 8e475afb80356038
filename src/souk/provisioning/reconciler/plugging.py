"""The machine that clients connect to is in the service's private network, and no other of its machines is."""

from __future__ import annotations

import functools
import json
from pathlib import Path

from souk.engines.contract import Engine, Machine
from souk.provisioning.contract import ConfigurationFailed
from souk.provisioning.reconciler import records
from souk.provisioning.reconciler.ground import Ground
from souk.provisioning.reconciler.records import Assigned, Attached, Subject

_WITHIN = 30.0
"""Seconds."""

_RUN = (
    "import io, json, sys; told = json.load(sys.stdin); program = told.pop('program');"
    " sys.stdin = io.StringIO(json.dumps(told)); exec(compile(program, 'plugged', 'exec'))"
)
"""The machine may be of an image from before there were private networks: the program comes with what it is told."""


def fits(subject: Subject, observed: Machine) -> bool:
    """Whether the machine that clients connect to has the card that it should have, or rightly none."""
    return not subject.leaving and observed.card == (subject.attached.card if subject.attached else None)


def plug(ground: Ground, subject: Subject, machine: Assigned) -> None:
    """Let this running machine of an instance, and no other one, be in its private network, if it should be in one.

    A machine that was there before gives its card back first: two can't have one address. Safe to repeat.

    Raises:
        ConfigurationFailed, EngineError.
    """
    engine, attached = ground.engine, subject.attached
    observed = engine.machine(machine.name)
    if attached is None and not subject.leaving and (observed is None or observed.card is None):
        return
    _unplug(engine, [one for one in subject.machines if one.name != machine.name])
    if attached is None:
        _unplug(engine, [machine])
        ground.names.withdraw(subject.private_hostname)
    else:
        engine.ensure_network(attached.card.network)
        engine.attach(machine.name, attached.card)
        use(engine, machine.name, attached)
        ground.names.publish(subject.private_hostname, attached.card.address)
    if subject.leaving:
        records.released(subject)


def unplug(ground: Ground, subject: Subject) -> None:
    """Take the machines of an instance that does not run out of a network that it should not be in any more."""
    if not subject.leaving:
        return
    _unplug(ground.engine, subject.machines)
    ground.names.withdraw(subject.private_hostname)
    records.released(subject)


def _unplug(engine: Engine, machines: tuple[Assigned, ...] | list[Assigned]) -> None:
    for machine in machines:
        observed = engine.machine(machine.name)
        if observed is not None and observed.card is not None:
            engine.detach(machine.name)


def use(engine: Engine, machine: str, attached: Attached) -> None:
    """Let a machine use its address, now and after it was started again: nobody gives addresses out in there.

    Raises:
        ConfigurationFailed, EngineError.
    """
    told = {"address": f"{attached.card.address}/{attached.prefix_length}", "program": _program()}
    command = ["/usr/bin/python3", "-IS", "-c", _RUN]
    done = engine.execute(machine, command, stdin=json.dumps(told).encode(), timeout=_WITHIN)
    if done.exit_code != 0:
        raise ConfigurationFailed(f"no address in the private network: {(done.stdout or done.stderr)[:300]}")


@functools.cache
def _program() -> str:
    return (Path(__file__).parent / "plugged").read_text(encoding="utf-8")
