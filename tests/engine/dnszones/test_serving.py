"""What is told of zones is served: over UDP and TCP, signed, to whoever may, and nothing else to anybody."""

from __future__ import annotations

import contextlib
import secrets
import socket
from dataclasses import replace

import dns.dnssec
import dns.exception
import dns.flags
import dns.message
import dns.name
import dns.query
import dns.rcode
import dns.rdataclass
import dns.rdatatype
import dns.update
import dns.xfr
import dns.zone
import pytest
from tests.engine.dnszones.conftest import Server

from souk.blueprints.dnszones import BLUEPRINT, probing
from souk.blueprints.dnszones.observer import METRICS
from souk.provisioning.contract import BindingRole, Credentials

pytestmark = pytest.mark.engine

ZONE = "example.ma"
TEXT = """\
@ 300 IN MX 10 mail
@ 300 IN CAA 0 issue "letsencrypt.org"
www 300 IN A 192.0.2.10
mail 300 IN A 192.0.2.11
*.shop 300 IN A 192.0.2.12
sub 300 IN NS ns.elsewhere.net.
"""


@pytest.fixture(scope="module", autouse=True)
def served(server: Server) -> None:
    server.serve(ZONE, TEXT)


def transferred(server: Server, key: Credentials | None, kind: str = "AXFR") -> dns.zone.Zone:
    """A zone, as a secondary fetches it."""
    found = dns.zone.Zone(ZONE)
    question = dns.message.make_query(ZONE, kind)
    if key is not None:
        question.use_tsig(probing.key(key))
    dns.query.inbound_xfr(server.wanted.address, found, query=question, timeout=5)
    return found


def test_it_answers_with_authority_over_udp_and_tcp(server: Server) -> None:
    for tcp in (False, True):
        answer = server.ask(f"www.{ZONE}", "A", tcp=tcp)
        assert answer.flags & dns.flags.AA
        assert not answer.flags & dns.flags.RA
        assert [each.to_text() for each in answer.answer[0]] == ["192.0.2.10"]
    assert server.values(f"a.shop.{ZONE}", "A") == ["192.0.2.12"]
    assert server.ask(f"none.{ZONE}", "A").rcode() == dns.rcode.NXDOMAIN
    assert server.values(ZONE, "NS") == [f"{server.wanted.hostname}."]


def test_real_clients_in_the_world_find_it_signed(server: Server) -> None:
    """The chain from the DS record that is shown down to an address, verified as a resolver does."""
    [anchor] = server.tell()[ZONE].ds
    keys = next(
        each
        for each in server.ask(ZONE, "DNSKEY", want_dnssec=True, tcp=True).answer
        if each.rdtype == dns.rdatatype.DNSKEY
    )
    made = {dns.dnssec.make_ds(dns.name.from_text(ZONE), each, "SHA256").to_text() for each in keys}
    assert anchor in made
    name = dns.name.from_text(f"www.{ZONE}")
    answer = server.ask(f"www.{ZONE}", "A", want_dnssec=True)
    records, signature = (
        answer.find_rrset(answer.answer, name, dns.rdataclass.IN, dns.rdatatype.A),
        answer.find_rrset(answer.answer, name, dns.rdataclass.IN, dns.rdatatype.RRSIG, dns.rdatatype.A),
    )
    dns.dnssec.validate(records, signature, {dns.name.from_text(ZONE): keys})
    done = server.execute(["kdig", "@127.0.0.1", "+dnssec", "+short", f"www.{ZONE}", "A"])
    assert done.stdout.splitlines()[0] == "192.0.2.10"


def test_a_change_is_served_at_once_with_a_larger_serial(server: Server) -> None:
    before = server.tell()[ZONE].serial
    told = server.serve(ZONE, TEXT + "new 300 IN A 192.0.2.99\n")
    assert server.values(f"new.{ZONE}", "A") == ["192.0.2.99"]
    assert told[ZONE].serial > before
    told_again = server.serve(ZONE, TEXT)
    assert server.values(f"new.{ZONE}", "A") == []
    assert told_again[ZONE].serial > told[ZONE].serial


def test_a_zone_that_is_not_wanted_any_more_is_refused_and_unsigned_ones_are_plain(server: Server) -> None:
    told = server.serve("example.com", "@ 300 IN A 192.0.2.20\n", signed=False)
    assert told["example.com"].ds == []
    assert server.values("example.com", "A") == ["192.0.2.20"]
    assert server.values("example.com", "DNSKEY") == []
    del server.zones["example.com"]
    server.tell()
    assert server.ask("example.com", "A").rcode() == dns.rcode.REFUSED


