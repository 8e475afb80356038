"""What HAProxy reads: written here from what is wanted, laid down by `configure` in the machine.

HAProxy's own strictness about what a request may look like is left as it is (`option accept-unsafe-violations-...` is
never set): what two servers could read in two ways is refused here.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from souk.blueprints.loadbalancer import naming, parameters, sizing
from souk.blueprints.loadbalancer.backends import backend
from souk.provisioning.contract import LISTENERS, POOLS, Wanted

FOLDER = "/etc/souk/balancer"
PAGES = "/usr/lib/souk/balancer/pages"
PLAIN_PORT = 80


def configuration(wanted: Wanted) -> str:
    """All of it."""
    whole = parameters.complete(wanted.parameters)
    listeners, pools = whole[LISTENERS], whole[POOLS]
    connections = sizing.connections(wanted.size.memory)
    parts = [_HEAD.format(connections=connections, threads=wanted.size.vcpus), _own()]
    parts += [_listener(each, pools) for each in listeners]
    if PLAIN_PORT not in [each["port"] for each in listeners]:
        # Whoever issues certificates asks there.
        parts.append(_section(PLAIN_PORT, [*_plain(PLAIN_PORT), *_names("plain"), *_NO]))
    parts += [backend(each, wanted) for each in pools]
    return "\n".join(parts)


def _section(port: int, lines: Iterable[str]) -> str:
    """A listener, under a name by which what it counted is found again when the configuration was taken anew."""
    name = naming.listener(port)
    return "\n".join([f"frontend {name}", f"  guid {name}", *(f"  {line}" for line in lines)]) + "\n"


def _listener(listener: Mapping[str, Any], pools: list[dict[str, Any]]) -> str:
    lines = _web(listener, pools) if listener["protocol"] in (*parameters.WEB, "redirect") else _tcp(listener)
    return _section(listener["port"], lines)


def _web(listener: Mapping[str, Any], pools: list[dict[str, Any]]) -> Iterator[str]:
    port, secure = listener["port"], listener["protocol"] == "https"
    if secure:
        yield f"bind :{port} ssl crt-list {FOLDER}/certificates alpn h2,http/1.1"
        yield from _HTTP
    else:
        yield from _plain(port)
    yield from _limits(listener, "http_req_rate")
    yield f"timeout client {max([60, *(each['timeout_seconds'] for each in pools)])}s"
    yield from _names("secure" if secure else "plain")
    if listener["protocol"] == "redirect":
        named = "{ var(txn.host) -m len gt 0 }"
        yield f"http-request redirect code 308 location https://%[var(txn.host)]%[pathq] if {named}"
        yield from _NO
        return
    if most := listener["body_megabytes"]:
        yield "acl sends method POST PUT PATCH"
        yield "acl sends req.hdr(transfer-encoding) -m found"
        yield f"http-request return status 411 {_page('length')} if sends !{{ req.hdr(content-length) -m found }}"
        yield f"http-request deny deny_status 413 if {{ req.hdr_val(content-length) gt {most * sizing.MIB} }}"
    for name, pool in parameters.routes(listener):
        yield f"use_backend {naming.backend(pool)} if {{ var(txn.host) -m str {name} }}"
    yield f"default_backend {naming.backend(listener['pool']) if listener['pool'] else 'nowhere'}"


def _tcp(listener: Mapping[str, Any]) -> Iterator[str]:
    yield "mode tcp"
    yield f"bind :{listener['port']}"
    yield f"log-format {_TCP_LOG}"
    yield "timeout client 1h"
    yield from _limits(listener, "conn_rate")
    if listener["protocol"] == "passthrough":
        yield "tcp-request inspect-delay 5s"
        yield "tcp-request content accept if { req.ssl_hello_type 1 }"
        yield "tcp-request content reject"
        for name, pool in parameters.routes(listener):
            yield f"use_backend {naming.backend(pool)} if {{ req.ssl_sni -i {name} }}"
    if listener["pool"]:
        yield f"default_backend {naming.backend(listener['pool'])}"


def _limits(listener: Mapping[str, Any], rate: str) -> Iterator[str]:
    """What one client may take."""
    if not (listener["rate"] or listener["client_connections"]):
        return
    yield f"stick-table type ipv6 size 100k expire 30s store conn_cur,{rate}(10s)"
    yield "tcp-request connection track-sc0 src"
    if most := listener["client_connections"]:
        yield f"tcp-request connection reject if {{ sc0_conn_cur gt {most} }}"
    if most := listener["rate"]:
        verb = "tcp-request connection reject" if rate == "conn_rate" else "http-request deny deny_status 429"
        yield f"{verb} if {{ sc0_{rate} gt {most} }}"


def _plain(port: int) -> Iterator[str]:
    yield f"bind :{port}"
    yield from _HTTP


def _names(way: str) -> Iterator[str]:
    """The customer's own names: what proves them to who issues certificates, and where each leads."""
    yield "http-request set-var(txn.host) req.hdr(host),host_only,lower"
    yield "http-request set-var(txn.path) path"
    if way == "plain":
        proof = f"path,map({FOLDER}/proofs.map)"
        said = f'content-type text/plain lf-string "%[{proof}]"'
        yield f"http-request return status 200 {said} if {{ path_beg {_PROVED} }} {{ {proof} -m found }}"
    yield f"http-request set-var(txn.leads) var(txn.host),map({FOLDER}/{way}.map)"
    yield "http-request redirect code 308 location %[var(txn.leads)]%[pathq] if { var(txn.leads) -m found }"
    if way == "secure":
        strict = f"{{ var(txn.host),map({FOLDER}/strict.map) -m found }}"
        yield f"http-response set-header Strict-Transport-Security max-age=31536000 if {strict}"


