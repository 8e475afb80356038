"""The installer's verbs: what each sets up, in which order."""

from __future__ import annotations

import os
from functools import partial
from pathlib import Path
from typing import Any

from install import (
    apparmor,
    application,
    bridged,
    external_database,
    firewall,
    folders,
    host,
    incus_objects,
    incusd,
    kernel_limits,
    keys,
    lanes,
    marker,
    nightly,
    packages,
    quotas,
    subnet,
    subordinate_ids,
    users,
    virtualenv,
)
from install.failure import Failure
from install.here import CHECKOUT, namespace
from install.ledger import Ledger
from install.postgresql import Cluster
from install.services import Service, log_folder
from install.steps import Progress, Steps


def require_root(what: str) -> None:
    """Raises Failure unless the caller is root."""
    if os.geteuid() != 0:
        raise Failure(
            f"{what} changes this host and needs root.",
            "Run it as root, or `make dev` for a console without root, with a simulated engine.",
        )


def ground(ns: Any, ledger: Ledger, steps: Steps, *, purpose: str) -> None:
    """Everything below Souk: packages (for `run` or `test`), users, limits, folders and keys."""
    steps.step("Debian packages", lambda progress: packages.install(ledger, progress, purpose=purpose))
    ledger.enter(ns.name, state=str(ns.state), run=str(ns.run), checkout=str(CHECKOUT))
    steps.step("System users", lambda _: users.ensure(ledger, incusd.GROUP))
    steps.step("Kernel limits and user ids", lambda _: _limits(ledger))
    steps.step("Folders and keys", lambda _: folders_and_keys(ns))


def private_ground(ns: Any, steps: Steps) -> None:
    """The same for a user without root: packages are asked for, folders and keys are the user's own."""
    steps.step("Debian packages", lambda progress: packages.install(Ledger(), progress, purpose="dev"))
    steps.step("Folders and keys", lambda _: folders_and_keys(ns))


def _limits(ledger: Ledger) -> str:
    limits, ids, filters = kernel_limits.ensure(ledger), subordinate_ids.ensure(ledger), bridged.ensure(ledger)
    return f"limits {limits}; ids {ids}; bridges and IP filter {filters}"


def folders_and_keys(ns: Any) -> str:
    """Make what the namespace lives in; returns a remark."""
    folders.ensure(ns)
    return keys.ensure(ns)


def engine(ns: Any, ledger: Ledger, steps: Steps) -> None:
    """Incus with the namespace's project, behind its firewall."""

    def network(_: Progress) -> str:
        said = subnet.settle(ns)
        firewall.ensure(ns)
        apparmor.ensure(ledger, ns.dns_hosts)
        return said

    steps.step("Incus", lambda _: incusd.ensure(ledger))
    steps.step("Subnet, port and firewall", network)
    steps.step("Incus project, pool, bridge, ACL", lambda _: incus_objects.ensure(ns))


def database(ns: Any, steps: Steps) -> None:
    """PostgreSQL: the embedded one, or the one of DATABASE_URL."""

    def work(_: Progress) -> str:
        url = application.database_url(ns)
        return external_database.ensure(url) if url else Cluster(ns).ensure()

    steps.step("PostgreSQL", work)


def images(ns: Any, steps: Steps, program: Path, *, recorded: bool = True) -> None:
    """The images of the managed services, built or taken from the cache, imported, and `recorded` in the database."""
    words = ["build-images", *["--only-engine"] * (not recorded)]
    steps.step("Images", lambda progress: application.manage(ns, *words, program=program, progress=progress))


def newer_images(ns: Any, steps: Steps) -> int:
    """`make images`: images with what Debian has mended since. Services are updated in their windows. Returns an exit
    status.
    """
    require_root("make images")
    images(ns, steps, application.manage_program(ns))
    return 0


def run(ns: Any, steps: Steps) -> int:
    """`make run`: from a bare Debian to the first sale. Returns an exit status."""
    require_root("make run")
    marker.refuse_half_restored(ns)
    ledger = Ledger()
    steps.say(f"Souk {ns.name}, from {CHECKOUT}")
    ground(ns, ledger, steps, purpose="run")
    steps.step("Python environment", lambda progress: virtualenv.release(ns, progress))
    virtualenv.readable_by(users.WEB, ns)
    engine(ns, ledger, steps)
    database(ns, steps)
    application.write_environment(ns)
    application.write_commands(ns)
    steps.step("Database schema", lambda _: application.manage(ns, "migrate", "--no-input"))
    steps.step("Starting catalogue", lambda _: application.manage(ns, "seed"))
    images(ns, steps, application.manage_program(ns))
    steps.step("Web and worker", lambda _: application.start(ns))
    steps.step("Disk limits", lambda _: quotas.keep(ns))
    steps.step("Backup of the platform", lambda _: nightly.backup(ns))
    steps.step("Newer images", lambda _: nightly.images(ns))
    steps.say()
    status = application.first_sale(ns)
    steps.say()
    steps.say(f"  Logs      {log_folder(ns)}" + (f", journalctl -u 'souk-{ns.name}-*'" if host.has_systemd() else ""))
    steps.say("  make stop ends it, make purge removes it.")
    return status


def stop(ns: Any, steps: Steps) -> int:
    """`make stop`: end this namespace's processes; Incus too, if we started it and nobody else needs it."""
    for each in (*lanes.every(ns), ns):
        for service in reversed(application.every_service(each)):
            if each is ns or service.running():
                steps.step(f"Process {service.name}", partial(_stop, service))
    if os.geteuid() == 0:
        steps.step("Incus", lambda _: stop_incus(ns))
    return 0


def _stop(service: Service, _: Progress) -> str:
    return "ended" if service.stop() else "was not running"


def stop_incus(ns: Any) -> str:
    """End Incus if we started it and nobody else needs it. Returns a remark."""
    ledger = Ledger()
    with ledger.lock():
        busy = running_namespaces(ledger, ns.name)
        if busy:
            return f"left running for {', '.join(busy)}"
        if host.has_systemd():
            return "a service of this host, left running; so are the machines"
        if incusd.INCUSD.pid() and incus_objects.running_elsewhere(ns):
            return "left running for machines of other projects"
        return incusd.stop()


def running_namespaces(ledger: Ledger, name: str) -> list[str]:
    """Other namespaces of this host with a process that runs."""
    found = []
    for other, about in ledger.others(name).items():
        theirs = namespace.Namespace(name=other, state=Path(about["state"]), run=Path(about["run"]))
        if any(service.running() for service in application.every_service(theirs)):
            found.append(other)
    return found
