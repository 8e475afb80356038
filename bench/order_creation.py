"""Orders placed through the API: many customers, two web workers, no worker process that fulfils them.

The floor is the SQL of one order, recorded from a real one and asked again with fresh ids by bare psycopg over as many
connections: what PostgreSQL alone can take in on this machine. Measured in turns. Beside it: how many statements one
order takes.
"""

from __future__ import annotations

import argparse
import itertools
import json
import os
import secrets
from collections.abc import Iterator
from statistics import median
from typing import TYPE_CHECKING

from support.figures import Figure, Target, publish
from support.ground import Ground, ground
from support.load import drive, request
from support.pairs import alternate
from support.processes import Running, web

if TYPE_CHECKING:
    from support.replay import Recording

CONNECTIONS = 8
PATH = "/api/v1/orders"
FLOOR = "the recorded SQL of one order, asked again with fresh ids by bare psycopg over as many connections"
_numbers = itertools.count(1)


def main() -> None:
    """Measure and print."""
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--customers", type=int, default=50)
    options.add_argument("--orders", type=int, default=500, help="of each kind in each pair")
    options.add_argument("--pairs", type=int, default=7)
    chosen = options.parse_args()
    load_before = os.getloadavg()
    with ground() as place:
        from support.customers import customers, endless_capacity

        endless_capacity()
        tokens = [customer.token for customer in customers(chosen.customers)]
        place.analyze()
        figure = _measure(place, tokens, chosen.orders, chosen.pairs)
    publish([figure], load_before)


def _measure(place: Ground, tokens: list[str], orders: int, pairs: int) -> Figure:
    from support import replay

    recorded, control = _record(tokens[0])
    with web(place) as running:
        latencies: list[float] = []
        costs: list[float] = []
        _order(running, tokens, 50, [], [])
        measured = alternate(
            pairs,
            lambda: _order(running, tokens, orders, latencies, costs),
            lambda: replay.drive(recorded.again, lambda: place.connect("WEB"), orders, CONNECTIONS),
        )
    details = {
        "statements": recorded.statements,
        "statements_with_transaction_control": control,
        "median_ms": round(median(latencies) * 1000, 2),
        "p95_ms": round(sorted(latencies)[int(len(latencies) * 0.95)] * 1000, 2),
        "cpu_ms_per_order": round(median(costs) * 1000, 3),
        "customers": len(tokens),
        "connections": CONNECTIONS,
        "orders": orders,
        **measured.told(),
    }
    targets = [
        Target("figure", 100, at_least=True),
        Target("statements", 10),
        Target("statements_with_transaction_control", 10),
    ]
    name = "orders placed through the API"
    return Figure(name, measured.figure, "orders/s", measured.floor, FLOOR, measured.ratio, targets, details)


def _order(running: Running, tokens: list[str], count: int, latencies: list[float], costs: list[float]) -> float:
    before = running.cpu_seconds()
    outcome = drive(running.port, _requests(tokens, count), connections=CONNECTIONS, status=201)
    costs.append((running.cpu_seconds() - before) / count)
    latencies += outcome.latencies
    return outcome.rate


def _requests(tokens: list[str], count: int) -> Iterator[bytes]:
    return iter(
        [
            request(
                "POST",
                PATH,
                json.dumps(_body(f"base{next(_numbers)}")).encode(),
                Authorization=f"Bearer {token}",
                Idempotency_Key=secrets.token_hex(8),
            )
            for token in itertools.islice(itertools.cycle(tokens), count)
        ]
    )


def _body(name: str) -> dict[str, str]:
    return {"offering": "postgresql", "plan": "s", "region": "ma-temara", "name": name}


def _record(token: str) -> tuple[Recording, int]:
    """One order's statements, and how many PostgreSQL gets with those that begin, guard and end transactions."""
    from django.db import connection
    from django.test import Client
    from django.test.utils import CaptureQueriesContext

    from souk.kernel import events
    from souk.ordering import commands as ordering
    from souk.provisioning import commands as provisioning
    from support.replay import recording

    client = Client(headers={"Authorization": f"Bearer {token}"})

    def place(name: str, key: str) -> None:
        headers = {"Idempotency-Key": key}
        answer = client.post(PATH, _body(name), content_type="application/json", headers=headers)
        assert answer.status_code == 201, answer.content[:300]

    place("premiere", "warm")
    with CaptureQueriesContext(connection) as captured:
        place("deuxieme", "counted")
        sent = len(connection.queries_log) - captured.initial_queries
    label = "pg-recorded"
    words = {
        "troisieme": lambda: f"rejouee{next(_numbers)}",
        "once-only": lambda: secrets.token_hex(8),
        label: lambda: f"pg-{secrets.token_hex(6)}",
    }
    from unittest import mock

    modules = [events, ordering, provisioning]
    with mock.patch.object(provisioning, "_short", return_value="recorded"), recording(words, modules) as recorded:
        place("troisieme", "once-only")
    return recorded, sent


if __name__ == "__main__":
    main()
