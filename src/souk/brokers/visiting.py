"""Looking at brokers from outside, once a minute and when asked: whether they answer, how fast, and what they offer."""

from __future__ import annotations

import random
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from uuid import UUID

import structlog
from django.db import DatabaseError, connection
from django.utils.translation import gettext_noop

from souk.brokers import calling, intake, speaking
from souk.brokers.catalogs import keeping, parsing
from souk.brokers.models import Broker
from souk.brokers.speaking import Answer, NotReached, Unanswered
from souk.kernel import clock
from souk.kernel.redaction import clean
from souk.kernel.scope import acting, request
from souk.kernel.transit import KmsTrouble

log = structlog.get_logger("souk.brokers")
EVERY = timedelta(minutes=1)
WITHIN = 20.0
"""Seconds that a look at a broker's catalog may take in all."""

THREADS = 4
SLEEP = 1.0

_DUE = """
update brokers_broker set visit_at = %(next)s
where id = (select id from brokers_broker where visit_at <= %(now)s and removed_at is null
            order by visit_at limit 1 for update skip locked)
returning id
"""
_COUNT = """
insert into brokers_brokerhour (broker_id, organization_id, hour, looks, answered, milliseconds)
values (%(broker)s, %(organization)s, date_trunc('hour', %(at)s::timestamptz), 1, %(answered)s, %(milliseconds)s)
on conflict (broker_id, hour) do update set looks = brokers_brokerhour.looks + 1,
    answered = brokers_brokerhour.answered + excluded.answered,
    milliseconds = brokers_brokerhour.milliseconds + excluded.milliseconds
"""


class Visitor:
    """Visits brokers on a few threads of its own until `stop`: one that hangs takes one of them, for seconds."""

    def __init__(self, threads: int = THREADS) -> None:
        self._threads = threads
        self._stopping = threading.Event()

    def stop(self) -> None:
        """End after the visits in hand."""
        self._stopping.set()

    def run(self) -> None:
        """Visit until `stop`."""
        with ThreadPoolExecutor(self._threads, thread_name_prefix="visit") as pool:
            for _ in range(self._threads):
                pool.submit(self._work)
            self._stopping.wait()

    def _work(self) -> None:
        ready = False
        while not self._stopping.is_set():
            visited = False
            try:
                if not ready:
                    intake.ensure()
                    ready = True
                visited = visit_due()
            except DatabaseError as error:
                log.warning("broker not visited", error=str(error)[:200])
                connection.close()
            except KmsTrouble as error:
                log.warning("brokers' secrets can't be opened", error=str(error)[:200])
            except Exception:
                # A thread's last line of defence: the broker is visited again in a minute.
                log.exception("visit failed")
            if not visited:
                self._stopping.wait(SLEEP)


def visit_due() -> bool:
    """Visit one broker that is due, if any is. Claimed before it is visited: if its worker dies, it is again."""
    now = clock.now()
    # Not all in the same second of each minute.
    following = now + EVERY * random.uniform(0.9, 1.1)  # noqa: S311
    with acting(calling.WORKER), connection.cursor() as cursor:
        cursor.execute(_DUE, {"next": following, "now": now})
        row = cursor.fetchone()
    if row is None:
        return False
    with request(f"visit-{row[0]}"):
        visit(row[0])
    return True


def visit(broker: UUID) -> None:
    """Fetch a broker's catalog; keep in mind how it did, and what it offers if that is new."""
    with acting(calling.WORKER):
        row = Broker.objects.get(id=broker)
    began = time.monotonic()
    answer = calling.attempt(
        lambda: speaking.ask(intake.way(row), "GET", "/catalog", within=WITHIN, most=parsing.LARGEST)
    )
    milliseconds = round((time.monotonic() - began) * 1000)
    trouble, detail = _fault(answer)
    if isinstance(answer, Answer) and not trouble:
        assert answer.body is not None, "an answer without fault has a body"
        try:
            keeping.keep(row, parsing.parse(answer.body))
        except parsing.Fault as fault:
            trouble, detail = (
                gettext_noop("Its catalog does not fit the specification, or our bounds, here:"),
                str(fault),
            )
    _note(row, trouble, clean(detail)[:300], milliseconds)


def _fault(answer: Answer | NotReached | Unanswered) -> tuple[str, str]:
    """What is wrong, as a message id, and a detail: another one, or the broker's own words."""
    if isinstance(answer, NotReached):
        return gettext_noop("The broker can't be reached:"), str(answer)
    if isinstance(answer, Unanswered):
        return gettext_noop("The broker can't be used:"), str(answer)
    if answer.status in {401, 403}:
        return gettext_noop("The broker does not let us in. Check what it is to be signed in with."), answer.description
    if answer.status == 404:
        return gettext_noop("There is no broker at this address: it must answer to /v2/catalog below it."), ""
    if answer.status == 412:
        return gettext_noop("The broker does not speak version 2.17 of the specification."), answer.description
    if answer.fault:
        return gettext_noop("The broker can't be used:"), answer.fault
    if answer.status != 200:
        return gettext_noop("The broker refuses to show its catalog:"), f"HTTP {answer.status}"
    return "", ""


def _note(row: Broker, trouble: str, detail: str, milliseconds: int) -> None:
    now = clock.now()
    with acting(calling.WORKER):
        changes = {"visited_at": now, "trouble": trouble, "trouble_detail": detail}
        if not trouble:
            # Whoever shows its catalog is called again.
            changes |= {"answered_at": now, "failures": 0, "open_until": None}
        Broker.objects.filter(id=row.id).update(**changes)
        with connection.cursor() as cursor:
            cursor.execute(
                _COUNT,
                {
                    "broker": row.id,
                    "organization": row.organization_id,
                    "at": now,
                    "answered": 0 if trouble else 1,
                    "milliseconds": 0 if trouble else milliseconds,
                },
            )
