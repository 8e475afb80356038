"""What an S3 server tells of itself: what is stored, what is left, and how requests went, read as an owner reads."""

from __future__ import annotations

import ssl
from collections.abc import Mapping
from typing import Any

import httpx

from souk.blueprints import journals, panels
from souk.blueprints.objectstorage import probing
from souk.blueprints.supervision import Supervised
from souk.provisioning.contract import (
    STORED,
    Credentials,
    Curve,
    Guest,
    Health,
    LogPart,
    Look,
    Metric,
    Panel,
    Reading,
    Severity,
    Wanted,
)

_GAUGE, _COUNTER = Reading.GAUGE, Reading.COUNTER
METRICS = (
    Metric(STORED, _GAUGE, "bytes", "Size of all objects, with their earlier versions"),
    Metric("objects", _GAUGE, "", "Objects with their earlier versions, each part of a large one counted"),
    Metric("room_used_bytes", _GAUGE, "bytes", "Disk that objects take up, what was deleted a moment ago included"),
    Metric("room_bytes", _GAUGE, "bytes", "Disk that objects may take up"),
    Metric("requests", _COUNTER, "", "Requests"),
    Metric("requests_refused", _COUNTER, "", "Requests that were refused, such as those with a wrong key"),
    Metric("requests_failed", _COUNTER, "", "Requests that the server failed to answer"),
    Metric("received_bytes", _COUNTER, "bytes", "Received from clients"),
    Metric("sent_bytes", _COUNTER, "bytes", "Sent to clients"),
    Metric("request_seconds", _GAUGE, "seconds", "How long the last thousand requests took, on average"),
    Metric("read_only", _GAUGE, "seconds", "How long nothing can be stored, because the disk is full"),
)


_LOGGED = ("--unit=souk-s3.service", "--unit=souk-objectstorage.service", "--output-fields=MESSAGE")


def _(message: str) -> str:
    """Marks a message id; whoever shows it translates it."""
    return message


PANELS = (
    Panel(
        "room",
        _("Room for objects"),
        "bytes",
        (Curve(_("Used"), "room_used_bytes"), Curve(_("Limit"), "room_bytes"), Curve(_("Stored"), STORED)),
    ),
    Panel("objects", _("Objects"), "", (Curve(_("Objects"), "objects"),)),
    Panel(
        "requests",
        _("Requests a second"),
        "",
        (
            Curve(_("Requests"), "requests"),
            Curve(_("Refused"), "requests_refused"),
            Curve(_("Failed"), "requests_failed"),
        ),
    ),
    Panel("latency", _("Time for a request"), "s", (Curve(_("Average"), "request_seconds"),)),
    panels.TRANSFER,
)


class CountingObserver(Supervised):
    """One connection: whether the buckets can be listed, and what was counted."""

    unit = "souk-objectstorage.service"
    metrics = METRICS
    panels = PANELS

    def look(self, wanted: Wanted, credentials: Credentials, authority: str) -> Look:
        """Ask the machine, that lists the buckets itself before it answers. One that is older than this, lists them."""
        try:
            with probing.connect(authority) as client:
                answer = probing.ask(client, wanted, credentials, probing.STATUS)
                if answer.status_code != httpx.codes.OK:
                    return Look(probing.probe(wanted, credentials, authority))
                told = answer.json()
        except (httpx.HTTPError, ssl.SSLError, ValueError) as error:
            return Look(Health(ok=False, detail=probing.complaint(error)))
        if told["answers"] != httpx.codes.OK:
            return Look(Health(ok=False, detail=f"the server behind it answers {told['answers']}"))
        return Look(Health(ok=True), _values(told))

    def log(self, guest: Guest, wanted: Wanted, after: str, most: int) -> LogPart:
        """The requests, as the machine's front wrote them down, and what the server complained of.

        Raises:
            ConfigurationFailed.
        """
        del wanted
        return journals.read(guest, _LOGGED, after, most, lambda _entry, text: (_severity(text), text))


def _values(told: Mapping[str, Any]) -> list[float | None]:
    buckets = told["buckets"].values()
    time = told["milliseconds"]
    return [
        sum(each.get("bytes", 0.0) for each in buckets),
        sum(each.get("objects", 0.0) for each in buckets),
        told["used"],
        told["quota"],
        told["requests"],
        told["refused"],
        told["failed"],
        told["received"],
        told["sent"],
        None if time is None else time / 1000,
        told["full_seconds"],
    ]


def _severity(text: str) -> Severity:
    """A request's line ends with its status, bytes and time; the server's own begins with a letter for its gravity."""
    words = text.split()
    if len(words) == 7 and words[4].isdigit():
        return Severity.ERROR if words[4] >= "500" else Severity.WARNING if words[4] >= "400" else Severity.INFO
    return Severity.ERROR if text[:1] in "EF" else Severity.INFO
