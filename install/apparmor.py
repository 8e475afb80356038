"""Leave for the bridges' dnsmasq to read endpoint names, on hosts where AppArmor confines it.

Incus confines each bridge's dnsmasq to a profile that includes the `nameservice` abstraction; a file in that
abstraction's `.d` folder adds one line to it.
"""

from __future__ import annotations

from pathlib import Path

from install.ledger import Ledger

_ENABLED = Path("/sys/module/apparmor/parameters/enabled")
_ABSTRACTIONS = Path("/etc/apparmor.d/abstractions")
FILE = _ABSTRACTIONS / "nameservice.d" / "souk"


def ensure(ledger: Ledger, hosts: Path) -> str:
    """Let confined name services read `hosts`, the folder of endpoint names."""
    if not _ENABLED.exists() or not _ENABLED.read_text().startswith("Y") or not _ABSTRACTIONS.is_dir():
        return "not enforced here"
    lines = {"/var/lib/souk/*/dns/{,*} r,"}
    if not hosts.match("/var/lib/souk/*/dns"):
        lines.add(f"{hosts}/{{,*}} r,")
    before = set(FILE.read_text().splitlines()) if FILE.exists() else set()
    if lines <= before:
        return "already allowed"
    ledger.put("apparmor", str(FILE))
    FILE.parent.mkdir(parents=True, exist_ok=True)
    FILE.write_text("\n".join(sorted(lines | before)) + "\n")
    return "endpoint names readable"


def undo(ledger: Ledger) -> None:
    """Take the line back."""
    if ledger.get("apparmor"):
        FILE.unlink(missing_ok=True)
        ledger.put("apparmor", None)
