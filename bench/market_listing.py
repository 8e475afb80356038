"""The market place's listing: 20 of 1,000 published offerings as JSON, from two web workers on this machine.

The floor is the same statement on a kept connection, served by the same server with the same settings and nothing
of Souk or Django around it. Measured in turns. Beside it: how many statements a page takes, and the server's time for
the HTML page of the market place.
"""

from __future__ import annotations

import argparse
import json
import os
from itertools import repeat
from statistics import median

from support.figures import Figure, Target, publish, say
from support.ground import Ground, ground
from support.load import Outcome, drive, request
from support.pairs import alternate
from support.processes import Running, bare_web, web

CONNECTIONS = 8
LIMIT = 20
LISTING = f"/api/v1/marketplaces/public/offerings?limit={LIMIT}"
FLOOR = "the same SQL statement on a kept psycopg connection, served bare by the same server with the same settings"


def main() -> None:
    """Measure and print."""
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--offerings", type=int, default=1000)
    options.add_argument("--requests", type=int, default=2000, help="of each kind in each pair")
    options.add_argument("--pairs", type=int, default=7)
    chosen = options.parse_args()
    load_before = os.getloadavg()
    with ground() as place:
        from support import catalogue

        say(f"publishing {chosen.offerings} offerings …")
        catalogue.publish(chosen.offerings)
        place.analyze()
        figures = _measure(place, chosen.requests, chosen.pairs)
    publish(figures, load_before)


def _measure(place: Ground, requests: int, pairs: int) -> list[Figure]:
    statements = count_statements(LISTING)
    with (
        bare_web(place, "support.bare_listing:application", BENCH_STATEMENT=_statement(place)) as bare,
        web(place) as us,
    ):
        page, bare_page = _bodies(us, bare)
        for running in (us, bare):
            _ask(running, 400)
        costs: dict[str, list[float]] = {"us": [], "bare": []}
        measured = alternate(
            pairs,
            lambda: _costed(us, requests, costs["us"]),
            lambda: _costed(bare, requests, costs["bare"]),
        )
        pages = median(_page_seconds(us, 200) for _ in range(3))
        long_way = [_ask(us, requests, Cookie="x=y").rate for _ in range(3)]
    details = {
        "statements": statements,
        "same_bytes_as_floor": page == bare_page,
        "bytes": len(page),
        "cpu_ms_per_request": round(median(costs["us"]) * 1000, 3),
        "floor_cpu_ms_per_request": round(median(costs["bare"]) * 1000, 3),
        "html_page_ms": round(pages * 1000, 2),
        "through_django_per_second": round(median(long_way), 1),
        "connections": CONNECTIONS,
        "requests": requests,
        **measured.told(),
    }
    targets = [
        Target("figure", 500, at_least=True),
        Target("ratio", 0.7, at_least=True),
        Target("statements", 1),
        Target("html_page_ms", 40),
        Target("through_django_per_second", 500, at_least=True),
    ]
    name = "market place listing, 20 of 1,000 offerings, JSON"
    return [Figure(name, measured.figure, "requests/s", measured.floor, FLOOR, measured.ratio, targets, details)]


def _statement(place: Ground) -> str:
    """Write down what the listing asks of PostgreSQL, for the floor to ask the same."""
    from souk.catalog import queries

    values = {"language": "fr", "marketplace": "public", "after": 0, "category": "", "words": "", "limit": LIMIT}
    path = place.folder / "statement.json"
    path.write_text(json.dumps({"url": place.url("WEB"), "sql": queries._LISTING.sql, "values": values}))
    return str(path)


def _bodies(*running: Running) -> list[bytes]:
    import httpx

    return [
        httpx.get(f"http://127.0.0.1:{one.port}{LISTING}", headers={"Accept-Language": "fr"}).content for one in running
    ]


def _ask(running: Running, count: int, **headers: str) -> Outcome:
    """Ask for the listing. A request with a cookie is not plain, and goes through all of Django and the API."""
    return drive(running.port, repeat(request("GET", LISTING, b"", **headers), count), connections=CONNECTIONS)


def _costed(running: Running, count: int, costs: list[float]) -> float:
    """Requests a second; the server's processor seconds a request are noted in `costs`."""
    before = running.cpu_seconds()
    outcome = _ask(running, count)
    costs.append((running.cpu_seconds() - before) / count)
    return outcome.rate


def _page_seconds(running: Running, count: int) -> float:
    """The median seconds of the HTML page, one request at a time: what a reader waits for."""
    asked = request("GET", "/market/")
    return drive(running.port, repeat(asked, count), connections=1).typical


def count_statements(path: str) -> int:
    """How many statements PostgreSQL gets for one GET, transaction control included."""
    from django.db import connection
    from django.test import Client
    from django.test.utils import CaptureQueriesContext

    client = Client(headers={"Accept-Language": "fr"})
    client.get(path)
    with CaptureQueriesContext(connection) as captured:
        answer = client.get(path)
    assert answer.status_code == 200, answer.content[:300]
    return len(captured)


if __name__ == "__main__":
    main()
