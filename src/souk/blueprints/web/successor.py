"""Another machine takes over: it fetches the files while the first serves, and the rest once that does not."""

from __future__ import annotations

import hashlib

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat, PublicFormat

from souk.blueprints.handing_over import HOUR, MINUTE, ToldAtOnce, asked
from souk.provisioning.contract import Guest, Wanted, Way


class Following(ToldAtOnce):
    """rsync over SSH in a private network: each side knows the other by a key that is good for this once. Who
    receives fetches the rest, is known by the same host key, and lets in the same people.
    """

    server = "the web server"
    ends_within = stays_within = 2 * MINUTE
    receives_within = 5 * MINUTE

    def needed(self, guest: Guest, wanted: Wanted) -> int:
        """The files, and a tenth of the disk, so that the site is not full on its first day.

        Raises:
            ConfigurationFailed.
        """
        return int(asked(guest, "data", within=10 * MINUTE)["bytes"]) + wanted.size.disk // 10

    def lead(self, guest: Guest, wanted: Wanted, way: Way) -> None:
        """Let the follower read the site's files from the private network.

        Raises:
            ConfigurationFailed.
        """
        del wanted
        key, host_key = _public(_key(way, "follower")), _private(_key(way, "leader"))
        asked(guest, "lead", leader=way.leader, follower=way.follower, key=key, host_key=host_key)

    def follow(self, guest: Guest, wanted: Wanted, way: Way) -> None:
        """Fetch all files for the first time.

        Raises:
            ConfigurationFailed: the one that leads can't be reached, or this machine is in use.
        """
        del wanted
        key, known = _private(_key(way, "follower")), [_public(_key(way, "leader"))]
        asked(guest, "follow", within=6 * HOUR, leader=way.leader, follower=way.follower, key=key, known=known)

    def draw_near(self, leader: Guest, follower: Guest, wanted: Wanted) -> None:
        """Fetch what was written since, twice: what the second time finds takes seconds.

        Raises:
            ConfigurationFailed.
        """
        del leader, wanted
        for _ in range(2):
            asked(follower, "near", within=HOUR)


def _key(way: Way, whose: str) -> Ed25519PrivateKey:
    """A pair of which each side is given one half, made of the password for this once: 256 bits of a SHA-256."""
    return Ed25519PrivateKey.from_private_bytes(hashlib.sha256(f"{whose} {way.password}".encode()).digest())


def _public(key: Ed25519PrivateKey) -> str:
    return key.public_key().public_bytes(Encoding.OpenSSH, PublicFormat.OpenSSH).decode()


def _private(key: Ed25519PrivateKey) -> str:
    return key.private_bytes(Encoding.PEM, PrivateFormat.OpenSSH, NoEncryption()).decode()
