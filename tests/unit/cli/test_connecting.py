"""Opening psql: TLS checked, and no password where others can see it. Opening ssh: on the right machine only."""

from __future__ import annotations

import json
import stat
from pathlib import Path

import pytest

SERVICE = {"id": "service1", "name": "compta", "label": "pg-1", "state": "ready"}
CREDENTIALS = {
    "uri": "postgresql://app:s3cret@pg-1.souk.internal:5432/my%20db?sslmode=verify-full",
    "fields": {"host": "pg-1.souk.internal"},
    "client": ["psql"],
    "username": "app",
    "password": "s3:cr\\et",
    "address": "10.0.0.10",
    "authority": "-----BEGIN CERTIFICATE-----\n",
}
# Stands in for PostgreSQL's clients: writes down what it was given.
PSQL = """#!/usr/bin/python3
import json, os, sys
names = ("PGPASSFILE", "PGSSLROOTCERT")
files = {name: [open(os.environ[name]).read(), os.stat(os.environ[name]).st_mode] for name in names}
with open(os.environ["NOTES"], "w") as notes:
    json.dump({"argv": sys.argv[1:], "env": dict(os.environ), "files": files}, notes)
sys.exit(int(os.environ.get("STATUS", "3")))
"""


@pytest.fixture
def notes(server, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, signed_in: None) -> Path:
    server.says("GET", "/services", {"items": [SERVICE], "next": None})
    server.says("GET", "/services/service1/connection", {"uri": "", "password": True})
    server.says("POST", "/services/service1/credentials", CREDENTIALS)
    for name in ("psql", "pg_dump"):
        program = tmp_path / "bin" / name
        program.parent.mkdir(exist_ok=True)
        program.write_text(PSQL)
        program.chmod(0o755)
    monkeypatch.setenv("PATH", str(program.parent))
    monkeypatch.setenv("NOTES", str(tmp_path / "notes.json"))
    monkeypatch.setenv("XDG_RUNTIME_DIR", str(tmp_path))
    monkeypatch.setenv("PGOPTIONS", "-c something=else")
    return tmp_path / "notes.json"


def _connect(souk, notes: Path, *words: str) -> dict:
    with pytest.raises(SystemExit) as ended:
        souk("connect", "compta", *words)
    assert ended.value.code == 3
    return json.loads(notes.read_text())


def test_psql_checks_the_certificate_against_the_name_and_the_sites_authority(souk, notes: Path) -> None:
    given = _connect(souk, notes)
    wanted = {
        "PGHOST": "pg-1.souk.internal",
        "PGHOSTADDR": "10.0.0.10",
        "PGPORT": "5432",
        "PGDATABASE": "my db",
        "PGUSER": "app",
        "PGSSLMODE": "verify-full",
    }
    assert {key: given["env"][key] for key in wanted} == wanted
    assert given["files"]["PGSSLROOTCERT"][0] == CREDENTIALS["authority"]


def test_the_password_is_in_a_file_for_its_owner_only_and_nowhere_else(souk, notes: Path) -> None:
    given = _connect(souk, notes)
    content, mode = given["files"]["PGPASSFILE"]
    assert content == "*:*:*:*:s3\\:cr\\\\et\n"
    assert stat.S_IMODE(mode) == 0o600
    assert CREDENTIALS["password"] not in " ".join([*given["argv"], *given["env"].values()])


def test_nothing_is_left_on_disk(souk, notes: Path) -> None:
    given = _connect(souk, notes)
    assert not Path(given["env"]["PGPASSFILE"]).exists()
    assert not Path(given["env"]["PGSSLROOTCERT"]).parent.exists()


def test_libpq_settings_of_the_shell_do_not_leak_in(souk, notes: Path) -> None:
    assert "PGOPTIONS" not in _connect(souk, notes)["env"]


def test_words_after_two_dashes_are_psqls(souk, notes: Path) -> None:
    assert _connect(souk, notes, "--", "-c", "select 1")["argv"] == ["-c", "select 1"]


def test_print_shows_the_address_instead(souk, notes: Path) -> None:
    assert souk("connect", "compta", "--print").out == CREDENTIALS["uri"] + "\n"


