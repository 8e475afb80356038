"""A client that writes on and on, and remembers every row that the server acknowledged."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from typing import Any

import psycopg

MOST_SECONDS = 90.0
"""An interruption that lasts longer hangs. How long one lasts is for `bench/` to say: tests share the machine."""


class Writer:
    """Inserts consecutive numbers after those that are there, one transaction each; when its connection breaks, it
    makes another one.

    `options` are psycopg's, or tell them anew for each connection; `outages` the seconds between the last
    acknowledgement before a break and the next one, `broken_at` how many rows were acknowledged before each.
    """

    def __init__(self, options: dict[str, Any] | Callable[[], dict[str, Any]]) -> None:
        self._told = options if callable(options) else lambda: options
        self.acknowledged: list[int] = []
        self.outages: list[float] = []
        self.broken_at: list[int] = []
        self._done = threading.Event()
        self._last = 0
        self._thread = threading.Thread(target=self._write, name="writer", daemon=True)

    def __enter__(self) -> Writer:
        with psycopg.connect(**self._told()) as connection:
            connection.execute("create table if not exists acknowledged (n bigint primary key)")
            (self._last,) = connection.execute("select coalesce(max(n), 0) from acknowledged").fetchone() or (0,)
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._done.set()
        self._thread.join()

    def lost(self) -> set[int]:
        """Rows that were acknowledged and are not there."""
        with psycopg.connect(**self._told()) as connection:
            there = {row[0] for row in connection.execute("select n from acknowledged")}
        return set(self.acknowledged) - there

    def _write(self) -> None:
        number, last, broken = self._last, time.monotonic(), False
        while not self._done.is_set():
            try:
                with psycopg.connect(**self._told()) as connection:
                    while not self._done.is_set():
                        number += 1
                        connection.execute("insert into acknowledged values (%s)", [number])
                        connection.commit()
                        now = time.monotonic()
                        if broken:
                            self.outages.append(now - last)
                            self.broken_at.append(len(self.acknowledged))
                        self.acknowledged.append(number)
                        last, broken = now, False
            except psycopg.Error:
                broken = True
                time.sleep(0.02)
