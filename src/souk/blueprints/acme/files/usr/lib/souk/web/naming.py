"""The names to which the server answers: what was asked for, and what is kept of each. How the server is told is its
image's own module, `answering`.
"""

from __future__ import annotations

import contextlib
import fcntl
import json
import os
import re
import subprocess
import time
from collections.abc import Collection, Mapping
from datetime import UTC, datetime
from typing import Any, NamedTuple

import answering
from machine import Failure, systemctl, write

Document = Mapping[str, Any]
WANTED = "/etc/souk/web/names.json"
KEPT = "/var/lib/souk-names"

RENEWED_AT = 2 / 3
"""Of its lifetime, as Let's Encrypt advises: 30 days before the end of 90, two before the end of six."""

REFUSED, UNREACHABLE = (900, 43200), (60, 3600)
"""The first pause and the longest, in seconds: after a refusal, since Let's Encrypt takes five failed validations of a
name in an hour (letsencrypt.org/docs/rate-limits), and after a server that did not answer, which costs nothing.
"""

TRIES_AN_HOUR = 4


class Host(NamedTuple):
    """How the server answers to a name: by leading to another one (`leads`), by having http lead to https, by telling
    browsers to remember that (`strict`); with the certificate that lies at a path, or the service's own.
    """

    name: str
    leads: str
    https: bool
    strict: bool
    certificate: str


_NAME = re.compile(r"[a-z0-9-]+(\.[a-z0-9-]+)+")


def remember(document: Document) -> None:
    """Keep what is wanted from now on."""
    for name in document["names"]:
        if not _NAME.fullmatch(name):
            raise Failure(f"{name!r} is no name")
    os.makedirs(KEPT, 0o700, exist_ok=True)
    write(WANTED, json.dumps(document), "root")


def forget(names: Collection[str]) -> None:
    """Keep nothing of other names than these, their keys least of all; the server must not read them any more."""
    for file in os.listdir(KEPT):
        stem, _, kind = file.rpartition(".")
        if kind in ("pem", "state") and stem not in names:
            os.unlink(f"{KEPT}/{file}")


def packed() -> dict[str, str]:
    """All that is kept of names, by the file's path: for another machine of the same service, whose visitors find the
    same certificates at once.
    """
    found = {}
    for path in (WANTED, *(f"{KEPT}/{file}" for file in (os.listdir(KEPT) if os.path.isdir(KEPT) else ()))):
        with contextlib.suppress(FileNotFoundError), open(path, encoding="utf-8") as file:
            found[path] = file.read()
    return found


def unpack(given: Mapping[str, str], deadline: float) -> None:
    """Keep what another machine of this service kept, and have the server answer so when it starts."""
    os.makedirs(KEPT, 0o700, exist_ok=True)
    for path, content in given.items():
        write(path, content, "root")
    arrange(deadline)


def wanted() -> Document | None:
    """What is wanted; None before anything was."""
    found: Document | None = _read(WANTED)
    return found


def arrange(deadline: float) -> None:
    """Have the server answer so, with the certificates that there are."""
    document = wanted()
    if document is None:
        return
    with open(KEPT + "/lock", "w", encoding="utf-8") as lock:
        # Whoever tells of names and whoever gets certificates may come at the same time.
        fcntl.flock(lock, fcntl.LOCK_EX)
        _have_answer(document, deadline)


def _have_answer(document: Document, deadline: float) -> None:
    files = answering.files([_host(name, document) for name in document["names"]])
    # A certificate that was renewed lies where the former one lay.
    files[answering.CONFIGURATION + ".certificates"] = _certificates(document)
    changed = [write(path, content, "root") for path, content in files.items()]
    running = systemctl("is-active", "--quiet", answering.UNIT, deadline=deadline) == 0
    if any(changed) and running and systemctl("reload", answering.UNIT, deadline=deadline) != 0:
        raise Failure(f"{answering.UNIT} does not take the names")


def _host(name: str, document: Document) -> Host:
    trusted = lifetime(name) is not None
    main = document["main"]
    # Nobody is led to a certificate that browsers warn of, as long as a better one may come.
    https = document["https_only"] and (trusted or not document["server"])
    leads = main if main and main != name else ""
    return Host(name, leads, https, document["hsts"] and trusted, f"{KEPT}/{name}.pem" if trusted else "")


def told(name: str) -> Document:
    """What became of a name's certificate; times as seconds since 1970."""
    state, until = state_of(name), (lifetime(name) or (None, None))[1]
    return {
        "name": name,
        "until": until,
        "reason": state.get("reason", ""),
        "trouble": state.get("trouble", ""),
        "next": state.get("next"),
    }


def is_due(name: str) -> bool:
    """Whether a certificate is to be asked for now."""
    return due_at(name) <= time.time()


def due_at(name: str) -> float:
    """When a certificate is to be asked for: after a failure when the pause is over, else in good time."""
    if (pause := state_of(name).get("next")) is not None:
        return float(pause)
    if (lasts := lifetime(name)) is None:
        return 0
    return lasts[0] + (lasts[1] - lasts[0]) * RENEWED_AT


def try_again(name: str) -> None:
    """End a name's pause, unless it was tried too often in the last hour."""
    state = state_of(name)
    lately = [at for at in state.get("failed", ()) if at > time.time() - 3600]
    if "next" in state and len(lately) < TRIES_AN_HOUR:
        keep_state(name, {**state, "next": 0})


def failed(name: str, reason: str, trouble: str, reachable: bool, after: float = 0.0) -> None:
    """Record why there is no certificate; the pause is the longer, the oftener it failed, but a certificate that ends
    soon is tried for more often if the server just did not answer.
    """
    state, now = state_of(name), time.time()
    first, longest = REFUSED if reachable else UNREACHABLE
    pause = min(first * 2 ** state.get("times", 0), longest)
    if not reachable and (lasts := lifetime(name)) is not None:
        pause = min(pause, max(5, (lasts[1] - now) / 4))
    keep_state(
        name,
        {
            "times": state.get("times", 0) + 1,
            "failed": [*(at for at in state.get("failed", ()) if at > now - 3600), now] if reachable else [],
            "reason": reason,
            "trouble": trouble,
            "next": max(now + pause, after),
        },
    )


def state_of(name: str) -> Document:
    return _read(f"{KEPT}/{name}.state") or {}


def keep_state(name: str, state: Document) -> None:
    write(f"{KEPT}/{name}.state", json.dumps(state), "root")


def lifetime(name: str) -> tuple[float, float] | None:
    """From when to when a name's certificate holds, in seconds since 1970; None if it has none."""
    if not os.path.exists(f"{KEPT}/{name}.pem"):
        return None
    command = ["openssl", "x509", "-in", f"{KEPT}/{name}.pem", "-noout", "-dates", "-dateopt", "iso_8601"]
    said = subprocess.run(command, capture_output=True, text=True).stdout
    dates = [datetime.fromisoformat(line.partition("=")[2].rstrip("Z")) for line in said.splitlines()]
    if len(dates) != 2:
        return None
    begins, ends = (each.replace(tzinfo=UTC).timestamp() for each in dates)
    return begins, ends


def _certificates(document: Document) -> str:
    """What tells one set of certificates from another."""
    return "".join(f"{name} {lifetime(name)}\n" for name in document["names"])


def _read(path: str) -> Any:
    with contextlib.suppress(OSError, ValueError), open(path, encoding="utf-8") as file:
        return json.load(file)
    return None
