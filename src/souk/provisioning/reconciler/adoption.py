"""What a restored database finds on the engine: machines that went on without it are taken over as they are."""

from __future__ import annotations

from dataclasses import dataclass

from django.db import connection

from souk.engines.contract import Engine, MachineStatus
from souk.kernel.scope import System, acting
from souk.provisioning.reconciler import records, resync

_ADOPT = """
update provisioning_convergence c set worker = '', lease_until = null, next_at = now(), attempts = 0,
    epoch = greatest(c.epoch, coalesce(seen.epoch, 0)) + 1
from provisioning_serviceinstance i left join (
    select subject, max(epoch) as epoch from unnest(%s::uuid[], %s::bigint[]) as label(subject, epoch) group by subject
) seen on seen.subject = i.id
where c.subject = i.id and i.deleted_at is null
"""

_VISIT_NETWORKS = """
update provisioning_convergence set worker = '', lease_until = null, next_at = now(), attempts = 0, epoch = epoch + 1
where kind = 'network'
"""


@dataclass(frozen=True)
class Adoption:
    """Names of machines: those that both sides know, those only the engine has, those only the database knows. And of
    private networks that only the engine has.
    """

    running: list[str]
    orphans: list[str]
    gone: list[str]
    orphan_networks: list[str]


def adopt(engine: Engine) -> Adoption:
    """Let every service be visited at once, by claims that are newer than any its machines have seen.

    A machine's label tells the epoch of the claim that made it. A database that was restored counts from an earlier
    one, and the worker would take itself for one that was overtaken long ago. No machine is touched here.

    Raises:
        EngineError: the engine does not answer; nothing was changed.
    """
    observed = {machine.name: machine for machine in engine.machines()}
    labels = [machine.labels for machine in observed.values() if "instance" in machine.labels]
    with acting(System("adoption")), connection.cursor() as cursor:
        epochs = [int(label.get("epoch", "0")) for label in labels]
        cursor.execute(_ADOPT, [[label["instance"] for label in labels], epochs])
        cursor.execute(_VISIT_NETWORKS)
    recorded = records.machine_subjects()
    running = [name for name in recorded if name in observed and observed[name].status == MachineStatus.RUNNING]
    orphans = sorted(resync.orphans(observed, recorded))
    _, networks = resync.compare_networks(engine)
    return Adoption(sorted(running), orphans, sorted(recorded.keys() - observed), networks)
