"""Whether the work gets done: by web and worker, on services, events and documents."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime

import httpx
from django.conf import settings
from django.utils.translation import gettext as _

from souk.cli.formats import duration
from souk.metering.follow import SUBSCRIBER as METERING
from souk.monitoring.follow import SUBSCRIBER as MONITORING
from souk.ordering.follow import SUBSCRIBER as ORDERING
from souk.provisioning import registry
from souk.settings.doctor.asking import row, rows
from souk.settings.doctor.finding import Finding, fail, ok, warn

_HEARTBEAT = 45.0
_LAG, _LONG_LAG = 30.0, 300.0
_UNSEALED = 3600.0


def web() -> Iterator[Finding]:
    """The web process answers."""
    subject = _("Web")
    address = f"http://127.0.0.1:{settings.NAMESPACE.web_port}/healthz"
    try:
        answer = httpx.get(address, timeout=5, trust_env=False)
    except httpx.TransportError:
        seen = _("nothing answers at %(address)s") % {"address": address}
        yield fail(
            subject, seen, _("Run `make run`; its log is below %(folder)s.") % {"folder": settings.NAMESPACE.state}
        )
        return
    if answer.status_code == 200:
        yield ok(subject, f"{address}, {answer.elapsed.total_seconds() * 1000:.0f} ms")
    else:
        yield fail(subject, f"{address}: {answer.status_code}", _("Its log says more; look at the database first."))


def worker() -> Iterator[Finding]:
    """Some worker is alive: it is connected, beats its heart, and has looked at the engine lately."""
    subject = _("Worker")
    mend = _("Run `make run`, or `souk-manage worker` to see what it says.")
    connected = row(
        "select count(*) from pg_stat_activity where application_name = 'souk-worker' and datname = current_database()"
    )[0]
    beats = row("select count(*), extract(epoch from now() - max(last_heartbeat)) from procrastinate_workers")
    if not connected:
        yield fail(subject, _("none is connected to the database, so nothing is made or deleted"), mend)
    elif beats[1] is None or beats[1] > _HEARTBEAT:
        since = duration(float(beats[1])) if beats[1] is not None else "—"
        yield fail(subject, _("its heart beat last %(since)s ago") % {"since": since}, mend)
    else:
        yield ok(
            subject, _("%(count)s, heartbeat %(since)s ago") % {"count": beats[0], "since": duration(float(beats[1]))}
        )
    for code, available, age in rows(
        "select code, engine_available, extract(epoch from now() - engine_checked_at) from sites_site order by code"
    ):
        site = _("Site %(code)s") % {"code": code}
        if age is None:
            yield fail(site, _("no worker has ever seen its engine, so nothing can be ordered"), mend)
        elif not available:
            yield fail(site, _("the worker can't reach its engine"), _("Look at the engine above."))
        elif age > 300:
            yield warn(site, _("last seen %(since)s ago") % {"since": duration(float(age))}, mend)
        else:
            yield ok(site, _("seen %(since)s ago") % {"since": duration(float(age))})


def services() -> Iterator[Finding]:
    """Services that fail, and work nobody has taken."""
    subject = _("Services")
    troubled = rows(
        "select name, label, trouble from provisioning_serviceinstance"
        " where deleted_at is null and (state = 'failed' or trouble <> '') order by id desc limit 20"
    )
    for name, label, trouble in troubled:
        mend = _("The worker tries again by itself; its log names %(label)s.") % {"label": label}
        yield fail(_("Service “%(name)s”") % {"name": name}, trouble, mend)
    overdue, oldest = row(
        "select count(*), coalesce(extract(epoch from now() - min(next_at)), 0) from provisioning_convergence"
        " where next_at < now() - interval '60 seconds' and (lease_until is null or lease_until < now())"
    )
    if overdue:
        seen = _("%(count)s wait for a worker, the longest for %(since)s") % {
            "count": overdue,
            "since": duration(float(oldest)),
        }
        yield fail(subject, seen, _("Look at the worker above."))
    elif not troubled:
        total = row("select count(*) from provisioning_serviceinstance where deleted_at is null")[0]
        yield ok(subject, _("%(count)s, none in trouble") % {"count": total})


def events() -> Iterator[Finding]:
    """The followers of events keep up, and the audit trail is sealed."""
    for subscriber in (METERING, ORDERING, MONITORING):
        subject = _("Events for %(subscriber)s") % {"subscriber": subscriber}
        waiting, age = row(
            "select count(*), coalesce(extract(epoch from now() - min(e.at)), 0) from kernel_event e"
            " left join kernel_cursor c on c.subscriber = %s"
            " where c.subscriber is null or (e.recorded_by, e.id) > (c.after_transaction, c.after_id)",
            [subscriber],
        )
        seen = _("%(count)s wait, the oldest since %(since)s") % {"count": waiting, "since": duration(float(age))}
        mend = _("Orders and usage lag behind. Look at the worker's log.")
        if age > _LONG_LAG:
            yield fail(subject, seen, mend)
        elif age > _LAG:
            yield warn(subject, seen, mend)
        else:
            yield ok(subject, _("none waits") if not waiting else seen)
    waiting, age = row(
        "select count(*), coalesce(extract(epoch from now() - min(at)), 0) from kernel_event where (recorded_by, id) >"
        " coalesce((select (until_transaction, until_id) from kernel_seal order by number desc limit 1),"
        " row('0'::xid8, '00000000-0000-0000-0000-000000000000'::uuid))"
    )
    seen = _("%(count)s events are not sealed yet, the oldest since %(since)s") % {
        "count": waiting,
        "since": duration(float(age)),
    }
    if age > _UNSEALED:
        yield warn(_("Audit trail"), seen, _("The worker seals every ten minutes. Look at its log."))
    else:
        yield ok(_("Audit trail"), seen if waiting else _("all is sealed"))


def looks() -> Iterator[Finding]:
    """Services are looked at each minute, and those that should answer do."""
    subject = _("Looks at services")
    count, age = row("select count(*), extract(epoch from now() - max(at)) from monitoring_lastlook")
    wanted = row(
        "select count(*) from monitoring_watch where upper_inf(during) and lower(during) < now() - interval '5 minutes'"
    )[0]
    if wanted and (age is None or age > _LONG_LAG):
        since = duration(float(age)) if age is not None else "—"
        yield fail(subject, _("the last was %(since)s ago") % {"since": since}, _("Look at the worker above."))
    else:
        yield ok(subject, _("%(count)s services are looked at") % {"count": count})
    for name, since in rows(
        "select s.name, extract(epoch from now() - lower(i.during)) from monitoring_incident i"
        " join provisioning_serviceinstance s on s.id = i.instance_id where upper_inf(i.during)"
        " order by 2 desc limit 20"
    ):
        seen = _("has not answered for %(since)s") % {"since": duration(float(since))}
        yield fail(_("Service “%(name)s”") % {"name": name}, seen, _("See its incident in the console."))


def letters() -> Iterator[Finding]:
    """Letters about alerts reach the mail server."""
    subject = _("Letters about alerts")
    failing, why = row(
        "select count(*), max(outcome) from monitoring_delivery where person_id is not null and delivered_at is null"
        " and attempts > 1 and created_at > now() - interval '1 day'"
    )
    if failing:
        seen = _("%(count)s could not be sent: %(why)s") % {"count": failing, "why": why}
        yield fail(subject, seen, _("Set SOUK_SMTP_HOST to a mail server that the worker reaches."))
    else:
        yield ok(subject, _("none is stuck"))


def jobs() -> Iterator[Finding]:
    """Background jobs that failed for good in the last week, and documents that were never written."""
    failed = rows(
        "select j.task_name, count(*) from procrastinate_jobs j where j.status = 'failed' and exists"
        " (select 1 from procrastinate_events e where e.job_id = j.id and e.at > now() - interval '7 days')"
        " group by 1 order by 2 desc"
    )
    subject = _("Background jobs")
    if failed:
        names = ", ".join(f"{name} × {count}" for name, count in failed)
        yield warn(subject, _("failed in the last week: %(names)s") % {"names": names}, _("The worker's log says why."))
    else:
        yield ok(subject, _("none failed in the last week"))
    unwritten = row(
        "select count(*) from billing_invoice where (pdf_id is null or xml_id is null)"
        " and issued_at < now() - interval '10 minutes'"
    )[0]
    if unwritten:
        seen = _("%(count)s invoices have no PDF or XML yet") % {"count": unwritten}
        yield fail(_("Documents"), seen, _("The worker's log says why."))


def certificates() -> Iterator[Finding]:
    """Certificates that end soon."""
    subject = _("Certificates")
    soon = rows(
        "select hostname, certificate_expires_at from provisioning_endpoint e"
        " join provisioning_serviceinstance i on i.id = e.instance_id"
        " where i.deleted_at is null and certificate_expires_at < now() + interval '30 days' order by 2 limit 10"
    )
    for name, until in soon:
        yield warn(subject, f"{name}: {until:%Y-%m-%d}", _("A restart of the service gives it a fresh certificate."))
    authorities = rows(
        "select s.code, a.expires_at, a.expires_at <= now() from sites_certificateauthority a"
        " join sites_site s on s.id = a.site_id where a.expires_at < now() + interval '400 days'"
    )
    for site, until, ended in authorities:
        mend = _("Give the site another authority, once its customers' programs trust that one too.")
        yield (fail if ended else warn)(subject, f"{site}: {until:%Y-%m-%d}", mend)
    if not soon and not authorities:
        yield ok(subject, _("none ends soon"))


def clock() -> Iterator[Finding]:
    """This host's clock, the database's, and the newest event agree."""
    subject = _("Clock")
    theirs, newest = row("select clock_timestamp(), (select max(at) from kernel_event)")
    now = datetime.now(UTC)
    apart = abs((now - theirs).total_seconds())
    mend = _("Have both machines keep time by NTP (chrony or systemd-timesyncd).")
    if apart > 2:
        yield fail(subject, _("this host and the database are %(time)s apart") % {"time": duration(apart)}, mend)
    elif newest is not None and (newest - now).total_seconds() > 2:
        seen = _("the newest event lies %(time)s in the future: the clock was set back") % {
            "time": duration((newest - now).total_seconds())
        }
        yield warn(subject, seen, mend)
    else:
        yield ok(subject, _("agrees with the database to %(time)s ms") % {"time": round(apart * 1000)})


def backups() -> Iterator[Finding]:
    """Every service that holds data has a backup that is not too old."""
    subject = _("Backups")
    kinds = [each.key for each in registry.blueprints().values() if each.archivist is not None]
    if settings.OBJECT_STORAGE == "none" or not kinds:
        yield ok(subject, _("none are made here"))
        return
    late = 2 * settings.BACKUP_EVERY
    found = rows(
        "select name from provisioning_serviceinstance i where state = 'ready' and blueprint = any(%s)"
        " and ready_at < now() - %s and not exists (select 1 from provisioning_backup b where b.instance_id = i.id"
        " and b.state = 'available' and b.finished_at > now() - %s) order by id desc limit 10",
        [kinds, late, late],
    )
    names = ", ".join(name for (name,) in found)
    if names:
        seen = _("these services have none of the last %(time)s: %(names)s") % {
            "time": duration(late.total_seconds()),
            "names": names,
        }
        yield fail(subject, seen, _("Look at their operations; where backups go must answer and have room."))
    else:
        yield ok(subject, _("none is too old"))
