"""What passes within a bridge does not pass the host's IP filter as well.

Where the kernel has `br_netfilter`, it may hand frames between machines of one bridge to the IP filter before it is
clear that they are for the host to route. A packet whose address the host changes is then handed to the other machine
straight, which isolated ports refuse: machines could not reach each other by public addresses. Isolation within bridges
does not need it: ports are isolated, and tables of the `bridge` family say the rest.
"""

from __future__ import annotations

from pathlib import Path

from install.ledger import Ledger

SETTING = "net.bridge.bridge-nf-call-iptables"
FILE = Path("/etc/sysctl.d/61-souk-bridges.conf")
_PATH = Path("net/bridge/bridge-nf-call-iptables")
_OURS = ("souk-", "sk-")


def ensure(
    ledger: Ledger, proc: Path = Path("/proc/sys"), file: Path = FILE, cards: Path = Path("/sys/class/net")
) -> str:
    """Turn it off, remembering that it was on. Other bridges that are there keep it, each for itself."""
    if not _on(proc):
        return "apart"
    ledger.put("bridged", True)
    for each in sorted(cards.glob("*/bridge/nf_call_iptables")):
        if not each.parts[-3].startswith(_OURS):
            _write(each, "1")
    if not _write(proc / _PATH, "0"):
        return "not apart, which can't be changed from here: machines won't reach each other's public addresses"
    file.write_text(f"# Written by Souk's installer; `make purge` removes it.\n{SETTING} = 0\n")
    return "set apart"


def undo(ledger: Ledger, proc: Path = Path("/proc/sys"), file: Path = FILE) -> str:
    """Turn it on again, if it was and nobody has since."""
    was = bool(ledger.get("bridged"))
    if was and (proc / _PATH).exists():
        _write(proc / _PATH, "1")
    file.unlink(missing_ok=True)
    ledger.put("bridged", None)
    return "as before" if was else "nothing to do"


def _on(proc: Path) -> bool:
    try:
        return (proc / _PATH).read_text().strip() == "1"
    except FileNotFoundError:
        return False


def _write(path: Path, value: str) -> bool:
    try:
        path.write_text(value)
    except OSError:
        return False
    return True
