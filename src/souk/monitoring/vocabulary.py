"""The values that are kept of a service: what the engine counts of its machine, and what its blueprint tells.

A sample keeps them by their place, so an order here is never changed.
"""

from __future__ import annotations

from collections.abc import Sequence

from django.utils.translation import gettext_noop as _

from souk.provisioning.contract import Curve, Metric, Panel, Reading
from souk.provisioning.registry import blueprint

OF_MACHINES = (
    Metric("cpu_seconds", Reading.COUNTER, "seconds", "Processor time that the machine used"),
    Metric("memory_bytes", Reading.GAUGE, "bytes", "Memory that the machine uses"),
    Metric("disk_bytes", Reading.GAUGE, "bytes", "Disk that the machine uses"),
    Metric("egress_bytes", Reading.COUNTER, "bytes", "Sent by the machine"),
)

COUNTED_LATER = (
    Metric("processes", Reading.GAUGE, "", "Processes that run in the machine"),
    Metric("ingress_bytes", Reading.COUNTER, "bytes", "Received by the machine"),
)
"""What is counted of machines, too, since a blueprint's values had the places behind the others'."""

LATER_FROM = 40
"""Their first place: a blueprint has those before."""

DISK_PLACE = [metric.key for metric in OF_MACHINES].index("disk_bytes")

_PANELS = (
    Panel("processor", _("Processors that are busy"), "", (Curve(_("Busy"), "cpu_seconds"),)),
    Panel("memory", _("Memory"), "bytes", (Curve(_("Used"), "memory_bytes"),)),
    Panel("disk", _("Disk"), "bytes", (Curve(_("Used"), "disk_bytes"),)),
    Panel(
        "egress",
        _("Sent and received a second"),
        "bytes",
        (Curve(_("Sent"), "egress_bytes"), Curve(_("Incoming"), "ingress_bytes")),
    ),
    Panel("processes", _("Processes"), "", (Curve(_("Processes"), "processes"),)),
)


def metrics(key: str) -> Sequence[tuple[int, Metric]]:
    """What is kept of a blueprint's services, by its key, each with its place among the values."""
    return [*of_machines(), *enumerate(told(key), len(OF_MACHINES))]


def of_machines() -> Sequence[tuple[int, Metric]]:
    """What the engine counts of every machine, each with its place."""
    return [*enumerate(OF_MACHINES), *enumerate(COUNTED_LATER, LATER_FROM)]


def told(key: str) -> Sequence[Metric]:
    """What a blueprint's services tell of themselves."""
    observer = blueprint(key).observer
    return () if observer is None else observer.metrics


def arranged(
    first: Sequence[float | None], own: Sequence[float | None], later: Sequence[float | None]
) -> list[float | None]:
    """Values in their places."""
    between = LATER_FROM - len(first) - len(own) if later else 0
    return [*first, *own, *[None] * between, *later]


def panels(key: str) -> Sequence[Panel]:
    """How that is shown."""
    observer = blueprint(key).observer
    return _PANELS if observer is None else (*_PANELS, *observer.panels)
