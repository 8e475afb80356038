"""Highly available: Patroni on each member, HAProxy in front of them, who leads in the site's etcd."""

from __future__ import annotations

import hashlib
import hmac
import os
from collections.abc import Sequence
from typing import Any

from souk.blueprints import guests
from souk.blueprints.postgresql import programs, scram, sizing
from souk.provisioning.contract import ConfigurationFailed, Ensemble, Guest, MemberState, Wanted

READING = 5433
"""The port at which a highly available service's followers answer readers."""

REPLICATION, REWIND = "souk_replication", "souk_rewind"
RESERVED = "souk_"
"""What the names of the platform's own roles start with."""

_MEMBERS, _FRONT, _ADMIT = "/usr/lib/souk/ensemble", "/usr/lib/souk/front", "/usr/lib/souk/admit"
_PARTING = "/usr/lib/souk/parting"
_REWINDS = (
    "pg_ls_dir(text, boolean, boolean)",
    "pg_stat_file(text, boolean)",
    "pg_read_binary_file(text)",
    "pg_read_binary_file(text, bigint, bigint, boolean)",
)
"""What pg_rewind calls (its manual page)."""

_LIVING = {"running", "streaming", "in archive recovery"}


class Patroni:
    """What the members say of each other, and who of them is to lead."""

    def front(self, guest: Guest, wanted: Wanted) -> None:
        """Lead clients to the member that leads (port 5432) and readers to the others (port 5433).

        Raises:
            ConfigurationFailed: HAProxy does not start.
        """
        ensemble = _ensemble(wanted)
        document = {
            "private": ensemble.front.private,
            "members": [{"name": one.name, "private": one.private} for one in ensemble.members],
            "connections": 2 * sizing.max_connections(wanted.size),
            "timeout": 60,
        }
        guests.run(guest, _FRONT, document, timeout=70)

    def state(self, guest: Guest, wanted: Wanted) -> Sequence[MemberState]:
        """The members as Patroni on one of them sees them.

        Raises:
            ConfigurationFailed: it sees nothing.
        """
        del wanted
        seen = guests.run(guest, _MEMBERS, {"do": "state", "timeout": 10}, timeout=20)["members"]
        return [_state(one) for one in seen]

    def restart(self, guest: Guest, wanted: Wanted) -> None:
        """Restart PostgreSQL on a member.

        Raises:
            ConfigurationFailed.
        """
        del wanted
        guests.run(guest, _MEMBERS, {"do": "restart", "timeout": 150}, timeout=160)

    def switch_over(self, guest: Guest, wanted: Wanted, to: str) -> None:
        """Let `to` lead: the one that led stops, hands over all it has, and follows.

        Raises:
            ConfigurationFailed: `to` can't lead now.
        """
        del wanted
        guests.run(guest, _MEMBERS, {"do": "switch_over", "to": to, "timeout": 40}, timeout=50)

    def admit(self, guest: Guest, wanted: Wanted, leaves: str = "") -> None:
        """Keep on a member who is confined to which database, and end the sessions of a role there.

        Raises:
            ConfigurationFailed.
        """
        document = {"confined": confined(wanted), "leaves": leaves}
        programs.run(guest, _ADMIT, document, within=30)

    def part(self, guest: Guest, wanted: Wanted) -> None:
        """Patroni ends, and PostgreSQL with it; what Patroni wrote down goes, and the private address.

        Raises:
            ConfigurationFailed: this member does not lead, or PostgreSQL did not end cleanly.
        """
        programs.bring(guest, _PARTING, {"do": "part", "name": wanted.member}, within=150)

    def forget(self, guest: Guest, wanted: Wanted) -> None:
        """History is kept for nobody any more, and the roles go by which the members knew each other.

        Raises:
            ConfigurationFailed.
        """
        del wanted
        programs.bring(guest, _PARTING, {"do": "forget"}, within=60)

    def depose(self, guest: Guest, wanted: Wanted, dead: str) -> bool:
        """Delete the dead leader's key in etcd, if it is the leader's still: the others see that at once.

        Raises:
            ConfigurationFailed: etcd does not answer.
        """
        del wanted
        return bool(guests.run(guest, _MEMBERS, {"do": "depose", "dead": dead, "timeout": 20}, timeout=30)["led"])


def confined(wanted: Wanted) -> list[list[str]]:
    """Who is confined to which database: pairs of a database and a role."""
    return sorted([database, name] for name, database in wanted.confined.items())


def described(wanted: Wanted) -> dict[str, Any]:
    """What a member's machine must know of its ensemble. It carries the passwords that the members know each other by.

    Raises:
        ConfigurationFailed: the machine is no member.
    """
    ensemble = _ensemble(wanted)
    mine = next((one for one in ensemble.members if one.name == wanted.member), None)
    if mine is None:
        raise ConfigurationFailed(f"{wanted.member} is no member")
    namespace, _, scope = ensemble.coordinator.prefix.strip("/").rpartition("/")
    passwords = {use: _derived(ensemble, use) for use in ("replication", "rewind", "rest")}
    return {
        "scope": scope,
        "namespace": f"/{namespace}/",
        "name": mine.name,
        "private": mine.private,
        "members": len(ensemble.members),
        "first": mine.name == ensemble.first,
        "passwords": passwords,
        "coordinator": {
            "host": ensemble.coordinator.host,
            "address": ensemble.coordinator.address,
            "port": ensemble.coordinator.port,
            "username": ensemble.coordinator.username,
            "password": ensemble.coordinator.password,
            "authority": ensemble.coordinator.authority,
        },
        "roles": [
            _role(REPLICATION, "REPLICATION", passwords["replication"], ()),
            _role(REWIND, "", passwords["rewind"], _REWINDS),
        ],
    }


def _role(name: str, attributes: str, password: str, functions: Sequence[str]) -> dict[str, Any]:
    verifier = scram.scram_verifier(password, os.urandom(scram.SALT_BYTES))
    return {"name": name, "attributes": attributes, "verifier": verifier, "functions": list(functions)}


def _ensemble(wanted: Wanted) -> Ensemble:
    if wanted.ensemble is None:
        raise ConfigurationFailed("this service has one machine")
    return wanted.ensemble


def _derived(ensemble: Ensemble, use: str) -> str:
    """A password for one use: whoever knows it knows nothing of the others."""
    return hmac.new(ensemble.secret.encode(), use.encode(), hashlib.sha256).hexdigest()


def _state(seen: dict[str, Any]) -> MemberState:
    lag = seen.get("lag")
    return MemberState(
        name=seen["name"],
        leads=seen["role"] == "leader",
        running=seen["state"] in _LIVING,
        synchronous=seen["role"] == "sync_standby",
        lag=lag if isinstance(lag, int) else None,
        restart_pending=bool(seen.get("pending_restart")),
    )
