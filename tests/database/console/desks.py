"""People at the console in tests: signed in, in a language, with a service that runs."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from threading import Event, Thread
from uuid import UUID

from django.db import connection
from django.http import HttpResponse
from django.test import Client
from tests.support import reconciling
from tests.support.following import catch_up
from tests.support.world import Customer

from souk.parties.models import Person
from souk.provisioning.reconciler.records import answer_reveals

ORDER = "/market/exemple/order/"


def visitor(language: str = "fr") -> Client:
    """Somebody who isn't signed in."""
    return Client(headers={"Accept-Language": language})


def at_desk(person: UUID, language: str = "fr") -> Client:
    """A signed-in person."""
    client = visitor(language)
    client.force_login(Person.objects.get(id=person), backend="django.contrib.auth.backends.ModelBackend")
    return client


def text(answer: HttpResponse) -> str:
    """What a reader sees of a page's main part, spaces made plain."""
    html = answer.content.decode()
    main = html[html.find("<main") :] if "<main" in html else html
    main = re.sub(r"<(script|style|template)\b.*?</\1>", " ", main, flags=re.DOTALL)
    plain = re.sub(r"<[^>]+>", " ", main).replace("&#x27;", "'").replace("&quot;", '"').replace("&amp;", "&")
    return " ".join(re.sub("[\u2066-\u2069\u200e]", "", plain).split())


def order_form(client: Client) -> dict[str, str]:
    """The order form as a browser would send it, untouched but for the name."""
    html = client.get(ORDER).content.decode()
    fields = dict(re.findall(r'<input type="hidden" name="(key|project)" value="([^"]*)"', html))
    return {**fields, "plan": "s", "region": "ma-temara", "name": "compta"}


def ready_service(buyer: Customer, folder: Path, name: str = "compta") -> UUID:
    """A service that was ordered, made on the in-memory engine, and is metered."""
    instance = reconciling.order(buyer, name)
    reconciling.work(reconciling.ground(folder))
    catch_up()
    return instance


@contextmanager
def worker_answers() -> Iterator[None]:
    """A worker posts the passwords that are asked for, on a connection of its own."""
    done = Event()

    def serve() -> None:
        while not done.wait(0.02):
            answer_reveals()
        connection.close()

    thread = Thread(target=serve)
    thread.start()
    try:
        yield
    finally:
        done.set()
        thread.join()
