"""What the name server is told: to answer with authority only, to nobody more than it must."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from souk.provisioning.contract import Wanted

_CONF: Final = """\
server:
    rundir: "/run/souk-dns"
    listen: 0.0.0.0@53
    version: ""
    identity: ""
    nsid: ""
    udp-max-payload: 1232
    tcp-io-timeout: 500
    tcp-idle-timeout: 10
    tcp-max-clients: {clients}
    udp-workers: {workers}
    tcp-workers: {workers}
    background-workers: {workers}
    automatic-acl: off

control:
    listen: "knot.sock"

log:
  - target: syslog
    any: info

database:
    storage: "/var/lib/souk-dns"
    journal-db-max-size: {journal}M
    kasp-db-max-size: 64M
    timer-db-max-size: 16M

mod-rrl:
  - id: default
    rate-limit: 50
    instant-limit: 125
    slip: 2

mod-stats:
  - id: default
    server-operation: on
    query-size: off
    reply-size: off

policy:
  - id: signed
    algorithm: ecdsap256sha256
    ksk-lifetime: 0
    zsk-lifetime: 60d
    nsec3: on
    nsec3-iterations: 0
    nsec3-salt-length: 0
    cds-cdnskey-publish: always
    reproducible-signing: on

include: "/etc/souk/dns/keys.conf"

{remotes}
template:
  - id: default
    global-module: [mod-rrl/default, mod-stats/default]
  - id: plain
    storage: "/var/lib/souk-dns/zones"
    file: "%s.zone"
    zonefile-sync: -1
    zonefile-load: difference-no-serial
    journal-content: all
    journal-max-depth: 20
    serial-policy: unixtime
    acl: transfer
{notify}  - id: signed
    storage: "/var/lib/souk-dns/zones"
    file: "%s.zone"
    zonefile-sync: -1
    zonefile-load: difference-no-serial
    journal-content: all
    journal-max-depth: 20
    serial-policy: unixtime
    acl: transfer
    dnssec-signing: on
    dnssec-policy: signed
{notify}
zone:
  - domain: {hostname}.
    storage: "/var/lib/souk-dns"
    file: "own.zone"
    zonefile-sync: -1
    zonefile-load: whole
    journal-content: none
    acl: transfer

include: "/etc/souk/dns/zones.conf"
"""


def conf(wanted: Wanted, secondaries: Sequence[str]) -> str:
    """The server's settings. `secondaries` are the addresses that are told at once of changes."""
    remotes = "".join(f"  - id: secondary{number}\n    address: {each}@53\n" for number, each in enumerate(secondaries))
    told = ", ".join(f"secondary{number}" for number, _ in enumerate(secondaries))
    return _CONF.format(
        hostname=wanted.hostname,
        workers=wanted.size.vcpus,
        clients=min(2000, wanted.size.memory // 1024**2),
        journal=max(64, wanted.size.disk // 1024**2 // 4),
        remotes=f"remote:\n{remotes}" if remotes else "",
        notify=f"    notify: [{told}]\n" if told else "",
    )


def own(wanted: Wanted) -> str:
    """The zone of the server's own name: whoever asks sees that it answers, before it has any other."""
    host = wanted.hostname
    return (
        f"{host}. 300 IN SOA {host}. hostmaster.{host}. 1 3600 600 1209600 300\n"
        f"{host}. 300 IN NS {host}.\n"
        f"{host}. 300 IN A {wanted.address}\n"
    )
