"""Which of a service's two machines serves, while one takes over from the other."""

from __future__ import annotations

import contextlib
import os
import socket
import subprocess

from machine import Failure

CARD = "eth1"
"""The network card of the private network."""

WAITS = "/etc/souk/web/waits"
"""Where this lies, nothing is served, also after a restart."""


def wait_for_turn() -> None:
    """Have nothing be served by this machine from its next start on."""
    os.close(os.open(WAITS, os.O_CREAT | os.O_WRONLY, 0o644))


def take_turn() -> None:
    """Let this machine serve."""
    with contextlib.suppress(FileNotFoundError):
        os.unlink(WAITS)


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
