"""What programs in a machine make of a dump, and of names."""

from __future__ import annotations

import importlib
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from souk import engines
from souk.blueprints import mariadb

DUMP = b"""\
-- MariaDB dump 10.19
-- Current Database: `app`
USE `app`;
-- Table structure for table `t`
CREATE TABLE `t` (`x` int);
-- Dumping data for table `t`
INSERT INTO `t` VALUES (1),
(2);
-- Dumping routines for database 'app'
CREATE PROCEDURE p()
-- a word of its maker's
SELECT 1;
-- Current Database: `autre`
-- Table structure for table `t`
CREATE TABLE `t` (`x` int);
"""


@pytest.fixture
def programs(monkeypatch: pytest.MonkeyPatch) -> Any:
    """The modules of the image."""
    for folder in (
        Path(engines.__file__).parent / "base_image/files/usr/lib/souk",
        Path(mariadb.__file__).parent / "image/files/usr/lib/souk",
    ):
        monkeypatch.syspath_prepend(str(folder))
    return SimpleNamespace(**{name: importlib.import_module(name) for name in ("dumps", "server", "users")})


def _sums(programs: Any, dump: bytes) -> dict[str, str]:
    sums = programs.dumps.Sums()
    assert b"".join(sums.through(dump.splitlines(keepends=True))) == dump
    tables: dict[str, str] = sums.tables
    return tables


def test_each_table_of_each_database_has_a_checksum_of_its_own_and_all_goes_on_as_it_came(programs: Any) -> None:
    was = _sums(programs, DUMP)
    assert set(was) == {"app: t", "app: programs", "autre: t"}
    for old, new, part in (
        (b"(2);", b"(3);", "app: t"),
        (b"SELECT 1", b"SELECT 2", "app: programs"),
        (b"MariaDB dump 10.19", b"MariaDB dump 10.20", ""),
    ):
        changed = _sums(programs, DUMP.replace(old, new))
        assert [name for name in was if was[name] != changed[name]] == ([part] if part else [])
    assert was["app: t"] != was["autre: t"]


def test_a_database_means_itself_alone_where_rights_are_given(programs: Any) -> None:
    assert programs.server.pattern("ap_2") == "`ap\\_2`"
    told = programs.users.granting("stats", "reader", ["ap_2"])
    assert told == "GRANT SELECT, SHOW VIEW ON `ap\\_2`.* TO `stats`@'%';"
    assert "PROCESS" in programs.users.granting("app", "owner", [])


def test_no_text_ends_a_literal_or_a_name(programs: Any) -> None:
    assert programs.server.literal("a'b\\") == "'a''b\\\\'"
    assert programs.server.identifier("a`b") == "`a``b`"
