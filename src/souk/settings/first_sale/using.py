"""Using what was bought, as a client on this host does."""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from decimal import Decimal
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import psycopg
from django.utils.translation import gettext as _

from souk.cli import formats, psql
from souk.client.models import UsageOut
from souk.settings.first_sale import story
from souk.settings.first_sale.resolver import Unanswered, resolve
from souk.settings.first_sale.sale import Sale, StepFailed

_TABLE = """
create table if not exists commandes (
    id bigint primary key, client text not null, montant numeric(12, 2) not null, passee_le timestamptz not null)
"""


def name(sale: Sale) -> str:
    """The stable name resolves at the bridge's own name server."""
    if sale.simulation:
        return _simulated()
    hostname, gateway = sale.journal.ids["hostname"], sale.namespace.gateway
    try:
        address = resolve(hostname, gateway)
    except Unanswered as error:
        raise StepFailed(
            _("The name server at %(gateway)s does not answer.") % {"gateway": gateway},
            _("`souk-manage doctor` looks at the bridge."),
        ) from error
    expected = sale.customer.get_service(sale.service)["address"]
    if address != expected:
        raise StepFailed(
            _("%(hostname)s resolves to %(address)s, and the service is at %(expected)s.")
            % {"hostname": hostname, "address": address or "—", "expected": expected}
        )
    return f"{hostname} → {address}"


def first_select(sale: Sale) -> str:
    """Fetch the credentials, connect over TLS checked in full, and ask for 1."""
    if sale.simulation:
        return _simulated()
    started = time.monotonic()
    with _connection(sale) as connection:
        connected = time.monotonic() - started
        answer = connection.execute("select 1").fetchone()
        version = connection.execute(
            "select current_setting('server_version'), (select version from pg_stat_ssl where pid = pg_backend_pid())"
        ).fetchone()
    if answer != (1,) or version is None:
        raise StepFailed(_("The database did not answer 1 to SELECT 1."))
    server, tls = version[0].split()[0], version[1]
    since_order = datetime.now(UTC) - datetime.fromisoformat(sale.journal.figures["ordered_at"])
    sale.journal.figures |= {"tls": tls, "connected_in": round(connected, 3)}
    sale.journal.figures.setdefault("order_to_first_select", round(since_order.total_seconds(), 3))
    return _("PostgreSQL %(server)s, %(tls)s, certificate checked in full; %(time)s after the order") % {
        "server": server,
        "tls": tls,
        "time": formats.duration(sale.journal.figures["order_to_first_select"]),
    }


def rows(sale: Sale) -> str:
    """A table, and ten thousand rows in it."""
    if sale.simulation:
        return _simulated()
    with _connection(sale) as connection, connection.transaction(), connection.cursor() as cursor:
        cursor.execute(_TABLE)
        cursor.execute("select count(*) from commandes")
        if cursor.fetchone() == (0,):
            with cursor.copy("copy commandes (id, client, montant, passee_le) from stdin") as copy:
                for row in _orders():
                    copy.write_row(row)
        cursor.execute("select count(*), sum(montant) from commandes")
        counted = cursor.fetchone()
    if counted is None or counted[0] != story.ROWS:
        raise StepFailed(_("The table does not hold what was written into it."))
    sale.journal.figures["rows"] = counted[0]
    return _("%(count)s rows, %(sum)s in all") % {
        "count": formats.number(Decimal(counted[0]), 0),
        "sum": formats.amount(int(counted[1] * 100), "MAD"),
    }


def _orders() -> Iterator[tuple[int, str, Decimal, datetime]]:
    now = datetime.now(UTC)
    for number in range(1, story.ROWS + 1):
        yield number, f"Client {number % 250 + 1}", Decimal(number * 37 % 90_000) / 100, now


@contextmanager
def _connection(sale: Sale) -> Iterator[psycopg.Connection[Any]]:
    credentials = sale.customer.reveal_credentials(sale.service)
    with TemporaryDirectory(prefix="souk-") as folder:
        libpq = psql.settings(credentials, Path(folder))
        try:
            connection = psycopg.connect(
                host=libpq["PGHOST"],
                hostaddr=libpq["PGHOSTADDR"],
                port=libpq["PGPORT"],
                user=libpq["PGUSER"],
                dbname=libpq["PGDATABASE"],
                sslmode="verify-full",
                sslrootcert=libpq["PGSSLROOTCERT"],
                passfile=libpq["PGPASSFILE"],
                connect_timeout=10,
                application_name="souk first sale",
            )
        except psycopg.OperationalError as error:
            raise StepFailed(
                _("The database refuses the connection: %(reason)s") % {"reason": str(error).splitlines()[-1]},
                _("`souk-manage doctor` says what is wrong. Then run this again: it goes on from here."),
            ) from error
        with connection:
            yield connection


def metered(sale: Sale) -> str:
    """What ran is metered."""

    def running() -> UsageOut | None:
        used = sale.customer.get_usage(sale.service)
        return used if any(interval["meter"] == "running" for interval in used["intervals"]) else None

    late = StepFailed(_("Nothing was metered yet."), _("`souk-manage doctor` says whether the worker runs."))
    used = sale.wait(running, 60, lambda: late)
    interval = next(row for row in used["intervals"] if row["meter"] == "running")
    return _("running since %(since)s, %(time)s so far: %(cost)s without tax") % {
        "since": formats.moment(interval["since"])[11:],
        "time": formats.between(interval["since"], interval["until"]),
        "cost": formats.amount(used["cost_minor"], used["currency"]),
    }


def _simulated() -> str:
    return _("left out: the engine is a simulation")
