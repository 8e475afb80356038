"""The steps in their order, done once each."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import psycopg
from django.conf import settings
from django.utils.translation import get_language, gettext
from django.utils.translation import gettext_noop as noop

from souk.cli import language
from souk.cli.errors import sentence
from souk.client import Client, Failed
from souk.settings import operators
from souk.settings.first_sale import leaving, paying, selling, using
from souk.settings.first_sale.journal import Journal
from souk.settings.first_sale.sale import Sale, StepFailed
from souk.settings.first_sale.sign_ins import SignIns
from souk.settings.first_sale.telling import Telling
from souk.settings.seeds import OPERATOR_ICE


@dataclass(frozen=True)
class Step:
    """A step: its name in the journal, its title, and what does it and returns a remark."""

    name: str
    title: str
    work: Callable[[Sale], str]


STEPS = (
    Step("sign-up", noop("A small company's owner signs up"), selling.sign_up),
    Step("register", noop("She registers the company"), selling.register),
    Step("find", noop("She finds managed PostgreSQL on the market"), selling.find),
    Step("order", noop("She orders a plan"), selling.order),
    Step("ready", noop("The service is ready"), selling.ready),
    Step("name", noop("Its stable name resolves"), using.name),
    Step("select", noop("SELECT 1 over TLS"), using.first_select),
    Step("rows", noop("A table with 10,000 rows"), using.rows),
    Step("usage", noop("Its use is metered"), using.metered),
    Step("bill", noop("The operator bills the period"), paying.bill),
    Step("documents", noop("The invoice as PDF and UBL"), paying.documents),
    Step("pay", noop("The invoice is paid"), paying.pay),
    Step("correct", noop("One line is partly credited"), paying.correct),
    Step("delete", noop("She deletes the service"), leaving.delete),
    Step("nothing-left", noop("Nothing of it is left"), leaving.nothing_left),
)

# What needs the service alive: an earlier run did these, even if its journal is lost, once the service is deleted.
_NEEDS_SERVICE = {"name", "select", "rows", "usage"}


def run(telling: Telling, server: str, *, again: bool = False) -> bool:
    """Do what is not done yet; False if a step failed, after having said why."""
    language.install(get_language() or "fr")
    namespace = settings.NAMESPACE
    journal = Journal.load(namespace.state / "first-sale.json")
    journal.console = server + "/"
    sign_ins = SignIns(namespace.state / "sign-ins.json")
    spoken = language.current()
    reason = {"X-Souk-Reason": "first sale"}
    with (
        Client(server, language="fr", patience=120) as customer,
        Client(server, language=spoken, headers=reason) as operator,
    ):
        sale = Sale(namespace, journal, sign_ins, customer, operator, telling, settings.SIMULATION)
        try:
            _prepare(sale, again=again)
            for step in STEPS:
                _do(sale, step)
        except (Failed, StepFailed, psycopg.Error) as error:
            _explain(telling, error)
            return False
        except KeyboardInterrupt:
            _explain(telling, StepFailed(gettext("Interrupted.")))
            return False
    journal.finished = True
    journal.save()
    return True


def _prepare(sale: Sale, *, again: bool) -> None:
    """Have the operator's and the vendor's sign-ins, and a journal that speaks of this database."""
    for role in ("operator", "vendor"):
        sign_in = sale.sign_ins[role]
        name = gettext("Operator's engineer") if role == "operator" else gettext("Vendor")
        person = operators.ensure_person(sign_in.email, name, sign_in.password)
        if role == "operator":
            operators.make_operator(person)
        else:
            operators.ensure_owner(OPERATOR_ICE, person, sign_in.email)
    if sale.journal.steps and not _known(sale):
        sale.journal.forget()
        sale.journal.attempt = 1
    if again:
        sale.journal.forget()
        sale.journal.attempt += 1
    sale.journal.save()


def _known(sale: Sale) -> bool:
    """Whether the database still knows what the journal speaks of; a purged one does not."""
    if operators.find_person(sale.sign_ins["customer"].email) is None:
        return False
    sale.sign_in("customer")
    mine = {row["id"] for row in sale.customer.list_organizations()}
    organization = sale.journal.ids.get("organization")
    return organization is None or organization in mine


def _do(sale: Sale, step: Step) -> None:
    title = gettext(step.title)
    if (done := sale.journal.done(step.name)) and _still_there(sale, step.name):
        sale.telling.again(title, done.seconds, done.remark)
        return
    if step.name in _NEEDS_SERVICE and sale.customer.get_service(sale.service)["desired"] == "deleted":
        sale.telling.again(title, 0.0, gettext("the service is deleted already"))
        return
    started = time.monotonic()
    with sale.telling.step(title):
        remark = step.work(sale)
    seconds = time.monotonic() - started
    sale.journal.add(step.name, title, seconds, remark)
    sale.telling.done(title, seconds, remark)


def _still_there(sale: Sale, step: str) -> bool:
    """Files may have been deleted since: their step is done again."""
    which = {"documents": "invoice", "correct": "credit_note"}.get(step)
    return which is None or all(
        Path(sale.journal.paths.get(f"{which}_{kind}", "")).is_file() for kind in ("pdf", "xml")
    )


def _explain(telling: Telling, error: Exception) -> None:
    telling.say()
    telling.say(f"  {sentence(error) if isinstance(error, Failed) else error}")
    remedy = getattr(error, "remedy", "") or gettext("Run this again: it goes on from here.")
    telling.say(f"  {remedy}")
