"""Zone files: what is written reads back as the same, what is wrong is told by its line, what differs is shown."""

from __future__ import annotations

import time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from souk.provisioning import errors
from souk.provisioning.zones import comparing, files, sets
from souk.provisioning.zones.comparing import Present
from souk.provisioning.zones.sets import RecordSetText

ZONE = "example.ma"

FROM_ELSEWHERE = """\
; exported by somebody
$TTL 1h
$ORIGIN example.ma.
@       IN SOA ns1.old.net. host.old.net. ( 2024010101 ; serial
            3600 900 1209600 300 )
        IN NS  ns1.old.net.
        IN NS  ns2.old.net.
        IN MX  10 mail
        86400 TXT "v=spf1 mx -all"
www     300 IN A 192.0.2.10
        IN 600 A 192.0.2.11
mail    A 192.0.2.12
$ORIGIN shop.example.ma.
@       A 192.0.2.13
api     CNAME @
_sip._tcp SRV 10 5 5060 api
key     TXT ( "part one; not a comment"
              "part two" )
"""


def test_a_file_from_elsewhere_is_understood() -> None:
    read = files.read(ZONE, FROM_ELSEWHERE)
    assert [(each.line, each.problem.sentence) for each in read.wrong] == []
    found = {each.key: each for each in read.records}
    assert found["www", "A"] == RecordSetText("www", "A", 300, ("192.0.2.10", "192.0.2.11"))
    assert found["@", "MX"].values == ("10 mail.example.ma.",)
    assert found["@", "TXT"].ttl == 86400
    assert found["shop", "A"].values == ("192.0.2.13",)
    assert found["api.shop", "CNAME"].values == ("shop.example.ma.",)
    assert found["_sip._tcp.shop", "SRV"].values == ("10 5 5060 api.shop.example.ma.",)
    assert found["key.shop", "TXT"].values == ('"part one; not a comment" "part two"',)
    assert read.made_anew == 1
    assert found["mail", "A"].ttl == 3600


def test_all_that_is_wrong_is_told_by_its_line_and_the_rest_is_read() -> None:
    text = "\n".join(
        [
            "www A 192.0.2.10",
            "$INCLUDE /etc/passwd",
            "bad A 192.0.2.999",
            "ok A 192.0.2.11",
            "\x00\x01\x02 garbage",
            "www CNAME other",
            "x CH A 192.0.2.1",
            "elsewhere.net. A 192.0.2.1",
            "y TXT " + '"' + "z" * 65536 + '"',
            "$GENERATE 1-100000 h$ A 192.0.2.1",
        ]
    )
    read = files.read(ZONE, text)
    assert {each.line for each in read.wrong} == {1, 2, 3, 5, 6, 7, 8, 9, 10}
    assert [each.key for each in read.records] == [("ok", "A")]


