"""Our own nftables table: what machines may reach of this host, and that nobody else's traffic reaches them.

Incus' ACL says the same where the two overlap. This table also closes what the ACL leaves open: the gateways
of other bridges answer on port 53, and IPv6. And nothing passes between private networks and the host: the kernel
answers for each of its addresses on every bridge, whether that has one or not, and forwards what is sent to it.
"""

from __future__ import annotations

import os
import pwd
from pathlib import Path
from typing import Any

from install import application, units, users
from install.host import has_systemd
from install.isolation import NOT_INTERNET, PLATFORM_PORTS, outside, platform_addresses
from install.shell import attempt, run


def ruleset(ns: Any) -> str:
    """The table, as a script for `nft -f` that replaces an older one in one transaction."""
    bridge, gateway = f'"{ns.bridge}"', ns.gateway
    closed = ", ".join(str(block) for block in NOT_INTERNET)
    storage = outside(application.settings(ns))
    outwards = f"\n    ip daddr {storage[0]} tcp dport {storage[1]} accept" if storage else ""
    platform, ports = platform_addresses(ns.subnet), ", ".join(map(str, PLATFORM_PORTS))
    return f"""# Written by Souk's installer.
table inet {ns.firewall} {{}}
delete table inet {ns.firewall}
table inet {ns.firewall} {{
  chain input {{
    type filter hook input priority filter - 10; policy accept;
    iifname {bridge} jump from_machines
    iifname "{PRIVATE}" drop
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
    oifname {bridge} ct status dnat accept
    oifname {bridge} drop
    iifname "{PRIVATE}" oifname "{PRIVATE}" accept
    iifname "{PRIVATE}" drop
    oifname "{PRIVATE}" drop
  }}
  chain leaving {{
    meta nfproto ipv6 drop
    oifname {bridge} ct state established,related accept
    oifname {bridge} ip saddr {ns.subnet} ip daddr {platform} tcp dport {{ {ports} }} accept
    oifname {bridge} ct status dnat accept
    oifname {bridge} drop
    ct state established,related accept{outwards}
    ip daddr {{ {closed} }} drop
  }}
}}
"""


PRIVATE = "sk-*"
"""The bridges of private networks. They have no address of the host's, so no way leads from one to another."""

PRIVATE_ENDS = "skp*"
"""What the host calls machines' cards in them."""


def private(ns: Any) -> str:
    """What passes in private networks, as a script for `nft -f`: IPv4 and ARP from machine to machine, and nobody plays
    the server that gives addresses out. Nothing reaches the host, on any protocol.
    """
    return f"""# Written by Souk's installer.
table bridge {ns.firewall} {{}}
delete table bridge {ns.firewall}
table bridge {ns.firewall} {{
  chain input {{
    type filter hook input priority -210; policy accept;
    iifname "{PRIVATE_ENDS}" drop
  }}
  chain output {{
    type filter hook output priority -210; policy accept;
    oifname "{PRIVATE_ENDS}" drop
  }}
  chain forward {{
    type filter hook forward priority -210; policy accept;
    iifname "{PRIVATE_ENDS}" jump within
  }}
  chain within {{
    ether type != {{ ip, arp }} drop
    udp dport {{ 67, 68 }} drop
  }}
}}
"""


def cards(ns: Any) -> str:
    """What drops a frame with another address than its card's before the bridge learns from it, as a script for
    `nft -f`. Loaded again, it keeps the cards that the worker told it about; one that it was not told about passes.
    """
    return f"""# Written by Souk's installer.
table bridge {ns.cards} {{
  set ends {{ type ifname; }}
  set cards {{ type ifname . ether_addr; }}
  chain prerouting {{ type filter hook prerouting priority -310; policy accept; }}
}}
flush chain bridge {ns.cards} prerouting
add rule bridge {ns.cards} prerouting iifname @ends iifname . ether saddr != @cards drop
"""


_PLATFORMS = 0x736F756B
"""The mark of connections that the platform itself opened."""

_CHAINS = {"input": "filter - 20", "forward": "filter - 20", "output": "filter - 20"}


def counting(ns: Any) -> str:
    """What counts, by network card, the bytes that machines send to clients, as a script for `nft -f`. Loaded again, it
    keeps what was counted.

    Only answers count, to whoever opened the connection: backups, history and whatever else a machine sends by itself
    do not, nor do answers to the platform's worker. A card keeps its MAC address for life, and no machine can use
    another one's.
    """
    bridge, sent = f'"{ns.bridge}"', "update @sent { ether saddr counter }"
    rules = {
        "input": [f"iifname {bridge} ct direction reply ct mark != {_PLATFORMS} {sent}"],
        "forward": [f"iifname {bridge} oifname != {bridge} ct direction reply {sent}"],
        "output": [],
    }
    if users.user_exists(users.WORKER):
        worker = pwd.getpwnam(users.WORKER).pw_uid
        rules["output"] = [f"oifname {bridge} ct state new meta skuid {worker} ct mark set {_PLATFORMS}"]
    hooks = [
        f"  chain {chain} {{ type filter hook {chain} priority {priority}; policy accept; }}"
        for chain, priority in _CHAINS.items()
    ]
    return "\n".join(
        [
            f"table inet {ns.counters} {{",
            "  set sent { type ether_addr; size 65535; flags dynamic,timeout; timeout 90d; }",
            *hooks,
            "}",
            *(f"flush chain inet {ns.counters} {chain}" for chain in rules),
            *(f"add rule inet {ns.counters} {chain} {rule}" for chain, each in rules.items() for rule in each),
            "",
        ]
    )


