"""What a request asks of PostgreSQL, recorded once and asked again with fresh ids and nothing else around it."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any
from unittest import mock
from uuid import UUID

import psycopg
from django.db import connection

from souk.kernel import ids


@dataclass
class Recording:
    """The statements of one request, in order, and which of their values must be fresh each time.

    `fresh` makes a new value for each value seen that must not come twice: ids born during the request, and the words
    the caller named. A value inside a longer text is replaced there too.
    """

    outside: list[tuple[str, Any]] = field(default_factory=list)
    inside: list[tuple[str, Any]] = field(default_factory=list)
    born: list[UUID] = field(default_factory=list)
    words: dict[str, Callable[[], str]] = field(default_factory=dict)

    @property
    def statements(self) -> int:
        """How many statements there were, savepoints and transaction control not counted."""
        return sum(not _is_control(sql) for sql, _ in (*self.outside, *self.inside))

    def again(self, connection: psycopg.Connection[Any]) -> None:
        """Ask it all again: what ran outside the transaction, then the transaction."""
        fresh: dict[Any, Any] = {old: ids.new_id() for old in self.born}
        texts = {str(old): str(new) for old, new in fresh.items()} | {old: make() for old, make in self.words.items()}
        with connection.cursor() as cursor:
            for sql, values in self.outside:
                cursor.execute(sql, _renewed(values, fresh, texts))
            with connection.transaction():
                for sql, values in self.inside:
                    cursor.execute(sql, _renewed(values, fresh, texts))


@contextmanager
def recording(words: Mapping[str, Callable[[], str]], modules: list[Any]) -> Iterator[Recording]:
    """Record what the block asks on Django's connection. `modules` are those that make ids by `new_id`."""
    heard = Recording(words=dict(words))

    def note(execute: Any, sql: str, values: Any, many: bool, context: Any) -> Any:
        (heard.inside if connection.in_atomic_block else heard.outside).append((sql, values))
        return execute(sql, values, many, context)

    def bear() -> UUID:
        heard.born.append(ids.new_id())
        return heard.born[-1]

    patches = [mock.patch.object(module, "new_id", bear) for module in modules]
    for patch in patches:
        patch.start()
    try:
        with connection.execute_wrapper(note):
            yield heard
    finally:
        for patch in patches:
            patch.stop()


def drive(ask: Callable[[psycopg.Connection[Any]], None], connect: Callable[[], Any], times: int, lines: int) -> float:
    """Ask `times` times over `lines` connections at once; returns how often a second."""
    left = iter(range(times))
    lock = threading.Lock()
    failures: list[BaseException] = []
    connections = [connect() for _ in range(lines)]

    def work(mine: psycopg.Connection[Any]) -> None:
        try:
            while True:
                with lock:
                    if next(left, None) is None:
                        return
                ask(mine)
        except psycopg.Error as error:
            failures.append(error)

    threads = [threading.Thread(target=work, args=(mine,)) for mine in connections]
    started = time.perf_counter()
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    seconds = time.perf_counter() - started
    for mine in connections:
        mine.close()
    if failures:
        raise failures[0]
    return times / seconds


def _renewed(values: Any, fresh: Mapping[Any, Any], texts: Mapping[str, str]) -> Any:
    if isinstance(values, Mapping):
        return {key: _value(value, fresh, texts) for key, value in values.items()}
    return None if values is None else [_value(value, fresh, texts) for value in values]


def _value(value: Any, fresh: Mapping[Any, Any], texts: Mapping[str, str]) -> Any:
    if isinstance(value, UUID):
        return fresh.get(value, value)
    if isinstance(value, str):
        for old, new in texts.items():
            value = value.replace(old, new)
    return value


def _is_control(sql: str) -> bool:
    return sql.lstrip().upper().startswith(("SAVEPOINT", "RELEASE", "ROLLBACK", "BEGIN", "COMMIT"))
