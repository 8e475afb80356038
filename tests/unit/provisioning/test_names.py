"""How names are written: in any script by people, in one by DNS, and what is no name at all."""

from __future__ import annotations

import pytest

from souk.provisioning import errors, names


@pytest.mark.parametrize(
    ("given", "written"),
    [
        ("db.example.ma", "db.example.ma"),
        (" DB.Example.MA. ", "db.example.ma"),
        ("données.example.ma", "xn--donnes-eva.example.ma"),
        ("قاعدة.شبكة", "xn--mgber3b4b.xn--ngbc5azd"),
        ("xn--donnes-eva.example.ma", "xn--donnes-eva.example.ma"),
        ("ｄｂ。example。ma", "db.example.ma"),
    ],
)
def test_a_name_is_written_as_dns_has_it(given: str, written: str) -> None:
    assert names.written(given) == written


def test_people_read_it_as_they_write_it() -> None:
    assert names.shown(names.written("قاعدة.شبكة")) == "قاعدة.شبكة"
    assert names.shown("xn--a") == "xn--a"


@pytest.mark.parametrize(
    "given",
    [
        "",
        "db",
        "localhost",
        "db.localhost",
        "db.internal",
        "10.0.0.1",
        "example.1",
        "2001:db8::1",
        "-a.example.ma",
        "a..example.ma",
        "a_b.example.ma",
        "a b.example.ma",
        "a/b.example.ma",
        "db.example.ma:5432",
        "https://db.example.ma",
        "xn--zzzzzzzz.example.ma",
        "a\nb.example.ma",
        f"{'a' * 64}.example.ma",
        ".".join(["aaaaaaaaa"] * 25) + ".ma",
        "x" * 10_000,
        "<script>.example.ma",
    ],
)
def test_what_is_no_name_is_refused(given: str) -> None:
    with pytest.raises(errors.InvalidDomain):
        names.written(given)


@pytest.mark.parametrize("given", ["*.example.ma", "*"])
def test_a_wildcard_is_refused_with_a_sentence_of_its_own(given: str) -> None:
    with pytest.raises(errors.WildcardDomain):
        names.written(given)


def test_a_zone_holds_itself_and_what_is_below_it_and_no_namesake() -> None:
    assert names.within("example.ma", "example.ma")
    assert names.within("db.example.ma", "example.ma")
    assert not names.within("myexample.ma", "example.ma")


@pytest.mark.parametrize("given", ["co.ma", "gov.ma", "CO.UK", "github.io"])
def test_what_others_register_under_is_nobodys(given: str) -> None:
    with pytest.raises(errors.PublicSuffix):
        names.written(given)
