"""What PostgreSQL tells of itself: places that stay, charts of what is told, and no waiting without end."""

from __future__ import annotations

import socket
import time
from typing import cast

import psycopg

from souk.blueprints.postgresql.observer import METRICS, PANELS
from souk.blueprints.postgresql.probing import cut_after


def test_values_are_kept_by_their_place_so_the_order_never_changes() -> None:
    assert [metric.key for metric in METRICS] == [
        *("connections", "connections_limit", "transactions", "blocks_hit", "blocks_read"),
        *("database_bytes", "deadlocks", "temporary_bytes", "replication_lag", "oldest_transaction"),
        "read_only",
    ]


def test_every_chart_shows_what_is_told() -> None:
    known = {metric.key for metric in METRICS}
    shown = [curve for panel in PANELS for curve in panel.curves]
    assert {curve.metric for curve in shown} | {curve.beside for curve in shown if curve.beside} <= known


def test_a_server_that_is_frozen_is_hung_up_on() -> None:
    here, frozen = socket.socketpair()
    with here, frozen:
        started = time.monotonic()
        with cut_after(cast(psycopg.Connection, here), 0.05):
            assert here.recv(1) == b""
        assert time.monotonic() - started < 5
