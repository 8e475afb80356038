"""What the operator's starting catalogue asks for beside the hours, the same whatever the service."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Final

Steps = Sequence[Mapping[str, Any]]
"""Of a meter: rates without tax, each up to how much in a month."""

EGRESS: Final[Steps] = (
    {"up_to": 100, "rate": "0"},
    {"up_to": 1000, "rate": "0.50"},
    {"up_to": None, "rate": "0.35"},
)
"""By the GiB sent to the Internet."""

PUBLIC_ADDRESS: Final[Steps] = ({"up_to": None, "rate": "0.06"},)
"""By the hour."""

USUAL: Final[Mapping[str, Steps]] = {
    "egress": EGRESS,
    "stopped_disk": ({"up_to": None, "rate": "0.0020"},),
    "extra_disk": ({"up_to": None, "rate": "0.0025"},),
    "public_address": PUBLIC_ADDRESS,
}
"""For a service on the usual disk, which is charged by the GiB and hour."""