def test_without_psql_the_sentence_says_what_to_do(souk, notes: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", "/nonexistent")
    ran = souk("connect", "compta")
    assert ran.status == 1
    assert "--print" in ran.err


def test_a_dump_is_written_by_pg_dump_in_its_open_format(
    souk, notes: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("STATUS", "0")
    file = tmp_path / "compta.dump"
    ran = souk("dump", "compta", str(file), "--database", "shop")
    assert (ran.status, ran.err) == (0, "")
    given = json.loads(notes.read_text())
    assert given["argv"] == ["--format=custom", f"--file={file}", "--dbname=shop"]
    assert given["env"]["PGSSLMODE"] == "verify-full"


def test_a_dump_that_was_cut_short_is_said_to_be(souk, notes: Path) -> None:
    ran = souk("dump", "compta", "compta.dump")
    assert (ran.status, "not complete" in ran.err) == (1, True)


MARIADB = """#!/usr/bin/python3
import json, os, sys
options = sys.argv[1].partition("=")[2]
told = dict(line.rstrip().replace('"', "").split(" = ") for line in open(options) if " = " in line)
with open(os.environ["NOTES"], "w") as notes:
    json.dump({"argv": sys.argv[1:], "told": told, "ca": open(told["ssl-ca"]).read(), "file": options}, notes)
sys.exit(3)
"""


@pytest.fixture
def shop(server, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, signed_in: None) -> Path:
    uri = "mysql://app:s3cret@my-1.souk.invalid:3306/boutique?ssl-mode=VERIFY_IDENTITY"
    server.says("GET", "/services", {"items": [SERVICE], "next": None})
    server.says("GET", "/services/service1/connection", {"uri": "", "password": True})
    server.says("POST", "/services/service1/credentials", {**CREDENTIALS, "uri": uri, "password": "s3cret"})
    (tmp_path / "bin").mkdir()
    monkeypatch.setenv("PATH", str(tmp_path / "bin"))
    monkeypatch.setenv("NOTES", str(tmp_path / "notes.json"))
    monkeypatch.setenv("XDG_RUNTIME_DIR", str(tmp_path))
    return tmp_path / "notes.json"


@pytest.mark.parametrize("client", ["mariadb", "mysql"])
def test_mariadb_checks_the_certificate_and_finds_the_password_in_a_file_only(souk, shop: Path, client: str) -> None:
    program = shop.parent / "bin" / client
    program.write_text(MARIADB)
    program.chmod(0o755)
    given = _connect(souk, shop, "--", "-e", "SELECT 1")
    assert given["argv"][1:] == ["--database=boutique", "-e", "SELECT 1"]
    assert given["ca"] == CREDENTIALS["authority"]
    wanted = {"host": "10.0.0.10", "port": "3306", "user": "app", "password": "s3cret", "ssl-verify-server-cert": "1"}
    assert {key: given["told"][key] for key in wanted} == wanted
    assert not Path(given["file"]).exists()


def test_without_mariadb_the_sentence_says_what_to_do(souk, shop: Path) -> None:
    ran = souk("connect", "compta")
    assert (ran.status, "MariaDB" in ran.err) == (1, True)


MACHINE = {
    "uri": "ssh://debian@mc-1.souk.internal",
    "private": "ssh://debian@mc-1.private.souk.internal",
    "username": "debian",
    "address": "10.0.0.11",
    "password": False,
    "known_hosts": "mc-1.souk.internal ssh-ed25519 AAAA\n",
}
# Stands in for OpenSSH's client: writes down what it was given.
SSH = """#!/usr/bin/python3
import json, os, sys
(file,) = [word.partition("=")[2] for word in sys.argv if word.startswith("UserKnownHostsFile=")]
with open(os.environ["NOTES"], "w") as notes:
    json.dump({"argv": sys.argv[1:], "known_hosts": open(file).read(), "file": file}, notes)
sys.exit(3)
"""


@pytest.fixture
def machine(server, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, signed_in: None) -> Path:
    server.says("GET", "/services", {"items": [SERVICE], "next": None})
    server.says("GET", "/services/service1/connection", MACHINE)
    program = tmp_path / "bin" / "ssh"
    program.parent.mkdir()
    program.write_text(SSH)
    program.chmod(0o755)
    monkeypatch.setenv("PATH", str(program.parent))
    monkeypatch.setenv("NOTES", str(tmp_path / "notes.json"))
    return tmp_path / "notes.json"


def test_ssh_goes_to_the_address_and_takes_no_other_machine_for_the_right_one(souk, machine: Path) -> None:
    given = _connect(souk, machine, "--", "uptime", "-p")
    assert given["argv"][-3:] == ["debian@10.0.0.11", "uptime", "-p"]
    assert {"HostKeyAlias=mc-1.souk.internal", "StrictHostKeyChecking=yes"} <= set(given["argv"])
    assert given["known_hosts"] == MACHINE["known_hosts"]
    assert not Path(given["file"]).exists()


def test_no_look_at_a_password_is_asked_for_where_there_is_none(souk, server, machine: Path) -> None:
    _connect(souk, machine)
    assert not [path for path in server.paths() if path.startswith("POST")]


@pytest.mark.parametrize(("word", "told"), [("--print", MACHINE["uri"]), ("--private", MACHINE["private"])])
def test_a_machines_address_is_shown_instead(souk, machine: Path, word: str, told: str) -> None:
    assert souk("connect", "compta", word).out == told + "\n"


def test_without_ssh_the_sentence_says_what_to_do(souk, machine: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", "/nonexistent")
    ran = souk("connect", "compta")
    assert (ran.status, "OpenSSH" in ran.err) == (1, True)


def test_the_line_for_known_hosts_is_shown(souk, machine: Path) -> None:
    assert souk("services", "known-hosts", "compta").out == MACHINE["known_hosts"]


def test_a_service_with_a_certificate_has_no_such_line(souk, server, signed_in: None) -> None:
    server.says("GET", "/services", {"items": [SERVICE], "next": None})
    server.says("GET", "/services/service1/connection", {**MACHINE, "known_hosts": ""})
    ran = souk("services", "known-hosts", "compta")
    assert (ran.status, "souk services ca" in ran.err) == (1, True)
