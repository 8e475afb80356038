"""Sets of records as people write them, checked and made as zone files have them."""

from __future__ import annotations

import ipaddress
import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

import dns.exception
import dns.name
import dns.rdata
import dns.rdataclass
import dns.rdatatype
import idna

from souk.provisioning import errors
from souk.provisioning.names import shown as shown_name

APEX = "@"
KINDS: Final = ("A", "AAAA", "CNAME", "MX", "TXT", "SRV", "CAA", "NS", "PTR", "TLSA", "SSHFP")
USUAL_TTL = 3600
SHORTEST, LONGEST = 60, 7 * 86400
"""Seconds that others may keep what they were told."""

MOST_VALUES = 100
MOST_TEXT = 4000
"""Bytes of a text: its parts have at most 255."""

_LABEL = re.compile(r"[a-z0-9_](?:[a-z0-9_-]{0,61}[a-z0-9_])?")
_LONGEST_NAME = 253
_TARGET: Final[Mapping[str, int]] = {"CNAME": 0, "MX": 1, "SRV": 3, "NS": 0, "PTR": 0}
"""Of kinds that name another name, which of their words that is."""

_NULL_MX = "0 ."


@dataclass(frozen=True, order=True)
class RecordSetText:
    """All records of one kind at a name within a zone."""

    name: str
    kind: str
    ttl: int
    values: tuple[str, ...]

    @property
    def key(self) -> tuple[str, str]:
        """What no two sets of a zone share."""
        return self.name, self.kind


def checked(zone: str, name: str, kind: str, ttl: int, values: Iterable[str]) -> RecordSetText:
    """A set as somebody wrote it. Names without a dot are within the zone, others are in full; a text need not be
    quoted, and is divided as DNS wants it.

    Raises:
        InvalidRecordName, UnknownRecordKind, TtlOutOfBounds, NoRecordValue, TooManyRecordValues, and what is wrong with
        a value.
    """
    within = relative(zone, name)
    known = kind.strip().upper()
    if known not in KINDS:
        raise errors.UnknownRecordKind(given=kind.strip()[:20], kinds=", ".join(KINDS))
    given = [each.strip() for each in values if each.strip()]
    if not given:
        raise errors.NoRecordValue
    written = [_value(zone, known, each) for each in given]
    return whole(RecordSetText(within, known, ttl, tuple(dict.fromkeys(written))))


def whole(records: RecordSetText) -> RecordSetText:
    """A set whose values are as zone files have them, if it may be.

    Raises:
        TtlOutOfBounds, TooManyRecordValues, CnameAtTop, SeveralCnames.
    """
    if not SHORTEST <= records.ttl <= LONGEST:
        raise errors.TtlOutOfBounds(least=SHORTEST, most=LONGEST)
    if len(records.values) > MOST_VALUES:
        raise errors.TooManyRecordValues(most=MOST_VALUES)
    if records.kind == "CNAME":
        if records.name == APEX:
            raise errors.CnameAtTop
        if len(records.values) > 1:
            raise errors.SeveralCnames
    return RecordSetText(records.name, records.kind, records.ttl, tuple(sorted(records.values)))


def beside(records: RecordSetText, kinds: Iterable[str]) -> None:
    """See that a set can be beside others of its name, of these kinds.

    Raises:
        CnameBeside.
    """
    others = set(kinds) - {records.kind}
    if others and (records.kind == "CNAME" or "CNAME" in others):
        raise errors.CnameBeside(name=records.name, kinds=", ".join(sorted(others)))


def relative(zone: str, given: str) -> str:
    """A name within a zone, as DNS has it: `@`, `www`, `*.shop`. It may be given in full.

    Raises:
        InvalidRecordName, OutsideZone.
    """
    text = given.strip()
    if text in ("", APEX):
        return APEX
    ascii_name = encoded(text.rstrip("."))
    if ascii_name == zone:
        return APEX
    if ascii_name.endswith("." + zone):
        ascii_name = ascii_name.removesuffix("." + zone)
    elif text.endswith("."):
        raise errors.OutsideZone(name=_short(text), zone=shown_name(zone))
    if len(ascii_name) + 1 + len(zone) > _LONGEST_NAME:
        raise errors.InvalidRecordName(given=_short(text))
    return ascii_name


def encoded(given: str) -> str:
    """A name of whatever labels, as DNS has it; only its first label may be `*`.

    Raises:
        InvalidRecordName.
    """
    labels = re.split("[.\u3002\uff0e\uff61]", given)
    found = []
    for number, label in enumerate(labels):
        if label == "*" and number == 0:
            found.append(label)
            continue
        try:
            written = label.lower() if label.isascii() else idna.encode(label, uts46=True, transitional=False).decode()
        except (idna.IDNAError, UnicodeError):
            raise errors.InvalidRecordName(given=_short(given)) from None
        if not _LABEL.fullmatch(written):
            raise errors.InvalidRecordName(given=_short(given))
        found.append(written)
    name = ".".join(found)
    if len(name) > _LONGEST_NAME:
        raise errors.InvalidRecordName(given=_short(given))
    return name


