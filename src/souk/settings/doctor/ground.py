"""Whether the engine answers and has what Souk needs: images, network, isolation, room."""

from __future__ import annotations

import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from django.conf import settings
from django.utils.translation import gettext as _

from souk.cli.formats import size
from souk.engines.contract import Engine, EngineError, NotFound
from souk.engines.current import engine as current_engine
from souk.engines.incus import UnixSocket
from souk.engines.incus.transport import Transport
from souk.provisioning.reconciler.resync import compare
from souk.provisioning.registry import blueprints
from souk.settings.doctor import names, networks, quotas
from souk.settings.doctor.asking import rows
from souk.settings.doctor.finding import Finding, fail, ok, warn

FULL, NEARLY_FULL = 0.95, 0.80
_INSTANCES = 1024


def engine() -> Iterator[Finding]:
    """The engine with its hosts, images and machines; nothing more is asked of one that does not answer."""
    subject = _("Engine")
    if settings.SIMULATION:
        yield warn(subject, _("a simulation: nothing real runs"), _("`make run` as root uses a real engine."))
        return
    found = current_engine()
    try:
        hosts = found.hosts()
    except EngineError as error:
        yield fail(subject, str(error)[:200], _("Start Incus (`systemctl start incus`, or `make run`), and be root."))
        return
    offline = [host.name for host in hosts if not host.online]
    if offline:
        seen = _("these hosts are offline: %(names)s") % {"names": ", ".join(offline)}
        yield fail(subject, seen, "incus cluster list")
    else:
        yield ok(subject, _("Incus answers, hosts: %(names)s") % {"names": ", ".join(host.name for host in hosts)})
    for host in hosts:
        yield room(_("Storage pool on %(host)s") % {"host": host.name}, host.disk_used, host.disk_total)
    yield from _images(found)
    yield from _network()
    yield from _machines(found)
    yield from networks.check()


def room(subject: str, used: int, total: int) -> Finding:
    """How full something is."""
    share = used / total if total else 0.0
    seen = _("%(used)s of %(total)s used, %(share)s %%") % {
        "used": size(used),
        "total": size(total),
        "share": round(share * 100),
    }
    mend = _("Grow it, or delete what nobody needs. Services stop writing when it is full.")
    if share >= FULL:
        return fail(subject, seen, mend)
    return warn(subject, seen, mend) if share >= NEARLY_FULL else ok(subject, seen)


def _images(found: Engine) -> Iterator[Finding]:
    aliases = {alias: image for image in found.images() for alias in image.aliases}
    for blueprint in blueprints().values():
        alias = blueprint.recipe.alias
        subject = _("Image %(alias)s") % {"alias": alias}
        if alias in aliases:
            yield ok(subject, f"{aliases[alias].fingerprint[:12]}, {size(aliases[alias].size)}")
        else:
            yield fail(subject, _("it is missing, so no order can be served"), _("Run `souk-manage build_images`."))


def _network() -> Iterator[Finding]:
    """The bridge carries the isolation that tenants rely on."""
    namespace = settings.NAMESPACE
    transport = Transport(UnixSocket(), "default")
    subject = _("Bridge %(name)s") % {"name": namespace.bridge}
    mend = _("Run `make run`, which makes it again.")
    try:
        bridge = transport.get(f"/1.0/networks/{namespace.bridge}", dict[str, Any])["config"]
        transport.get(f"/1.0/network-acls/{namespace.acl}", dict[str, Any])
    except NotFound:
        yield fail(subject, _("the bridge or its access list is missing"), mend)
        return
    except EngineError as error:
        yield warn(subject, str(error)[:200], mend)
        return
    finally:
        transport.close()
    defaults = {bridge.get(f"security.acls.default.{way}.action", "reject") for way in ("ingress", "egress")}
    if namespace.acl not in bridge.get("security.acls", "").split(",") or not defaults <= {"drop", "reject"}:
        yield fail(subject, _("machines are not isolated from each other"), mend)
    else:
        yield ok(subject, _("isolated by %(acl)s, %(subnet)s") % {"acl": namespace.acl, "subnet": namespace.subnet})
    yield from _firewall(
        namespace.firewall, _("Run `make run`, which loads it: without it, machines reach this host's ports.")
    )
    yield from _firewall(
        namespace.counters, _("Run `make run`, which loads it: without it, nobody counts what machines send.")
    )
    yield from _firewall(
        namespace.reach,
        _("Run `make run`, which loads it: without it, public addresses lead nowhere and machines' rules don't hold."),
    )
    yield from _bridged(Path("/proc/sys/net/bridge/bridge-nf-call-iptables"))
    yield from _firewall(
        namespace.firewall,
        _("Run `make run`, which loads it: without it, private networks reach this host."),
        family="bridge",
    )
    yield from _firewall(
        namespace.cards,
        _("Run `make run`, which loads it: without it, a machine can divert what is sent to another one."),
        family="bridge",
    )
    yield from names.check(namespace.dns_hosts, namespace.gateway)
    yield from quotas.check(Path("/var/lib/incus/storage-pools") / namespace.pool)


