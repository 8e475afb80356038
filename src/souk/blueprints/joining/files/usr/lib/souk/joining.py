"""The private network of a service's two machines, while one takes over from the other."""

from __future__ import annotations

import socket
import subprocess

from machine import Failure

CARD = "eth1"
"""The network card of the private network."""


def join(address: str) -> None:
    """Have this address in the private network, also when systemd looks at the card anew."""
    settings = f"[Match]\nName={CARD}\n[Network]\nAddress={address}/24\nLinkLocalAddressing=no\nIPv6AcceptRA=no\n"
    with open(f"/etc/systemd/network/{CARD}.network", "w", encoding="utf-8") as file:
        file.write(settings)
    for command in (["address", "replace", f"{address}/24", "dev", CARD], ["link", "set", CARD, "up"]):
        done = subprocess.run(["ip", *command], capture_output=True, text=True)
        if done.returncode != 0:
            raise Failure(f"the private network can't be joined: {done.stderr.strip()}")


def is_joined(address: str) -> bool:
    """Whether the card has the address, and systemd will not take it away again."""
    try:
        with open(f"/run/systemd/netif/links/{socket.if_nametoindex(CARD)}", encoding="ascii") as file:
            told = file.read().splitlines()
    except OSError:
        return False
    shown = subprocess.run(["ip", "-4", "-oneline", "address", "show", "dev", CARD], capture_output=True, text=True)
    settled = "ADMIN_STATE=configured" in told or "ADMIN_STATE=unmanaged" in told
    return settled and f" {address}/" in shown.stdout
