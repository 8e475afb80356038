"""Pools of a load balancer, and their members."""

from __future__ import annotations

import ipaddress
from typing import Annotated

from cyclopts import Parameter

from souk.cli import formats
from souk.cli.commands.services import Name, Wait, finish
from souk.cli.context import Context, Given
from souk.cli.errors import Stopped
from souk.cli.language import _
from souk.cli.output import Right
from souk.client.models import PoolMemberChanges, PoolMemberIn, PoolMemberRow

Pool = Annotated[str, Parameter(help=_("The pool's name."))]
Member = Annotated[str, Parameter(help=_("A service or an address, and the port after a colon, like shop:80."))]
Weight = Annotated[int, Parameter(help=_("Its share beside the others': 1 to 256."))]


def listing(name: Name, /, *, context: Given) -> None:
    found = context.client.get_pools(context.service(name)["id"])
    if context.output.as_json:
        context.output.data(found)
        return
    context.output.table(
        [_("Pool"), _("Member"), _("State"), _("Since"), _("Last check"), Right(_("Weight")), Right(_("Given"))],
        (
            (
                pool["name"],
                each["name"],
                _state(each),
                formats.moment(each["since"]) if each["since"] else "",
                _found(each),
                str(each["weight"]),
                str(each["requests"]),
            )
            for pool in found["pools"]
            for each in pool["members"]
        ),
        empty=_("No pool has a member yet. `souk pools add` adds one."),
    )


def add(name: Name, pool: Pool, member: Member, /, *, weight: Weight = 100, wait: Wait = True, context: Given) -> None:
    who, _colon, port = member.rpartition(":")
    if not who or not port.isdecimal():
        raise Stopped(_("“{member}” has no port. Write it like shop:80.").format(member=member))
    body: PoolMemberIn = {"port": int(port), "weight": weight}
    if _is_address(who):
        body["address"] = who
    else:
        body["service"] = who
    finish(context, name, context.client.add_pool_member(context.service(name)["id"], pool, body), wait)


def remove(name: Name, pool: Pool, member: Member, /, *, wait: Wait = True, context: Given) -> None:
    asked = context.client.remove_pool_member(context.service(name)["id"], pool, member)
    finish(context, name, asked, wait)


def drain(name: Name, pool: Pool, member: Member, /, *, wait: Wait = True, context: Given) -> None:
    _change(context, name, pool, member, {"mode": "draining"}, wait)


def rest(name: Name, pool: Pool, member: Member, /, *, wait: Wait = True, context: Given) -> None:
    _change(context, name, pool, member, {"mode": "maintenance"}, wait)


def resume(name: Name, pool: Pool, member: Member, /, *, wait: Wait = True, context: Given) -> None:
    _change(context, name, pool, member, {"mode": "active"}, wait)


def weigh(name: Name, pool: Pool, member: Member, weight: Weight, /, *, wait: Wait = True, context: Given) -> None:
    _change(context, name, pool, member, {"weight": weight}, wait)


def _change(context: Context, name: str, pool: str, member: str, changes: PoolMemberChanges, wait: bool) -> None:
    asked = context.client.change_pool_member(context.service(name)["id"], pool, member, changes)
    finish(context, name, asked, wait)


def _is_address(text: str) -> bool:
    try:
        ipaddress.IPv4Address(text)
    except ValueError:
        return False
    return True


def _state(each: PoolMemberRow) -> str:
    standing = formats.word(f"member_{each['standing']}")
    return standing if each["mode"] == "active" else f"{standing}, {formats.word('member_' + each['mode'])}"


def _found(each: PoolMemberRow) -> str:
    if each["standing"] in ("resting", "absent"):
        return ""
    if each["result"] == "none":
        return ""
    result = formats.word(f"check_{each['result']}")
    return f"{result} {each['status']}" if each["result"] == "status" and each["status"] else result
