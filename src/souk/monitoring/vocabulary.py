"""The values that are kept of a service: what the engine counts of its machine, then what its blueprint tells.

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

DISK_PLACE = [metric.key for metric in OF_MACHINES].index("disk_bytes")

_PANELS = (
    Panel("processor", _("Processors that are busy"), "", (Curve(_("Busy"), "cpu_seconds"),)),
    Panel("memory", _("Memory"), "bytes", (Curve(_("Used"), "memory_bytes"),)),
    Panel("disk", _("Disk"), "bytes", (Curve(_("Used"), "disk_bytes"),)),
    Panel("egress", _("Sent a second"), "bytes", (Curve(_("Sent"), "egress_bytes"),)),
)


def metrics(key: str) -> Sequence[Metric]:
    """What is kept of a blueprint's services, by its key, in the order of their values."""
    observer = blueprint(key).observer
    return OF_MACHINES if observer is None else (*OF_MACHINES, *observer.metrics)


def panels(key: str) -> Sequence[Panel]:
    """How that is shown."""
    observer = blueprint(key).observer
    return _PANELS if observer is None else (*_PANELS, *observer.panels)
