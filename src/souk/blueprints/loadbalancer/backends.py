"""A pool as HAProxy's configuration has it: whose turn it is, how members are seen to be well, and who they are."""

from __future__ import annotations

import ipaddress
from collections.abc import Iterator, Mapping
from typing import Any

from souk.blueprints.loadbalancer import naming, parameters
from souk.blueprints.loadbalancer.lines import quoted
from souk.provisioning.contract import MemberMode, Neighbour, PoolMember, Wanted

AUTHORITY = "/etc/souk/balancer/ca.crt"


def backend(pool: Mapping[str, Any], wanted: Wanted) -> str:
    """A pool with the members that are in the private network now."""
    lines = [*(_web(pool, wanted) if pool["protocol"] == "http" else _tcp(pool)), *_turns(pool)]
    members = [parameters.member(pool["name"], each) for each in pool["members"]]
    for member in members:
        if (neighbour := located(member, wanted)) is not None:
            lines.append(_server(pool, member, neighbour))
    name = naming.backend(pool["name"])
    return "\n".join([f"backend {name}", f"  guid {name}", *(f"  {line}" for line in lines)]) + "\n"


def located(member: PoolMember, wanted: Wanted) -> Neighbour | None:
    """Where a member is; nothing of a service that is not in the private network."""
    if member.service:
        return wanted.neighbours.get(member.service)
    return Neighbour(str(ipaddress.IPv4Address(member.address)), "")


def _turns(pool: Mapping[str, Any]) -> Iterator[str]:
    yield f"balance {pool['algorithm']}"
    if pool["algorithm"] == "source":
        yield "hash-type consistent"
    every = f"inter {pool['check_seconds']}s rise {pool['check_rise']} fall {pool['check_fall']}"
    # Of a machine that lost its power nobody hears: what it was asked is given up, and asked of another one if it may.
    yield f"default-server check {every} tcp-ut 5s"
    yield from ("option srvtcpka", "srvtcpka-idle 3s", "srvtcpka-intvl 1s", "srvtcpka-cnt 3")


def _web(pool: Mapping[str, Any], wanted: Wanted) -> Iterator[str]:
    yield "mode http"
    # What a member never began to answer is asked of another one, if asking twice does no harm.
    yield "retry-on conn-failure empty-response 0rtt-rejected"
    yield "http-request disable-l7-retry unless { method GET HEAD OPTIONS }"
    yield f"timeout server {pool['timeout_seconds']}s"
    yield f"timeout queue {min(10, pool['timeout_seconds'])}s"
    if pool["sticky"]:
        yield "cookie SOUKMEMBER insert indirect nocache httponly attr SameSite=Lax"
    if pool["forwarded"]:
        yield "http-request set-header X-Forwarded-For %[src]"
        yield "http-request set-header X-Forwarded-Proto https if { ssl_fc }"
        yield "http-request set-header X-Forwarded-Proto http unless { ssl_fc }"
        yield "http-request set-header X-Forwarded-Host %[req.hdr(host)]"
        yield "http-request del-header Forwarded"
    if pool["check_path"]:
        yield "option httpchk"
        yield f"http-check send meth GET uri {quoted(pool['check_path'])} ver HTTP/1.1 hdr Host {wanted.hostname}"
        yield f"http-check expect status {pool['check_status']}"


def _tcp(pool: Mapping[str, Any]) -> Iterator[str]:
    yield "mode tcp"
    yield "timeout server 1h"
    if pool["check_path"]:
        yield "option httpchk"
        yield f"http-check send meth GET uri {quoted(pool['check_path'])}"
        yield f"http-check expect status {pool['check_status']}"


def _server(pool: Mapping[str, Any], member: PoolMember, neighbour: Neighbour) -> str:
    name = naming.server(member)
    words = [f"server {name} {neighbour.address}:{member.port} guid {name}"]
    # A weight of nothing takes nothing new: what is under way ends, and who has its cookie stays.
    words.append(f"weight {0 if member.mode == MemberMode.DRAINING else member.weight}")
    if member.mode == MemberMode.MAINTENANCE:
        words.append("disabled")
    if pool["sticky"]:
        words.append(f"cookie {name}")
    if pool["proxy_protocol"]:
        words.append("send-proxy-v2 check-send-proxy")
    if pool["tls"]:
        words.append("ssl alpn http/1.1" if pool["protocol"] == "http" else "ssl")
        known = f"verify required ca-file {AUTHORITY} verifyhost {neighbour.hostname} sni str({neighbour.hostname})"
        words.append(f"{known} check-sni {neighbour.hostname}" if neighbour.hostname else "verify none")
    return " ".join(words)
