"""A pool is kept: what is old, broken or too many is thrown away, what lacks is made, while orders go before."""

from __future__ import annotations

import hashlib
from contextlib import suppress
from datetime import timedelta

import structlog
from django.utils.translation import gettext_noop

from souk.engines.contract import Engine, EngineError, MachineSpec, MachineStatus
from souk.kernel import secrets
from souk.kernel.redaction import clean
from souk.provisioning.contract import Blueprint, ConfigurationFailed, ServerCertificate, Wanted, Warmer
from souk.provisioning.reconciler import machines, records
from souk.provisioning.reconciler.ground import Ground
from souk.provisioning.reconciler.guest import MachineGuest
from souk.provisioning.reconciler.lease import Fenced, Lease, Superseded
from souk.provisioning.reconciler.records import Pool, Waiting
from souk.provisioning.registry import blueprint as find_blueprint
from souk.sites import authority, certificates

log = structlog.get_logger("souk.reconciler")
LOOK_EVERY = timedelta(minutes=5)
_LABEL = "pool"
_TROUBLE = gettext_noop("No machine could be made ready; orders are served without.")


def keep(ground: Ground, lease: Lease) -> None:
    """Bring the number of machines that wait in a pool to its target, and give the claim back."""
    pool = records.load_pool(lease.subject)
    try:
        with lease.kept():
            trouble = _keep(ground, lease, pool)
        records.kept_warm(lease, pool, LOOK_EVERY, trouble)
    except (EngineError, ConfigurationFailed, records.NoAddress, records.NoRoom) as error:
        log.warning("pool not kept", pool=str(lease.subject), error=clean(str(error))[:300])
        with suppress(Fenced):
            records.kept_warm(lease, pool, timedelta(seconds=min(2.0**lease.attempts, 300)), _TROUBLE)
    except Superseded:
        with suppress(Fenced):
            records.hand_back(lease)
    except Fenced:
        log.info("fenced", pool=str(lease.subject), epoch=lease.epoch)


def _keep(ground: Ground, lease: Lease, pool: Pool) -> str:
    blueprint = find_blueprint(pool.row.blueprint)
    if blueprint.warmer is None:
        return ""
    made_from = _made_from(ground.engine, blueprint, blueprint.warmer, pool)
    fit: list[Waiting] = []
    unfit: list[Waiting] = []
    for machine in records.waiting(pool.row.id):
        good = machine.fit and machine.made_from == made_from and _runs(ground.engine, machine)
        (fit if good else unfit).append(machine)
    for machine in [*unfit, *fit[pool.target :]]:
        _throw_away(ground.engine, pool, machine)
    for _ in range(pool.target - len(fit)):
        lease.renew()
        if not records.room_for(pool.row):
            return gettext_noop("The site has no room to spare for machines that wait.")
        _make(ground, lease, pool, blueprint, blueprint.warmer, made_from)
    return ""


def _made_from(engine: Engine, blueprint: Blueprint, warmer: Warmer, pool: Pool) -> str:
    """What a machine would be made from now: its image, what it is given, and whose certificate."""
    alias = blueprint.recipe.alias
    image = next((image.fingerprint for image in engine.images() if alias in image.aliases), "")
    signer = hashlib.sha256(authority.certificate(pool.row.site_id).encode()).hexdigest()
    return f"{image[:32]}:{warmer.prepared(pool.row.size)[:64]}:{signer[:32]}"


def _runs(engine: Engine, machine: Waiting) -> bool:
    observed = engine.machine(machine.name)
    return observed is not None and observed.status == MachineStatus.RUNNING and machines.unclaimed(observed)


def _throw_away(engine: Engine, pool: Pool, machine: Waiting) -> None:
    """Delete a machine that nobody has, unless somebody takes it first. One that carries a service on the engine, of
    which the database knows nothing, is left alone: its data is somebody's.
    """
    if not records.give_up_warm(machine):
        return
    observed = engine.machine(machine.name)
    if observed is not None and machines.unclaimed(observed) and observed.labels.get(_LABEL) == str(pool.row.id):
        engine.delete(machine.name)
    records.forget_warm(machine)


def _make(ground: Ground, lease: Lease, pool: Pool, blueprint: Blueprint, warmer: Warmer, made_from: str) -> None:
    password = secrets.new_password()
    seen = [machine.address for machine in ground.engine.machines() if machine.address]
    machine = records.begin_warm(lease, pool, blueprint, made_from, password, seen)
    hostname = f"{machine.name.rpartition('-')[0]}.{pool.domain}"
    ca = authority.unlock(pool.row.site_id)
    issued = certificates.issue(ca, hostname, machine.address)
    certificate = ServerCertificate(issued.certificate, issued.key, ca.certificate)
    spec = MachineSpec(
        name=machine.name,
        image=blueprint.recipe.alias,
        limits=blueprint.limits(pool.row.size),
        address=machine.address,
        labels={_LABEL: str(pool.row.id), "epoch": str(lease.epoch)},
        host=machine.host or None,
    )
    ground.engine.create(spec, start=True)
    wanted = Wanted(pool.row.id, machine.name, {}, pool.row.size, hostname, machine.address)
    warmer.prepare(MachineGuest(ground.engine, machine.name), wanted, password, certificate)
    records.now_waits(lease, machine, certificate, issued.expires_at)