def full(zone: str, name: str) -> str:
    """A name within a zone in full, without a dot at the end."""
    return zone if name == APEX else f"{name}.{zone}"


def shown(name: str) -> str:
    """A name within a zone as people write it, label by label."""
    return ".".join(shown_name(label) if label.startswith("xn--") else label for label in name.split("."))


def _value(zone: str, kind: str, given: str) -> str:
    if kind == "TXT":
        return text_value(given)
    return rdata(zone, kind, _named_in_full(zone, kind, given))


def _named_in_full(zone: str, kind: str, given: str) -> str:
    """The same with the name that it names in full."""
    if kind not in _TARGET or given == _NULL_MX:
        return given
    words, at = given.split(), _TARGET[kind]
    if kind == "MX" and len(words) == 1:
        words.insert(0, "10")
    if len(words) <= at:
        return given
    target = words[at]
    if _is_address(target.rstrip(".")):
        raise errors.NameNotAddress(kind=kind, given=target[:60])
    if target == ".":
        return given
    if target == APEX:
        name = zone
    else:
        name = encoded(target.rstrip("."))
        if "." not in target:
            name = f"{name}.{zone}"
    return " ".join([*words[:at], name + ".", *words[at + 1 :]])


def rdata(zone: str, kind: str, given: str, origin: str = "") -> str:
    """A value as zone files have it; names that are not in full are within `origin`, or else the zone.

    Raises:
        InvalidRecordValue, NameNotAddress.
    """
    try:
        base = dns.name.from_text((origin or zone) + ".")
        found = dns.rdata.from_text(dns.rdataclass.IN, dns.rdatatype.from_text(kind), given, base, relativize=False)
        written = found.to_text()
    except (dns.exception.DNSException, ValueError, UnicodeError, IndexError) as error:
        raise errors.InvalidRecordValue(kind=kind, given=_short(given), example=EXAMPLES[kind]) from error
    for check in _CHECKS.get(kind, ()):
        check(written)
    return written


def text_value(given: str) -> str:
    """A text, quoted or not, in parts of 255 bytes.

    Raises:
        TextTooLong, InvalidRecordValue.
    """
    if given.startswith('"'):
        written = rdata("invalid", "TXT", given)
        _check_text(written)
        return written
    data = given.encode()
    if len(data) > MOST_TEXT:
        raise errors.TextTooLong(most=MOST_TEXT)
    parts = [data[at : at + 255] for at in range(0, len(data), 255)]
    return " ".join(f'"{_escaped(part)}"' for part in parts)


def plain_text(value: str) -> str:
    """A text as people write it, if it can be; else as zone files have it."""
    found = dns.rdata.from_text(dns.rdataclass.IN, dns.rdatatype.TXT, value)
    data = b"".join(getattr(found, "strings", ()))
    try:
        text = data.decode()
    except UnicodeDecodeError:
        return value
    return text if text.isprintable() and text == text.strip() and text and not text.startswith('"') else value


def _escaped(part: bytes) -> str:
    return "".join(
        "\\" + chr(byte) if byte in b'"\\' else chr(byte) if 0x20 <= byte < 0x7F else f"\\{byte:03d}" for byte in part
    )


def _check_text(written: str) -> None:
    found = dns.rdata.from_text(dns.rdataclass.IN, dns.rdatatype.TXT, written)
    if sum(len(each) for each in getattr(found, "strings", ())) > MOST_TEXT:
        raise errors.TextTooLong(most=MOST_TEXT)


def _names_a_host(at: int, kind: str) -> Callable[[str], None]:
    def check(written: str) -> None:
        target = written.split()[at].rstrip(".")
        if _is_address(target):
            raise errors.NameNotAddress(kind=kind, given=target[:60])

    return check


_CHECKS: Final[Mapping[str, Sequence[Callable[[str], None]]]] = {
    "TXT": (_check_text,),
    **{kind: (_names_a_host(at, kind),) for kind, at in _TARGET.items()},
}

EXAMPLES: Final[Mapping[str, str]] = {
    "A": "192.0.2.10",
    "AAAA": "2001:db8::10",
    "CNAME": "www.example.ma.",
    "MX": "10 mail.example.ma.",
    "TXT": "v=spf1 mx -all",
    "SRV": "10 5 5060 sip.example.ma.",
    "CAA": '0 issue "letsencrypt.org"',
    "NS": "ns1.example.ma.",
    "PTR": "host.example.ma.",
    "TLSA": "3 1 1 d2abde240d7cd3ee6b4b28c54df034b97983a1d16e8a410e4561cb106618e971",
    "SSHFP": "4 2 123456789abcdef67890123456789abcdef67890123456789abcdef123456789",
}
"""A value of each kind, for whoever has never seen one."""


def _is_address(text: str) -> bool:
    try:
        ipaddress.ip_address(text)
    except ValueError:
        return False
    return True


def _short(given: str) -> str:
    return given[:60]
