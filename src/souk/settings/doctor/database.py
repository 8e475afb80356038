"""Whether PostgreSQL answers, as whom, and whether its schema is this program's."""

from __future__ import annotations

import time
from collections.abc import Iterator

from django.conf import settings
from django.db import DatabaseError, connection
from django.db.migrations.executor import MigrationExecutor
from django.utils.translation import gettext as _

from souk.settings.database import ROLES
from souk.settings.doctor.asking import row
from souk.settings.doctor.finding import Finding, fail, ok

_OLDEST = 15


def answers() -> Iterator[Finding]:
    """The database's version, the time it takes, and the role this process has there."""
    subject = _("Database")
    started = time.monotonic()
    try:
        version, number, role = row(
            "select current_setting('server_version'), current_setting('server_version_num')::int, current_user"
        )
    except DatabaseError as error:
        yield fail(subject, str(error).splitlines()[0], _start())
        return
    milliseconds = (time.monotonic() - started) * 1000
    if number < _OLDEST * 10_000:
        mend = _("Souk needs PostgreSQL %(oldest)s or newer.") % {"oldest": _OLDEST}
        yield fail(subject, f"PostgreSQL {version}", mend)
    else:
        yield ok(subject, f"PostgreSQL {version.split()[0]}, {role}, {milliseconds:.0f} ms")
    expected = ROLES[settings.PROCESS]
    if role != expected:
        seen = _("this process works as %(role)s, not as %(expected)s") % {"role": role, "expected": expected}
        yield fail(_("Role"), seen, _("Check DATABASE_URL and SOUK_PROCESS."))


def _start() -> str:
    if settings.DATABASES["default"]["HOST"] == str(settings.NAMESPACE.postgresql_socket):
        return _("Run `make run`, which starts the embedded PostgreSQL; its log is below %(folder)s.") % {
            "folder": settings.NAMESPACE.state
        }
    return _("Check DATABASE_URL, and that this server runs.")


def walls() -> Iterator[Finding]:
    """Row-level security must hold for the roles that serve people."""
    subject = _("Walls between customers")
    loose = row(
        "select coalesce(string_agg(rolname, ', '), '') from pg_roles"
        " where rolname = any(%s) and (rolsuper or rolbypassrls)",
        [[ROLES["web"], ROLES["worker"]]],
    )[0]
    if loose:
        seen = _("%(roles)s can see past row-level security") % {"roles": loose}
        yield fail(subject, seen, "ALTER ROLE … NOSUPERUSER NOBYPASSRLS;")
        return
    walled = row("select count(*) from pg_policies where schemaname = current_schema()")[0]
    if not walled:
        yield fail(subject, _("there is no policy at all"), _("Run `souk-manage migrate`."))
        return
    yield ok(subject, _("%(count)s row-level policies") % {"count": walled})


def migrations() -> Iterator[Finding]:
    """Every migration of this program is applied, and none that it doesn't know."""
    subject = _("Schema")
    executor = MigrationExecutor(connection)
    waiting = [
        f"{one.app_label}.{one.name}" for one, _back in executor.migration_plan(executor.loader.graph.leaf_nodes())
    ]
    if waiting:
        seen = _("%(count)s migrations are not applied: %(names)s") % {
            "count": len(waiting),
            "names": ", ".join(waiting[:5]),
        }
        yield fail(subject, seen, _("Run `souk-manage migrate`."))
        return
    applied = set(executor.loader.applied_migrations)
    unknown = sorted(f"{app}.{name}" for app, name in applied - set(executor.loader.disk_migrations))
    unknown = [name for name in unknown if name.partition(".")[0] in executor.loader.migrated_apps]
    if unknown:
        seen = _("the database is newer than this program: %(names)s") % {"names": ", ".join(unknown[:5])}
        yield fail(subject, seen, _("Run the newer release, or go back as the upgrade notes say."))
        return
    yield ok(subject, _("%(count)s migrations applied") % {"count": len(applied)})
