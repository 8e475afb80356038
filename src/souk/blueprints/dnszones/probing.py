"""Asking as a resolver does, over UDP, and transferring as another name server does, over TCP with a key."""

from __future__ import annotations

import dns.exception
import dns.flags
import dns.message
import dns.name
import dns.query
import dns.rcode
import dns.tsig

from souk.blueprints.dnszones import naming
from souk.provisioning.contract import Credentials, Health, Wanted

PORT = 53
STATUS_PORT = 8053
_ANSWER_WITHIN = 3.0
"""Seconds."""


def probe(wanted: Wanted, credentials: Credentials) -> Health:
    """Ask for the start of the zone of its own name, then for all of it."""
    try:
        plain = dns.message.make_query(wanted.hostname, "SOA")
        answer = dns.query.udp(plain, wanted.address, timeout=_ANSWER_WITHIN, port=PORT)
        if answer.rcode() != dns.rcode.NOERROR or not answer.flags & dns.flags.AA or not answer.answer:
            return Health(ok=False, detail=f"it answers {dns.rcode.to_text(answer.rcode())}")
        whole = dns.message.make_query(wanted.hostname, "AXFR")
        whole.use_tsig(key(credentials))
        answer = dns.query.tcp(whole, wanted.address, timeout=_ANSWER_WITHIN, port=PORT)
        if answer.rcode() != dns.rcode.NOERROR or not answer.answer:
            return Health(ok=False, detail=f"its key transfers nothing: {dns.rcode.to_text(answer.rcode())}")
    except (dns.exception.DNSException, OSError) as error:
        return Health(ok=False, detail=str(error)[:200] or type(error).__name__)
    return Health(ok=True)


def key(credentials: Credentials) -> dns.tsig.Key:
    """A key as dnspython has it."""
    return dns.tsig.Key(credentials.username, naming.secret(credentials.password), naming.ALGORITHM)
