"""Reading APT's configuration and writing the backports stanza."""

from pathlib import Path

from install import sources
from install.sources import Source

ONE_LINE = """
# deb http://commented.example/debian bookworm main
deb [arch=amd64 signed-by=/usr/share/keyrings/mirror.gpg] http://mirror.example/debian/ bookworm main contrib
deb-src http://mirror.example/debian/ bookworm main
deb http://mirror.example/debian-security bookworm-security main # security
"""

DEB822 = """Types: deb deb-src
# a comment within
URIs: http://mirror.example/debian
Suites: trixie trixie-updates
Components: main
Signed-By:
 -----BEGIN PGP PUBLIC KEY BLOCK-----
 .
 mQINBF
 -----END PGP PUBLIC KEY BLOCK-----

Types: deb
URIs: http://off.example/debian
Suites: trixie-backports
Components: main
Enabled: no

Types: deb-src
URIs: http://src.example/debian
Suites: trixie
Components: main
"""


def test_one_line_entries_are_read_with_their_options():
    assert sources.parse_one_line(ONE_LINE) == [
        Source("http://mirror.example/debian/", ("bookworm",), ("main", "contrib"), "/usr/share/keyrings/mirror.gpg"),
        Source("http://mirror.example/debian-security", ("bookworm-security",), ("main",)),
    ]


def test_deb822_stanzas_are_read_and_disabled_ones_are_not():
    found = sources.parse_deb822(DEB822)
    assert [(source.uri, source.suites) for source in found] == [
        ("http://mirror.example/debian", ("trixie", "trixie-updates"))
    ]


def test_a_key_written_into_a_stanza_is_carried_over_whole():
    [source] = sources.parse_deb822(DEB822)
    written = sources.stanza(source, "trixie-backports")
    assert sources.parse_deb822(written) == [
        Source(source.uri, ("trixie-backports",), ("main",), source.signed_by),
    ]
    assert " mQINBF" in written.splitlines()


def test_backports_come_from_the_archive_of_the_release_not_of_its_security_updates():
    known = [
        Source("http://security.example", ("bookworm-security",), ("main",)),
        Source("http://mirror.example", ("bookworm", "bookworm-updates"), ("main",)),
    ]
    archive = sources.main_archive(known, "bookworm")
    assert archive is not None
    assert archive.uri == "http://mirror.example"


def test_a_machine_that_already_has_the_suite_is_recognized():
    known = sources.parse_deb822(sources.stanza(Source("http://m.example", (), ()), "bookworm-backports"))
    assert sources.offers(known, "bookworm-backports")
    assert not sources.offers(known, "bookworm")


def test_both_formats_are_gathered_from_the_configuration_folder(tmp_path: Path):
    (tmp_path / "sources.list").write_text("deb http://a.example/debian bookworm main\n")
    (tmp_path / "sources.list.d").mkdir()
    (tmp_path / "sources.list.d" / "b.sources").write_text(DEB822)
    (tmp_path / "sources.list.d" / "c.list.disabled").write_text("deb http://c.example/debian bookworm main\n")
    assert [source.uri for source in sources.configured(tmp_path)] == [
        "http://a.example/debian",
        "http://mirror.example/debian",
    ]
