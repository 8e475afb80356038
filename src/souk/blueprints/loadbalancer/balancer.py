"""To whom a load balancer leads, and how it sees them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any

from souk.blueprints.loadbalancer import naming, parameters, probing
from souk.blueprints.loadbalancer.probing import Row, number
from souk.kernel import clock
from souk.provisioning.contract import (
    POOLS,
    CheckResult,
    Credentials,
    MemberSeen,
    MemberStanding,
    PoolMember,
    Wanted,
)

_RESULTS = {
    "L4CON": CheckResult.REFUSED,
    "L4TOUT": CheckResult.SILENT,
    "L6TOUT": CheckResult.SILENT,
    "L7TOUT": CheckResult.SILENT,
    "L6RSP": CheckResult.TLS,
    "L7STS": CheckResult.STATUS,
    "L7RSP": CheckResult.GARBAGE,
    "L4OK": CheckResult.ANSWERED,
    "L6OK": CheckResult.ANSWERED,
    "L7OK": CheckResult.ANSWERED,
    "L7OKC": CheckResult.ANSWERED,
}
_LONGEST_AGO = 10 * 365 * 86_400


class Balancing:
    """Pools of HAProxy, whose members are seen in what it counts."""

    def pools(self, given: Mapping[str, Any]) -> Sequence[str]:
        """Their names, in their order."""
        return [each["name"] for each in parameters.complete(given)[POOLS]]

    def members(self, given: Mapping[str, Any]) -> Sequence[PoolMember]:
        """All of them, pool by pool."""
        return list(parameters.pool_members(given))

    def having(self, given: Mapping[str, Any], members: Sequence[PoolMember]) -> dict[str, Any]:
        """The pools with these members."""
        return parameters.having(given, members)

    def standing(self, wanted: Wanted, credentials: Credentials, authority: str) -> Sequence[MemberSeen]:
        """Each member, in its order, as HAProxy sees it.

        Raises:
            ConfigurationFailed.
        """
        rows = probing.statistics(wanted, credentials, authority)
        told = {(row.get("pxname"), row.get("svname")): row for row in rows}
        return [_seen(each, told) for each in self.members(wanted.parameters)]


def _seen(member: PoolMember, told: Mapping[tuple[str | None, str | None], Row]) -> MemberSeen:
    row = told.get((naming.backend(member.pool), naming.server(member)))
    if row is None:
        return MemberSeen(member.pool, member.name, MemberStanding.ABSENT)
    # A star: another check is under way.
    result = _RESULTS.get((row.get("check_status") or "").lstrip("* "), CheckResult.NONE)
    status = number(row, "check_code") if result in (CheckResult.STATUS, CheckResult.ANSWERED) else 0
    return MemberSeen(
        member.pool,
        member.name,
        _standing(row.get("status") or "", result),
        since=_since(row),
        result=result,
        status=status or None,
        requests=number(row, "req_tot") or number(row, "stot"),
        failed=number(row, "econ") + number(row, "eresp"),
        under_way=number(row, "scur"),
    )


def _standing(said: str, result: CheckResult) -> MemberStanding:
    """From HAProxy's words, such as `UP 1/3` of one that is about to be down."""
    if said.startswith("MAINT"):
        return MemberStanding.RESTING
    if said.startswith("DOWN"):
        return MemberStanding.DOWN
    if result == CheckResult.NONE:
        return MemberStanding.UNKNOWN
    return MemberStanding.UP if said.startswith(("UP", "DRAIN", "NOLB")) else MemberStanding.UNKNOWN


def _since(row: Row) -> datetime | None:
    ago = number(row, "lastchg")
    return clock.now() - timedelta(seconds=ago) if ago < _LONGEST_AGO else None
