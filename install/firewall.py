"""Our own nftables table: what machines may reach of this host, and that nobody else's traffic reaches them.

Incus' ACL says the same where the two overlap. This table also closes what the ACL leaves open: the gateways
of other bridges answer on port 53, and IPv6.
"""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

from install import application
from install.host import has_systemd
from install.isolation import NOT_INTERNET, PLATFORM_PORTS, outside, platform_addresses
from install.services import UNITS
from install.shell import attempt, run


def table(ns: Any) -> str:
    """The table's name, in family `inet`."""
    return f"souk_{ns.name}"


def ruleset(ns: Any) -> str:
    """The table, as a script for `nft -f` that replaces an older one in one transaction."""
    bridge, gateway = f'"{ns.bridge}"', ns.gateway
    closed = ", ".join(str(block) for block in NOT_INTERNET)
    storage = outside(application.settings(ns))
    outwards = f"\n    ip daddr {storage[0]} tcp dport {storage[1]} accept" if storage else ""
    platform, ports = platform_addresses(ns.subnet), ", ".join(map(str, PLATFORM_PORTS))
    return f"""# Written by Souk's installer.
table inet {table(ns)} {{}}
delete table inet {table(ns)}
table inet {table(ns)} {{
  chain input {{
    type filter hook input priority filter - 10; policy accept;
    iifname {bridge} jump from_machines
  }}
  chain from_machines {{
    ct state established,related accept
    ip daddr {{ {gateway}, 255.255.255.255 }} udp dport 67 accept
    ip daddr {gateway} udp dport 53 accept
    ip daddr {gateway} tcp dport 53 accept
    drop
  }}
  chain forward {{
    type filter hook forward priority filter - 10; policy accept;
    iifname {bridge} jump leaving
    oifname {bridge} ct state established,related accept
    oifname {bridge} drop
  }}
  chain leaving {{
    meta nfproto ipv6 drop
    oifname {bridge} ct state established,related accept
    oifname {bridge} ip saddr {ns.subnet} ip daddr {platform} tcp dport {{ {ports} }} accept
    oifname {bridge} drop
    ct state established,related accept{outwards}
    ip daddr {{ {closed} }} drop
  }}
}}
"""


def ensure(ns: Any) -> str:
    """Load the table, and have it loaded at boot where systemd runs."""
    text = ruleset(ns)
    kept = ns.state / "firewall.nft"
    kept.write_text(text)
    run("nft", "-f", "-", text=text)
    if has_systemd():
        _at_boot(ns, kept)
    return f"table inet {table(ns)}"


def _unit(ns: Any) -> Path:
    return UNITS / f"souk-{ns.name}-firewall.service"


def _at_boot(ns: Any, script: Path) -> None:
    text = "\n".join(
        [
            "# Written by Souk's installer; `make purge` removes it.",
            "[Unit]",
            f"Description=Souk {ns.name}: firewall of its machines",
            "Before=incus.service",
            "After=nftables.service",
            "PartOf=nftables.service",
            "",
            "[Service]",
            "Type=oneshot",
            "RemainAfterExit=yes",
            f"ExecStart=/usr/sbin/nft -f {script}",
            "",
            "[Install]",
            "WantedBy=multi-user.target",
            "",
        ]
    )
    if not _unit(ns).exists() or _unit(ns).read_text() != text:
        _unit(ns).write_text(text)
        run("systemctl", "daemon-reload")
        run("systemctl", "enable", "--now", "--quiet", _unit(ns).name)


def remove(ns: Any) -> str:
    """Delete the table and its unit."""
    if os.geteuid() != 0:
        return "needs root"
    gone = attempt("nft", "delete", "table", "inet", table(ns)).returncode == 0
    if _unit(ns).exists():
        attempt("systemctl", "disable", "--quiet", _unit(ns).name)
        _unit(ns).unlink()
        attempt("systemctl", "daemon-reload")
    return "deleted" if gone else "was not there"