def test_a_name_in_arabic_is_served(server: Server) -> None:
    server.serve("xn--pgbep1f.xn--mgbc0a9azcg", "@ 300 IN A 192.0.2.30\n")
    name = dns.name.from_unicode("متجر.المغرب", idna_codec=dns.name.IDNA_2008)
    assert server.values(name.to_text(), "A") == ["192.0.2.30"]


def test_it_resolves_nothing_for_anybody(server: Server) -> None:
    for name in ("www.example.net", "version.bind"):
        assert server.ask(name, "A").rcode() == dns.rcode.REFUSED


def test_it_does_not_tell_what_it_is(server: Server) -> None:
    for name in ("version.bind", "version.server", "id.server", "hostname.bind"):
        question = dns.message.make_query(name, "TXT", rdclass="CH")
        with contextlib.suppress(dns.exception.Timeout):
            assert dns.query.udp(question, server.wanted.address, timeout=2).answer == []


def test_zones_are_transferred_to_who_has_a_key_and_to_nobody_else(server: Server) -> None:
    stranger = replace(server.credentials, password=secrets.token_urlsafe(24))
    for key in (None, stranger, Credentials("nobody", "x" * 24)):
        with pytest.raises((dns.xfr.TransferError, dns.exception.DNSException)):
            transferred(server, key)
    assert not BLUEPRINT.probe(server.wanted, stranger, "").ok
    binder = BLUEPRINT.binder
    second = binder.binding(server.wanted, "second", secrets.token_urlsafe(24))
    binder.grant(server, server.wanted, second, BindingRole.READER)
    found = transferred(server, second)
    assert found.get_rdataset("www", "A") is not None
    binder.revoke(server, server.wanted, "second")
    with pytest.raises((dns.xfr.TransferError, dns.exception.DNSException)):
        transferred(server, second)
    assert transferred(server, server.credentials).get_rdataset("www", "A") is not None


def test_nobody_writes_by_dns(server: Server) -> None:
    change = dns.update.UpdateMessage(ZONE)
    change.add("evil", 300, "A", "192.0.2.66")
    for key in (None, server.credentials):
        if key is not None:
            change.use_tsig(probing.key(key))
        with contextlib.suppress(dns.exception.DNSException):
            assert dns.query.tcp(change, server.wanted.address, timeout=3).rcode() != dns.rcode.NOERROR
    assert server.values(f"evil.{ZONE}", "A") == []


def test_a_short_question_has_no_long_answer(server: Server) -> None:
    """Who forges a victim's address has nothing multiplied: ANY is answered with one set, the rest in 1,232 bytes, and
    whoever asks too often is told to come by TCP, or nothing.
    """
    question = dns.message.make_query(ZONE, "ANY")
    assert len(server.ask(ZONE, "ANY").to_wire()) < 4 * len(question.to_wire())
    assert len(server.ask(ZONE, "DNSKEY", want_dnssec=True, payload=4096).to_wire()) <= 1232
    wire = dns.message.make_query(ZONE, "MX", want_dnssec=True).to_wire()
    whole = 0
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as asker:
        asker.connect((server.wanted.address, 53))
        asker.settimeout(0.3)
        for _ in range(3000):
            asker.send(wire)
        with contextlib.suppress(TimeoutError):
            while True:
                answer = dns.message.from_wire(asker.recv(4096))
                whole += not answer.flags & dns.flags.TC
    assert 0 < whole < 1000
    assert server.ask(f"www.{ZONE}", "A", tcp=True).answer


def test_what_it_counted_is_told_to_its_owner(server: Server) -> None:
    for name in ("www.example.net", f"none.{ZONE}"):
        server.ask(name, "A", tcp=True)
    transferred(server, server.credentials)
    look = BLUEPRINT.observer.look(server.wanted, server.credentials, server.certificate.authority)
    assert look.health.ok
    told = dict(zip((metric.key for metric in METRICS), look.values, strict=True))
    assert told["zones"] >= 1
    assert told["queries"] > 0
    assert told["answers_nxdomain"] > 0
    assert told["answers_refused"] > 0
    assert told["transfers"] > 0
    assert (told["rate_dropped"] or 0) + (told["rate_slipped"] or 0) > 0
    log = BLUEPRINT.observer.log(server, server.wanted, "", 100_000)
    assert any(ZONE in line.text for line in log.lines)


def test_a_boot_and_a_new_configuration_lose_nothing(server: Server) -> None:
    before = server.tell()[ZONE]
    server.engine.stop(server.spec.name)
    server.engine.start(server.spec.name)
    server.wanted = replace(server.wanted, parameters={"secondaries": ["192.0.2.53"]})
    server.configure()
    assert BLUEPRINT.probe(server.wanted, server.credentials, "").ok
    after = server.tell()[ZONE]
    assert after.ds == before.ds
    assert after.serial >= before.serial
    assert server.values(f"www.{ZONE}", "A") == ["192.0.2.10"]
