"""Another machine takes over: it fetches the files while the first serves, and the rest once that does not."""

from __future__ import annotations

import hashlib
import json
from typing import Any

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat, PublicFormat

from souk.blueprints import guests
from souk.provisioning.contract import ConfigurationFailed, Guest, Wanted, Way

_PROGRAM = "/usr/lib/souk/succession"
_MINUTE = 60.0
_HOUR = 60 * _MINUTE
_MARGIN = 10.0


class Following:
    """rsync over SSH in a private network: each side knows the other by a key that is good for this once."""

    def release(self, guest: Guest, wanted: Wanted) -> str:
        """What the web server says its version is.

        Raises:
            ConfigurationFailed.
        """
        del wanted
        told = _brought(guest, "release").get("version")
        if not told:
            raise ConfigurationFailed("the web server does not tell its version")
        return str(told)

    def needed(self, guest: Guest, wanted: Wanted) -> int:
        """The files, and a tenth of the disk, so that the site is not full on its first day.

        Raises:
            ConfigurationFailed.
        """
        return int(_brought(guest, "data", within=10 * _MINUTE)["bytes"]) + wanted.size.disk // 10

    def lead(self, guest: Guest, wanted: Wanted, way: Way) -> None:
        """Let the follower read the site's files from the private network.

        Raises:
            ConfigurationFailed.
        """
        del wanted
        key, host_key = _public(_key(way, "follower")), _private(_key(way, "leader"))
        _brought(guest, "lead", leader=way.leader, follower=way.follower, key=key, host_key=host_key)

    def follow(self, guest: Guest, wanted: Wanted, way: Way) -> None:
        """Fetch all files for the first time.

        Raises:
            ConfigurationFailed: the one that leads can't be reached, or this machine is in use.
        """
        del wanted
        key, known = _private(_key(way, "follower")), [_public(_key(way, "leader"))]
        _brought(guest, "follow", within=6 * _HOUR, leader=way.leader, follower=way.follower, key=key, known=known)

    def draw_near(self, leader: Guest, follower: Guest, wanted: Wanted) -> None:
        """Fetch what was written since, twice: what the second time finds takes seconds.

        Raises:
            ConfigurationFailed.
        """
        del leader, wanted
        for _ in range(2):
            _brought(follower, "near", within=_HOUR)

    def hand_over(self, guest: Guest, wanted: Wanted) -> str:
        """Stop serving. What is told holds the host key and what passwords are compared with: it is kept nowhere.

        Raises:
            ConfigurationFailed.
        """
        del wanted
        return json.dumps(_brought(guest, "hand_over", within=2 * _MINUTE))

    def receive(self, guest: Guest, wanted: Wanted, end: str) -> None:
        """Fetch the rest, be known by the same host key, and let in the same people.

        Raises:
            ConfigurationFailed.
        """
        del wanted
        _brought(guest, "receive", within=5 * _MINUTE, end=json.loads(end))

    def stay(self, guest: Guest, wanted: Wanted) -> None:
        """Serve again; nobody reads the files from outside any more.

        Raises:
            ConfigurationFailed.
        """
        del wanted
        _brought(guest, "stay", within=2 * _MINUTE)


def _key(way: Way, whose: str) -> Ed25519PrivateKey:
    """A pair of which each side is given one half, made of the password for this once: 256 bits of a SHA-256."""
    return Ed25519PrivateKey.from_private_bytes(hashlib.sha256(f"{whose} {way.password}".encode()).digest())


def _public(key: Ed25519PrivateKey) -> str:
    return key.public_key().public_bytes(Encoding.OpenSSH, PublicFormat.OpenSSH).decode()


def _private(key: Ed25519PrivateKey) -> str:
    return key.private_bytes(Encoding.PEM, PrivateFormat.OpenSSH, NoEncryption()).decode()


def _brought(guest: Guest, do: str, *, within: float = _MINUTE, **document: Any) -> dict[str, Any]:
    return guests.run(guest, _PROGRAM, {"do": do, **document, "timeout": within - _MARGIN}, timeout=within)
