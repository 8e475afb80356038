"""What is left of a highly available service when its machines are deleted."""

from __future__ import annotations

from souk.engines.contract import Engine
from souk.provisioning.models import MachineRole
from souk.provisioning.reconciler.private import network_of
from souk.provisioning.reconciler.records import Subject
from souk.provisioning.reconciler.together import sharing


def erase(engine: Engine, subject: Subject) -> dict[str, object]:
    """Give up what the machines shared; returns what the attestation says of them all.

    Raises:
        EngineError, ConfigurationFailed.
    """
    sharing.forget(engine, subject)
    gone = [engine.machine(one.name) is None for one in subject.carriers]
    return {
        "machines": [one.name for one in subject.carriers],
        "disk_bytes": subject.row.disk * sum(one.role != MachineRole.FRONT for one in subject.carriers),
        "seen_gone": all(gone),
        "network_gone": network_of(subject) not in engine.networks(),
    }
