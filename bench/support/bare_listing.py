"""The listing's floor: a WSGI application that runs one statement on a kept connection and returns its bytes."""

from __future__ import annotations

import json
import os
import threading
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any

import psycopg

_TOLD = json.loads(Path(os.environ["BENCH_STATEMENT"]).read_text())
_SQL: str = _TOLD["sql"]
_VALUES: dict[str, Any] = _TOLD["values"]
_own = threading.local()


def application(environ: dict[str, Any], start_response: Callable[..., Any]) -> Iterable[bytes]:
    """Answer every request with the same page."""
    del environ
    if not hasattr(_own, "cursor"):
        _own.cursor = psycopg.connect(_TOLD["url"], autocommit=True).cursor()
    text, last = _own.cursor.execute(_SQL, _VALUES).fetchone()
    following = b"null" if last is None else str(last).encode()
    body = b'{"items":' + text.encode() + b',"next":' + following + b"}"
    start_response("200 OK", [("Content-Type", "application/json"), ("Content-Length", str(len(body)))])
    return [body]
