"""What HAProxy's statistics say of members and of what was asked for."""

from __future__ import annotations

import csv
import io
import uuid
from datetime import timedelta

import pytest

from souk.blueprints.loadbalancer import BLUEPRINT, naming, observer, probing
from souk.kernel import clock
from souk.provisioning.contract import (
    CheckResult,
    Credentials,
    MemberMode,
    MemberStanding,
    PoolMember,
    Severity,
    Size,
    Wanted,
)

NAME = naming.server(PoolMember("web", "un", "", 80, 100, MemberMode.ACTIVE))
HEAD = (
    "pxname,svname,scur,stot,bin,bout,econ,eresp,status,lastchg,check_status,check_code,hrsp_4xx,hrsp_5xx,req_tot,ttime"
)
MEMBERS = [{"service": "un", "port": 80}, {"service": "parti", "port": 80}]
WANTED = Wanted(uuid.uuid4(), "lb", {"pools": [{"name": "web", "members": MEMBERS}]}, Size(1, 1, 1), "lb", "10.0.0.1")


def _rows(*lines: str) -> list[probing.Row]:
    return list(csv.DictReader(io.StringIO("\n".join([HEAD, *lines]))))


@pytest.mark.parametrize(
    ("status", "check", "code", "standing", "result", "answered"),
    [
        ("UP", "L7OK", "200", MemberStanding.UP, CheckResult.ANSWERED, 200),
        ("UP 1/3", "* L7STS", "503", MemberStanding.UP, CheckResult.STATUS, 503),
        ("DOWN", "L4CON", "", MemberStanding.DOWN, CheckResult.REFUSED, None),
        ("DOWN 1/2", "L7TOUT", "", MemberStanding.DOWN, CheckResult.SILENT, None),
        ("DOWN", "L6RSP", "", MemberStanding.DOWN, CheckResult.TLS, None),
        ("DOWN", "L7RSP", "", MemberStanding.DOWN, CheckResult.GARBAGE, None),
        ("MAINT", "", "", MemberStanding.RESTING, CheckResult.NONE, None),
        ("DRAIN", "L4OK", "", MemberStanding.UP, CheckResult.ANSWERED, None),
        ("UP", "INI", "", MemberStanding.UNKNOWN, CheckResult.NONE, None),
        ("what", "ever", "x", MemberStanding.UNKNOWN, CheckResult.NONE, None),
    ],
)
def test_a_member_stands_as_haproxy_saw_it(
    monkeypatch: pytest.MonkeyPatch,
    status: str,
    check: str,
    code: str,
    standing: MemberStanding,
    result: CheckResult,
    answered: int | None,
) -> None:
    rows = _rows(f"pool-web,{NAME},2,9,1,1,1,2,{status},60,{check},{code},,,7,")
    monkeypatch.setattr(probing, "statistics", lambda *_: rows)
    seen, absent = BLUEPRINT.balancer.standing(WANTED, Credentials("x", "y"), "")
    assert (seen.standing, seen.result, seen.status) == (standing, result, answered)
    assert (seen.requests, seen.failed, seen.under_way) == (7, 3, 2)
    assert seen.since is not None
    assert abs(clock.now() - seen.since - timedelta(seconds=60)) < timedelta(seconds=5)
    assert absent.standing == MemberStanding.ABSENT


def test_what_was_counted_is_that_of_the_customers_listeners_alone() -> None:
    rows = _rows(
        "souk,FRONTEND,1,99,9,9,,,OPEN,,,,9,9,99,",
        "at-443,FRONTEND,2,5,100,200,,,OPEN,,,,1,2,10,",
        "at-80,FRONTEND,1,4,10,20,,,OPEN,,,,0,0,3,",
        f"pool-web,{NAME},0,1,0,0,0,0,DOWN,1,L4CON,,,,1,5000",
        "pool-web,x,0,1,0,0,0,0,UP 1/2,1,L4OK,,,,1,5",
        "pool-web,BACKEND,0,1,0,0,0,0,UP,1,,,,,2,250",
        "nowhere,BACKEND,0,1,0,0,0,0,UP,1,,,,,2,900",
    )
    assert observer.values(rows) == [13.0, 1.0, 2.0, 220.0, 110.0, 9.0, 3.0, 1.0, 1.0, 0.25]
    assert len(observer.values([])) == len(BLUEPRINT.observer.metrics)


@pytest.mark.parametrize(
    ("line", "severity"),
    [
        ("200 3ms 425 10.0.0.1 x GET /a pool-web/un --", Severity.INFO),
        ("404 0ms 425 10.0.0.1 x GET /a at-443/<NOSRV> LR", Severity.WARNING),
        ("503 0ms 425 10.0.0.1 x GET /a pool-web/<NOSRV> SC", Severity.ERROR),
        ("Server pool-web/un is DOWN. 1 active and 0 backup servers left.", Severity.ERROR),
        ("Server pool-web/un is UP. 2 active and 0 backup servers online.", Severity.INFO),
    ],
)
def test_a_line_of_the_log_is_as_grave_as_what_it_tells(line: str, severity: Severity) -> None:
    assert observer.severity({}, line) == severity


def test_a_count_that_is_none_is_nothing() -> None:
    for told in ("", "-3", "x", "9" * 30, "²"):
        assert probing.number({"scur": told}, "scur") == 0