def reach(ns: Any) -> str:
    """Public addresses and the firewall outside of machines, as a script for `nft -f`. Loaded again, it keeps the
    machines that the worker told it about.

    `arrives` leads from a public address to its machine, `departs` back; `held` are both together. `admitted` leads to
    the chain of what reaches a machine, `bounded` to that of what it may begin; a machine that is not in there is
    reached by nobody, and free to begin. A public address of `ranges` that no machine has leads nowhere, least of all
    to this host or back to whoever routes it here. A connection that began by an address which its machine has no more
    ends, both ways.

    Between two machines both ends are changed, because they can't answer each other directly. What the host itself
    sends to a public address comes from its own address on the bridge, as all that the platform sends does.
    """
    bridge, platform = f'"{ns.bridge}"', platform_addresses(ns.subnet)
    began, answers = "ct direction original", "ct direction reply"
    arrived, departed = "ct status dnat", "ct status snat ct reply ip daddr @ranges"
    rules = {
        "arriving": ["dnat ip to ip daddr map @arrives"],
        "from_host": ["dnat ip to ip daddr map @arrives"],
        "departing": [
            f"oifname != {bridge} snat ip to ip saddr map @departs",
            f"oifname {bridge} {arrived} snat ip to ip saddr map @departs",
            f"oifname {bridge} {arrived} ip saddr {ns.subnet} masquerade",
            f"oifname {bridge} {arrived} fib saddr type local masquerade",
        ],
        "input": ["ip daddr @ranges drop"],
        "output": ["ip daddr @ranges drop", f"oifname {bridge} icmp type redirect drop"],
        "forward": [
            "ip daddr @ranges drop",
            f"iifname {bridge} ip saddr @ranges drop",
            "ct state related accept",
            f"iifname {bridge} ct state invalid drop",
            f"iifname {bridge} {began} {departed} ct reply ip daddr . ip saddr != @held drop",
            f"oifname {bridge} {answers} {departed} ct reply ip daddr . ip daddr != @held drop",
            f"iifname {bridge} ip daddr != {platform} {began} ip saddr vmap @bounded",
            f"oifname {bridge} ip saddr != {platform} {answers} ip daddr vmap @bounded",
            f"oifname {bridge} {arrived} {began} goto to_machine",
            f"iifname {bridge} {arrived} {answers} goto from_machine",
        ],
        "to_machine": [
            "ct original ip daddr . ip daddr != @held drop",
            "ip daddr vmap @admitted",
            "drop",
        ],
        "from_machine": [
            "ct original ip daddr . ip saddr != @held drop",
            "ip saddr vmap @admitted",
            "drop",
        ],
    }
    hooks = {
        "arriving": "type nat hook prerouting priority dstnat - 10; policy accept;",
        "from_host": "type nat hook output priority -110; policy accept;",
        "departing": "type nat hook postrouting priority srcnat - 10; policy accept;",
        "input": "type filter hook input priority filter - 15; policy accept;",
        "output": "type filter hook output priority filter - 15; policy accept;",
        "forward": "type filter hook forward priority filter - 15; policy accept;",
        "to_machine": "",
        "from_machine": "",
    }
    return "\n".join(
        [
            "# Written by Souk's installer.",
            f"table inet {ns.reach} {{",
            "  set ranges { type ipv4_addr; flags interval; }",
            "  set held { type ipv4_addr . ipv4_addr; }",
            "  map arrives { type ipv4_addr : ipv4_addr; }",
            "  map departs { type ipv4_addr : ipv4_addr; }",
            "  map admitted { type ipv4_addr : verdict; }",
            "  map bounded { type ipv4_addr : verdict; }",
            *(f"  chain {chain} {{ {hook} }}" for chain, hook in hooks.items()),
            "}",
            *(f"flush chain inet {ns.reach} {chain}" for chain in rules),
            *(f"add rule inet {ns.reach} {chain} {rule}" for chain, each in rules.items() for rule in each),
            "",
        ]
    )


def ensure(ns: Any) -> str:
    """Load the tables, and have them loaded at boot where systemd runs."""
    text = ruleset(ns) + private(ns) + cards(ns) + counting(ns) + reach(ns)
    kept = ns.state / "firewall.nft"
    kept.write_text(text)
    run("nft", "-f", "-", text=text)
    if has_systemd():
        _at_boot(ns, kept)
    return f"table inet {ns.firewall}"


def _unit(ns: Any) -> str:
    return f"souk-{ns.name}-firewall.service"


def _at_boot(ns: Any, script: Path) -> None:
    text = "\n".join(
        [
            units.HEAD,
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
    units.keep(_unit(ns), text)


def remove(ns: Any) -> str:
    """Delete the tables and their unit."""
    if os.geteuid() != 0:
        return "needs root"
    attempt("nft", "delete", "table", "inet", ns.reach)
    attempt("nft", "delete", "table", "inet", ns.counters)
    attempt("nft", "delete", "table", "bridge", ns.cards)
    attempt("nft", "delete", "table", "bridge", ns.firewall)
    gone = attempt("nft", "delete", "table", "inet", ns.firewall).returncode == 0
    units.forget(_unit(ns))
    return "deleted" if gone else "was not there"
