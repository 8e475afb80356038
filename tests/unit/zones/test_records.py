"""Records as people write them: what is wrong is told, what is right is written as zone files have it."""

from __future__ import annotations

import pytest

from souk.kernel.errors import Problem
from souk.provisioning import errors
from souk.provisioning.zones import naming, sets

ZONE = "example.ma"


def written(kind: str, *values: str, name: str = "www", ttl: int = 300) -> tuple[str, ...]:
    return sets.checked(ZONE, name, kind, ttl, values).values


@pytest.mark.parametrize(
    ("kind", "given", "expected"),
    [
        ("A", " 192.0.2.10 ", "192.0.2.10"),
        ("AAAA", "2001:DB8:0:0::10", "2001:db8::10"),
        ("CNAME", "shop", "shop.example.ma."),
        ("CNAME", "shops.example.net", "shops.example.net."),
        ("CNAME", "@", "example.ma."),
        ("CNAME", "متجر.المغرب", "xn--pgbep1f.xn--mgbc0a9azcg."),
        ("MX", "mail", "10 mail.example.ma."),
        ("MX", "20 mail.example.net.", "20 mail.example.net."),
        ("MX", "0 .", "0 ."),
        ("SRV", "10 5 5060 sip", "10 5 5060 sip.example.ma."),
        ("TXT", "v=spf1 mx -all", '"v=spf1 mx -all"'),
        ("TXT", '"a" "b"', '"a" "b"'),
        ("TXT", 'a "quoted" \\ word', '"a \\"quoted\\" \\\\ word"'),
        ("TXT", "é", '"\\195\\169"'),
        ("CAA", '0 issue "letsencrypt.org"', '0 issue "letsencrypt.org"'),
        ("NS", "ns1.example.net", "ns1.example.net."),
        ("PTR", "host.example.ma.", "host.example.ma."),
        ("SSHFP", "4 2 " + "ab" * 32, "4 2 " + "ab" * 32),
        ("TLSA", "3 1 1 " + "AB" * 32, "3 1 1 " + "ab" * 32),
    ],
)
def test_a_value_is_written_as_zone_files_have_it(kind: str, given: str, expected: str) -> None:
    assert written(kind, given) == (expected,)


@pytest.mark.parametrize(
    ("kind", "given", "problem"),
    [
        ("A", "192.0.2.256", errors.InvalidRecordValue),
        ("A", "mail.example.ma", errors.InvalidRecordValue),
        ("AAAA", "192.0.2.1", errors.InvalidRecordValue),
        ("MX", "10 192.0.2.1", errors.NameNotAddress),
        ("MX", "192.0.2.1", errors.NameNotAddress),
        ("MX", "ten mail", errors.InvalidRecordValue),
        ("CNAME", "192.0.2.1", errors.NameNotAddress),
        ("NS", "2001:db8::1", errors.NameNotAddress),
        ("CNAME", "<script>", errors.InvalidRecordName),
        ("SRV", "10 5 sip", errors.InvalidRecordValue),
        ("CAA", "issue letsencrypt.org", errors.InvalidRecordValue),
        ("TLSA", "3 1 1 zz", errors.InvalidRecordValue),
        ("TXT", "x" * 4001, errors.TextTooLong),
        ("TXT", '"' + '" "'.join(["y" * 255] * 16) + '"', errors.TextTooLong),
        ("TXT", '"' + "x" * 65536 + '"', Problem),
        ("TXT", '"open', errors.InvalidRecordValue),
        ("HINFO", "a b", errors.UnknownRecordKind),
        ("AXFR", "", errors.UnknownRecordKind),
        ("A", "", errors.NoRecordValue),
    ],
)
def test_what_is_wrong_is_refused_with_a_sentence(kind: str, given: str, problem: type[Problem]) -> None:
    with pytest.raises(problem) as refused:
        written(kind, given)
    assert "{" not in refused.value.sentence


def test_a_long_text_is_divided_into_parts_of_255_bytes() -> None:
    (value,) = written("TXT", "k" * 600)
    assert [len(part) for part in value.strip('"').split('" "')] == [255, 255, 90]
    assert sets.plain_text(value) == "k" * 600


@pytest.mark.parametrize(
    ("given", "expected"),
    [
        ("", "@"),
        ("@", "@"),
        ("example.ma", "@"),
        ("example.ma.", "@"),
        ("WWW", "www"),
        ("www.example.ma", "www"),
        ("www.example.ma.", "www"),
        ("a.b", "a.b"),
        ("*.shop", "*.shop"),
        ("_sip._tcp", "_sip._tcp"),
        ("متجر", "xn--pgbep1f"),
    ],
)
def test_a_name_may_be_given_within_the_zone_or_in_full(given: str, expected: str) -> None:
    assert sets.relative(ZONE, given) == expected


@pytest.mark.parametrize(
    ("given", "problem"),
    [
        ("www.example.net.", errors.OutsideZone),
        ("a..b", errors.InvalidRecordName),
        ("-a", errors.InvalidRecordName),
        ("a b", errors.InvalidRecordName),
        ("a.*", errors.InvalidRecordName),
        ("x" * 64, errors.InvalidRecordName),
        (".".join(["abcdefghi"] * 25), errors.InvalidRecordName),
        ('"><img src=x>', errors.InvalidRecordName),
    ],
)
def test_a_name_that_dns_can_not_have_is_refused(given: str, problem: type[Problem]) -> None:
    with pytest.raises(problem):
        sets.relative(ZONE, given)


def test_an_alias_is_one_alone_and_not_the_zone_itself() -> None:
    with pytest.raises(errors.CnameAtTop):
        written("CNAME", "shop", name="@")
    with pytest.raises(errors.SeveralCnames):
        written("CNAME", "a", "b")
    alias = sets.checked(ZONE, "www", "CNAME", 300, ["shop"])
    sets.beside(alias, ["CNAME"])
    with pytest.raises(errors.CnameBeside):
        sets.beside(alias, ["TXT"])
    with pytest.raises(errors.CnameBeside):
        sets.beside(sets.checked(ZONE, "www", "A", 300, ["192.0.2.1"]), ["CNAME"])


@pytest.mark.parametrize("ttl", [-1, 0, 59, 7 * 86400 + 1])
def test_how_long_others_keep_records_has_bounds(ttl: int) -> None:
    with pytest.raises(errors.TtlOutOfBounds):
        written("A", "192.0.2.1", ttl=ttl)


def test_a_zone_is_a_name_that_people_have_and_no_suffix_of_others() -> None:
    assert naming.zone_name("Example.MA.") == "example.ma"
    assert naming.zone_name("2.0.192.in-addr.arpa") == "2.0.192.in-addr.arpa"
    for given, problem in {
        "ma": errors.InvalidDomain,
        "co.ma": errors.PublicSuffix,
        "*.example.ma": errors.WildcardDomain,
        "192.in-addr.arpa": errors.InvalidDomain,
        "300.2.0.192.in-addr.arpa": errors.InvalidDomain,
        "intern.local": errors.InvalidDomain,
        "": errors.InvalidDomain,
    }.items():
        with pytest.raises(problem):
            naming.zone_name(given)
