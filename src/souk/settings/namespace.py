"""A checkout is a namespace: every name, path and port it uses on a host carries the namespace's name.

Standard library only, because the installer imports it before the virtual environment exists.
"""

from __future__ import annotations

import hashlib
import ipaddress
import os
import re
from dataclasses import dataclass
from pathlib import Path

_NAME = re.compile(r"[a-z][a-z0-9]{0,8}")


@dataclass(frozen=True)
class Namespace:
    """Where one installation of Souk lives on a host, so that two checkouts never meet.

    `name` is at most nine lowercase characters: a bridge's name may have fifteen, `souk-` included.
    """

    name: str
    state: Path
    run: Path

    @property
    def project(self) -> str:
        """The Incus project that holds every machine and image of this namespace."""
        return f"souk-{self.name}"

    @property
    def pool(self) -> str:
        """The Incus storage pool (btrfs on a loop file)."""
        return f"souk-{self.name}"

    @property
    def bridge(self) -> str:
        """The Incus bridge network that this namespace's machines are attached to."""
        return f"souk-{self.name}"

    @property
    def acl(self) -> str:
        """The Incus network ACL that isolates machines from each other and from the host."""
        return f"souk-{self.name}"

    @property
    def firewall(self) -> str:
        """The nftables table, of family `inet`, that says what machines may reach."""
        return f"souk_{self.name}"

    @property
    def counters(self) -> str:
        """The nftables table, of family `inet`, that counts what machines send to clients."""
        return f"souk_{self.name}_sent"

    @property
    def cards(self) -> str:
        """The nftables table, of family `bridge`, that knows which hardware address each machine's card sends from."""
        return f"souk_{self.name}_cards"

    @property
    def reach(self) -> str:
        """The nftables table, of family `inet`, that knows public addresses and what passes between machines and the
        world.
        """
        return f"souk_{self.name}_reach"

    @property
    def subnet(self) -> str:
        """The bridge's IPv4 network, in CIDR notation: `SOUK_SUBNET`, else one derived from the name."""
        chosen = self._choice("SOUK_SUBNET")
        return chosen or f"10.{64 + self._digest[0] % 128}.{self._digest[1]}.0/24"

    @property
    def gateway(self) -> str:
        """The host's own address on the bridge: the subnet's first."""
        return str(ipaddress.ip_network(self.subnet)[1])

    @property
    def domain(self) -> str:
        """The DNS domain below which endpoints are named."""
        return f"{self.name}.souk.internal"

    @property
    def web_port(self) -> int:
        """The loopback TCP port of the console and the API: `SOUK_WEB_PORT`, else one derived from the name."""
        chosen = self._choice("SOUK_WEB_PORT")
        return int(chosen) if chosen else 20000 + self._digest[2] * 16 + self._digest[3] % 16

    @property
    def postgresql_socket(self) -> Path:
        """Directory of the embedded PostgreSQL's Unix socket."""
        return self.run / "postgresql"

    @property
    def keys(self) -> Path:
        """Directory of key-encryption keys: `master.key` (worker only), `identity.key` (web and worker)."""
        override = os.environ.get("SOUK_KEYS")
        return Path(override) if override else self.state / "keys"

    @property
    def dns_hosts(self) -> Path:
        """Directory of hosts files that the bridge's dnsmasq answers endpoint names from."""
        return self.state / "dns"

    @property
    def choices(self) -> Path:
        """File of `NAME=value` lines: what the installer chose here because the derived value was taken."""
        return self.state / "namespace.env"

    def _choice(self, name: str) -> str | None:
        """A setting of the environment, else the installer's choice."""
        return os.environ.get(name) or read_environment(self.choices).get(name)

    @property
    def _digest(self) -> bytes:
        return hashlib.sha256(self.name.encode()).digest()


def current() -> Namespace:
    """The namespace of this process: `SOUK_NAMESPACE`, else one derived from the checkout's path.

    `SOUK_STATE` and `SOUK_RUN` move its folders, which is how a user without root runs one.

    Raises:
        ValueError: `SOUK_NAMESPACE` is not 1 to 9 characters of a-z and 0-9 starting with a letter.
    """
    name = os.environ.get("SOUK_NAMESPACE") or derived_name(checkout())
    if not _NAME.fullmatch(name):
        raise ValueError(f"SOUK_NAMESPACE must be 1 to 9 characters of a-z and 0-9, a letter first: {name!r}")
    state = Path(os.environ.get("SOUK_STATE") or f"/var/lib/souk/{name}")
    run = Path(os.environ.get("SOUK_RUN") or f"/run/souk/{name}")
    return Namespace(name=name, state=state, run=run)


def read_environment(path: Path) -> dict[str, str]:
    """The `NAME=value` lines of a file; empty where there is none."""
    try:
        lines = path.read_text().splitlines()
    except FileNotFoundError:
        return {}
    return dict(line.split("=", 1) for line in lines if "=" in line and not line.startswith("#"))


def checkout() -> Path:
    """The root of the source tree this module was loaded from."""
    return Path(__file__).resolve().parents[3]


def derived_name(path: Path) -> str:
    """The name a checkout gets from its path: a letter and six hexadecimal digits."""
    return "s" + hashlib.sha256(str(path).encode()).hexdigest()[:6]