def _page(name: str) -> str:
    return f'content-type "text/html; charset=utf-8" file {PAGES}/{name}.html'


def _own() -> str:
    """What the balancer tells of itself, to whoever signs in: `people` are written down in the machine."""
    return _OWN.format(port=parameters.STATISTICS_PORT, folder=FOLDER, nowhere=_page("nowhere"))


_PROVED = "/.well-known/acme-challenge/"

# The path alone: what follows may be somebody's secret.
_LOG = '"%ST %[txn.timer.total]ms %B %ci %[var(txn.host)] %HM %[var(txn.path)] %b/%s %ts"'
_TCP_LOG = '"- %B %ci %b/%s %ts"'
# A client that is about to send is not cut off when the configuration is taken anew.
_HTTP = ("mode http", f"log-format {_LOG}", "option http-ignore-probes", "option idle-close-on-response")
_NO = ("default_backend nowhere",)

_HEAD = """\
global
  maxconn {connections}
  nbthread {threads}
  user haproxy
  group haproxy
  log /dev/log len 4096 daemon
  stats socket /run/souk-balancer/admin mode 600 level admin
  server-state-file /run/souk-balancer/states
  stats-file /run/souk-balancer/counts
  # Of a process whose configuration was replaced: connections that do not end by themselves.
  hard-stop-after 30m
  ssl-default-bind-options ssl-min-ver TLSv1.2 no-tls-tickets
  ssl-default-bind-ciphers ECDHE+AESGCM:ECDHE+CHACHA20
  ssl-default-server-options ssl-min-ver TLSv1.2

defaults
  mode http
  log global
  option dontlognull
  option redispatch 1
  option log-health-checks
  load-server-state-from-file global
  retries 3
  timeout connect 3s
  # A client that sends its request byte by byte is not waited for.
  timeout http-request 10s
  timeout http-keep-alive 30s
  timeout client 60s
  timeout client-fin 10s
  timeout server 60s
  timeout server-fin 10s
  timeout queue 10s
  timeout tunnel 1h
  http-error status 400 content-type "text/html; charset=utf-8" file /usr/lib/souk/balancer/pages/unread.html
  http-error status 408 content-type "text/html; charset=utf-8" file /usr/lib/souk/balancer/pages/unread.html
  http-error status 413 content-type "text/html; charset=utf-8" file /usr/lib/souk/balancer/pages/large.html
  http-error status 429 content-type "text/html; charset=utf-8" file /usr/lib/souk/balancer/pages/often.html
  http-error status 502 content-type "text/html; charset=utf-8" file /usr/lib/souk/balancer/pages/nobody.html
  http-error status 503 content-type "text/html; charset=utf-8" file /usr/lib/souk/balancer/pages/nobody.html
  http-error status 504 content-type "text/html; charset=utf-8" file /usr/lib/souk/balancer/pages/nobody.html
"""

_OWN = """\
frontend souk
  bind :{port} ssl crt {folder}/server.pem alpn h2,http/1.1
  no log
  http-request auth realm Statistics unless {{ http_auth(people) }}
  http-request use-service prometheus-exporter if {{ path /metrics }}
  stats enable
  stats uri /
  stats hide-version
  stats refresh 10s

backend nowhere
  http-request return status 404 {nowhere}
"""
