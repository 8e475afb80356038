"""Sentences that Incus 6.0 really says, and what they mean to a caller."""

from __future__ import annotations

import pytest

from souk.engines import contract
from souk.engines.incus.errors import translate


@pytest.mark.parametrize(
    ("code", "sentence", "kind"),
    [
        (404, "Instance not found", contract.NotFound),
        (400, "Image not provided for instance creation", contract.ImageMissing),
        (409, 'Instance "pg-1" already exists', contract.AlreadyExists),
        (400, 'Add instance info to the database: This "instances" entry already exists', contract.AlreadyExists),
        (500, 'Failed to start device "eth0": IP address "10.0.0.5" already defined', contract.AddressTaken),
        (412, "Precondition failed", contract.Outdated),
        (412, "ETag doesn't match: a vs b", contract.Outdated),
        (400, 'Instance is busy running a "start" operation', contract.Busy),
        (400, "Instance is not running", contract.NotRunning),
        (500, "write /var/lib/incus/x: no space left on device", contract.PoolFull),
        (500, "unable to limit requested quota group: Disk quota exceeded", contract.DiskFull),
        (503, "Service unavailable", contract.EngineUnavailable),
        (500, "database is locked", contract.EngineUnavailable),
        (500, 'Failed shutting down instance, status is "Running": context deadline exceeded', contract.EngineError),
        (500, "something new", contract.EngineError),
    ],
)
def test_a_refusal_is_told_in_the_contracts_words(code: int, sentence: str, kind: type[contract.EngineError]) -> None:
    error = translate(code, sentence)
    assert type(error) is kind
    assert str(error) == sentence