def _bridged(setting: Path) -> Iterator[Finding]:
    """Where it is on, what machines send each other by public addresses does not arrive."""
    if setting.exists() and setting.read_text().strip() != "0":
        yield fail(
            _("Bridges and IP filter"),
            _("what passes within a bridge passes the IP filter too"),
            _("Run `make run`, which turns it off: machines can't reach each other by public addresses."),
        )


def _firewall(table: str, mend: str, *, family: str = "inet") -> Iterator[Finding]:
    subject = _("Firewall %(table)s") % {"table": table if family == "inet" else f"{family} {table}"}
    program = shutil.which("nft", path="/usr/sbin:/sbin:/usr/bin")
    if program is None:
        yield fail(subject, _("nft is not installed"), _("Run `make run`."))
        return
    done = subprocess.run([program, "list", "table", family, table], capture_output=True, text=True, check=False)
    if done.returncode:
        said = (done.stderr.strip().splitlines() or [_("not loaded")])[0]
        yield fail(subject, said, mend)
    else:
        yield ok(subject, _("loaded"))


def _machines(found: Engine) -> Iterator[Finding]:
    """What is recorded and what the engine has."""
    subject = _("Machines")
    drift = compare(found)
    if drift.orphans:
        seen = _("no service knows these: %(names)s") % {"names": ", ".join(sorted(drift.orphans)[:10])}
        mend = _("Look at them (`incus list --project %(project)s`); delete them if nobody needs their data.")
        yield warn(subject, seen, mend % {"project": settings.NAMESPACE.project})
    if drift.instances:
        seen = _("%(count)s services differ from what is wanted") % {"count": len(drift.instances)}
        yield warn(subject, seen, _("The worker mends this by itself within minutes, if it runs."))
    if drift.orphan_networks:
        seen = _("no project and no service knows these: %(names)s") % {"names": ", ".join(drift.orphan_networks[:10])}
        mend = _("Look at them (`incus network show NAME`); delete those that nothing is in.")
        yield warn(_("Private networks"), seen, mend)
    lost = rows(
        "select i.name, m.name from provisioning_machine m join provisioning_serviceinstance i on i.id = m.instance_id"
        " where m.deleted_at is null and i.ready_at is not null and not m.name = any(%s) order by 2 limit 10",
        [drift.observed],
    )
    for service, machine in lost:
        seen = _("the engine has no machine %(machine)s") % {"machine": machine}
        mend = _("Deleted after the backup that was restored here? Delete it again. Else restore its data.")
        yield fail(_("Service “%(name)s”") % {"name": service}, seen, mend)
    if not drift.orphans and not drift.instances and not drift.orphan_networks:
        yield ok(subject, _("the engine has exactly what is recorded"))


def host() -> Iterator[Finding]:
    """The host's own limits, disk and clock."""
    state: Path = settings.NAMESPACE.state
    usage = shutil.disk_usage(state if state.exists() else "/")
    yield room(_("Disk of %(path)s") % {"path": state}, usage.used, usage.total)
    if settings.SIMULATION:
        return
    limit = int(Path("/proc/sys/fs/inotify/max_user_instances").read_text())
    subject = "fs.inotify.max_user_instances"
    if limit < _INSTANCES:
        seen = _("%(limit)s: machines beyond about that many come up without a network") % {"limit": limit}
        yield fail(subject, seen, "sysctl -w fs.inotify.max_user_instances=8192")
    else:
        yield ok(subject, str(limit))
    yield _lxcfs()


def _lxcfs() -> Finding:
    """Whether guests are shown their own memory. A killed lxcfs leaves a mount on which every call fails."""
    mend = _("Start it: `systemctl restart lxcfs`, or `make run` where there is no systemd.")
    try:
        mounted = Path("/var/lib/lxcfs/proc/meminfo").exists()
    except OSError:
        return fail("lxcfs", _("it was killed, and its mount answers nothing"), mend)
    if not mounted:
        return warn("lxcfs", _("not mounted: machines see the host's memory as theirs"), mend)
    return ok("lxcfs", _("mounted"))
