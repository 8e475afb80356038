"""What Valkey tells of itself: its own counters, read over TLS as a client reads them."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

from souk.blueprints import journals, panels
from souk.blueprints.supervision import Supervised
from souk.blueprints.valkey import probing
from souk.blueprints.valkey.resp import ServerRefused
from souk.provisioning.contract import (
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
_LOGGED = ("--unit=souk-valkey.service", "--output-fields=MESSAGE")

_TOLD = {
    "memory_bytes": ("used_memory", Metric("memory_bytes", _GAUGE, "bytes", "Memory that data and clients take")),
    "memory_limit": ("maxmemory", Metric("memory_limit", _GAUGE, "bytes", "Memory that data may take")),
    "memory_peak": ("used_memory_peak", Metric("memory_peak", _GAUGE, "bytes", "Most memory that was taken so far")),
    "fragmentation": (
        "mem_fragmentation_ratio",
        Metric("fragmentation", _GAUGE, "", "Memory of the process, as a multiple of what it uses"),
    ),
    "hits": ("keyspace_hits", Metric("hits", _COUNTER, "", "Reads of keys that were there")),
    "misses": ("keyspace_misses", Metric("misses", _COUNTER, "", "Reads of keys that were not there")),
    "evicted": ("evicted_keys", Metric("evicted", _COUNTER, "", "Keys that gave way because the memory was full")),
    "expired": ("expired_keys", Metric("expired", _COUNTER, "", "Keys whose time to live was over")),
    "connections": ("connected_clients", Metric("connections", _GAUGE, "", "Client connections that are open")),
    "connections_limit": (
        "maxclients",
        Metric("connections_limit", _GAUGE, "", "Client connections that may be open at once"),
    ),
    "refused": ("rejected_connections", Metric("refused", _COUNTER, "", "Connections refused as there were too many")),
    "commands": ("total_commands_processed", Metric("commands", _COUNTER, "", "Commands that were carried out")),
}
"""What `INFO` calls it, and what it is."""

METRICS = (*(metric for _, metric in _TOLD.values()), Metric("keys", _GAUGE, "", "Keys in all databases"))


def _(message: str) -> str:
    """Marks a message id; whoever shows it translates it."""
    return message


PANELS = (
    Panel("memory", _("Memory"), "bytes", (Curve(_("Used"), "memory_bytes"), Curve(_("Limit"), "memory_limit"))),
    Panel("commands", _("Commands a second"), "", (Curve(_("Commands"), "commands"),)),
    Panel("hits", _("Keys found"), "%", (Curve(_("Share of reads"), "hits", beside="misses"),)),
    Panel("keys", _("Keys"), "", (Curve(_("Keys"), "keys"),)),
    Panel("gone", _("Keys gone a second"), "", (Curve(_("Evicted"), "evicted"), Curve(_("Expired"), "expired"))),
    panels.CONNECTIONS,
)


class CountersObserver(Supervised):
    """One connection: whether it can be used, and its counters."""

    unit = "souk-valkey.service"
    metrics = METRICS
    panels = PANELS

    def look(self, wanted: Wanted, credentials: Credentials, authority: str) -> Look:
        """Use it as `probe` does, and read what it counts."""
        try:
            with probing.connect(wanted, credentials, authority) as session:
                health = probing.use(session, wanted)
                told = session.told()
            return Look(health, values(told, probing.ours(wanted)), _since(told))
        except (OSError, ServerRefused, ValueError, KeyError) as error:
            return Look(Health(ok=False, detail=probing.complaint(error)))

    def log(self, guest: Guest, wanted: Wanted, after: str, most: int) -> LogPart:
        """The lines of the server's own unit in the machine's journal. Keys and values are not among it.

        Raises:
            ConfigurationFailed.
        """
        del wanted
        return journals.read(guest, _LOGGED, after, most, described)


def values(told: Mapping[str, str], ours: int) -> list[float | None]:
    """The metrics' values, of what `INFO` says. Keys of our own database are nobody's."""
    counted = [float(told[name]) if name in told else None for name, _ in _TOLD.values()]
    databases = {name: fields for name, fields in told.items() if name.startswith("db") and name != f"db{ours}"}
    keys = [int(fields.partition("keys=")[2].partition(",")[0]) for fields in databases.values() if "keys=" in fields]
    return [*counted, float(sum(keys))]


def _since(told: Mapping[str, str]) -> datetime:
    return datetime.fromtimestamp(int(told["server_time_usec"]) // 1_000_000 - int(told["uptime_in_seconds"]), UTC)


def described(entry: Mapping[str, Any], text: str) -> tuple[Severity, str]:
    """How grave a line is: the server writes a `#` behind the date for what it warns of."""
    del entry
    words = text.split(maxsplit=6)
    grave = len(words) > 5 and words[5] == "#" and words[0][-2:-1] == ":"
    return Severity.WARNING if grave else Severity.INFO, text