@pytest.mark.parametrize(
    "text",
    ["x\n" * 10_001, "a" * (files.MOST_BYTES + 1), "é" * (files.MOST_BYTES // 2 + 1)],
    ids=["lines", "bytes", "é"],
)
def test_a_file_that_is_too_long_is_refused(text: str) -> None:
    with pytest.raises(errors.ZoneFileTooLong):
        files.read(ZONE, text)


@settings(max_examples=100)
@given(st.text(max_size=400))
def test_garbage_is_told_and_nothing_breaks(text: str) -> None:
    read = files.read(ZONE, text)
    assert all(each.problem.sentence for each in read.wrong)


def test_ten_thousand_lines_are_read_within_seconds() -> None:
    text = "\n".join(f"h{number} A 192.0.2.{number % 250 + 1}" for number in range(10_000))
    began = time.monotonic()
    assert len(files.read(ZONE, text).records) == 10_000
    assert time.monotonic() - began < 5


_LABEL = st.text(alphabet="abcdefghijklmnopqrstuvwxyz0123456789", min_size=1, max_size=12)
_NAME = st.one_of(
    st.just("@"), st.lists(_LABEL, min_size=1, max_size=3).map(".".join), _LABEL.map("*.{}".format), st.just("متجر")
)
_TTL = st.integers(sets.SHORTEST, sets.LONGEST)
_VALUES = st.one_of(
    st.tuples(st.just("A"), st.lists(st.ip_addresses(v=4).map(str), min_size=1, max_size=3)),
    st.tuples(st.just("AAAA"), st.lists(st.ip_addresses(v=6).map(str), min_size=1, max_size=3)),
    st.tuples(st.just("MX"), st.lists(_LABEL.map("10 {}".format), min_size=1, max_size=3)),
    st.tuples(
        st.just("TXT"),
        st.lists(
            st.text(alphabet=st.characters(codec="utf-8", exclude_categories=("Cs",)), min_size=1, max_size=300).filter(
                lambda text: text.strip() != "" and not text.strip().startswith('"')
            ),
            min_size=1,
            max_size=2,
        ),
    ),
    st.tuples(st.just("CAA"), st.just(['0 issue "letsencrypt.org"', '0 iodef "mailto:a@example.ma"'])),
    st.tuples(st.just("SRV"), st.lists(_LABEL.map("1 2 3 {}".format), min_size=1, max_size=2)),
)


@settings(max_examples=150)
@given(st.lists(st.tuples(_NAME, _VALUES, _TTL), max_size=8))
def test_what_is_written_reads_back_as_the_same(given_: list[tuple[str, tuple[str, list[str]], int]]) -> None:
    records = {}
    for name, (kind, values), ttl in given_:
        each = sets.checked(ZONE, name, kind, ttl, values)
        records[each.key] = each
    read = files.read(ZONE, files.written(ZONE, records.values()))
    assert read.wrong == []
    assert sorted(read.records) == sorted(records.values())


def _present(*records: RecordSetText, followed: bool = False) -> list[Present]:
    return [Present(each, followed) for each in records]


WWW = RecordSetText("www", "A", 300, ("192.0.2.10",))
OLD = RecordSetText("old", "A", 300, ("192.0.2.9",))


def test_what_a_file_does_not_name_stays_unless_all_is_replaced() -> None:
    text = "www 300 A 192.0.2.11\nnew 300 A 192.0.2.12\n"
    found = comparing.difference(ZONE, _present(WWW, OLD), text, replace=False)
    assert [each.name for each in found.added] == ["new"]
    assert found.changed == [(WWW, RecordSetText("www", "A", 300, ("192.0.2.11",)))]
    assert found.removed == []
    assert comparing.difference(ZONE, _present(WWW, OLD), text, replace=True).removed == [OLD]


def test_what_follows_a_service_is_not_a_files_to_change_or_to_remove() -> None:
    found = comparing.difference(ZONE, _present(WWW, OLD, followed=True), "www 300 A 192.0.2.11\n", replace=True)
    assert (found.changed, found.removed, found.kept) == ([], [], [WWW])


def test_name_servers_of_before_are_left_out_and_own_ones_are_kept() -> None:
    text = "@ 300 NS ns1.old.net.\n"
    assert comparing.difference(ZONE, [], text, replace=False).servers == ("ns1.old.net.",)
    mine = RecordSetText("@", "NS", 300, ("ns1.mine.net.",))
    assert comparing.difference(ZONE, _present(mine), text, replace=False).changed != []


def test_an_alias_beside_what_is_there_is_told_before_anything_changes() -> None:
    found = comparing.difference(ZONE, _present(WWW), "www 300 CNAME shop\n", replace=False)
    assert [type(each.problem) for each in found.wrong] == [errors.CnameBeside]
    assert comparing.difference(ZONE, _present(WWW), "www 300 CNAME shop\n", replace=True).wrong == []


def test_what_is_served_begins_with_its_authority_and_names_the_server() -> None:
    text = files.served(ZONE, [WWW], "dz-1.public.example.org")
    assert text.startswith("example.ma. 3600 IN SOA dz-1.public.example.org. hostmaster.example.ma. ")
    assert "example.ma. 3600 IN NS dz-1.public.example.org.\n" in text
    mine = RecordSetText("@", "NS", 300, ("ns1.mine.net.", "ns2.mine.net."))
    text = files.served(ZONE, [mine, WWW], "dz-1.public.example.org")
    assert "dz-1" not in text
    assert text.startswith("example.ma. 3600 IN SOA ns1.mine.net. ")
