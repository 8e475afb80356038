"""Incus's refusals in the contract's words. Its API has status codes for some and only sentences for others."""

from __future__ import annotations

import re

from souk.engines.contract import (
    AddressTaken,
    AlreadyExists,
    Busy,
    DiskFull,
    EngineError,
    EngineUnavailable,
    HostOffline,
    ImageMissing,
    NotFound,
    NotRunning,
    Outdated,
    PoolFull,
)

_BY_SENTENCE: tuple[tuple[re.Pattern[str], type[EngineError]], ...] = tuple(
    (re.compile(pattern, re.IGNORECASE), kind)
    for pattern, kind in (
        (r"failed shutting down", EngineError),
        (r"unable to connect to: |peer node .* is down|missing event connection with target", HostOffline),
        # What it says of a machine whose host is away, although it is ready itself.
        (r"server isn't ready yet", HostOffline),
        (r"(member|server) .*(is|appears to be) (offline|down)|is offline", HostOffline),
        (r"disk quota exceeded", DiskFull),
        (r"no space left on device|not enough (free )?space", PoolFull),
        (r"address .*(already defined|already in use|conflict)|(IP|MAC) .*already (defined|in use)", AddressTaken),
        (r"image not provided|image .*not found", ImageMissing),
        (r"already (exists|in use|defined on)|UNIQUE constraint failed|already being created", AlreadyExists),
        (r"is busy running|currently busy|operation .*in progress", Busy),
        (r"is not running|isn't running|instance is stopped", NotRunning),
        (r"etag doesn't match|precondition failed", Outdated),
        (r"not found|no such file|doesn't exist", NotFound),
        (r"database is locked|context deadline exceeded|daemon is shutting down|not yet ready", EngineUnavailable),
    )
)
_BY_CODE: dict[int, type[EngineError]] = {
    404: NotFound,
    409: AlreadyExists,
    412: Outdated,
    502: EngineUnavailable,
    503: EngineUnavailable,
    507: PoolFull,
}


def translate(code: int, sentence: str) -> EngineError:
    """The exception for an error answer or a failed operation of Incus."""
    for pattern, kind in _BY_SENTENCE:
        if pattern.search(sentence):
            return kind(sentence)
    return _BY_CODE.get(code, EngineError)(sentence)
