"""What the machine's own programs make of users and of snapshots."""

from __future__ import annotations

import importlib
import struct
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from souk import engines
from souk.blueprints import valkey

TEXT = st.binary(max_size=70) | st.binary(min_size=4090, max_size=4100)
NUMBER = st.integers(-(2**63), 2**63 - 1) | st.integers(-5000, 5000)


@pytest.fixture(scope="module")
def patched() -> Iterator[pytest.MonkeyPatch]:
    with pytest.MonkeyPatch.context() as patched:
        blueprint = Path(valkey.__file__).parent
        for folder in (
            blueprint,
            blueprint / "image/files/usr/lib/souk",
            Path(engines.__file__).parent / "base_image/files/usr/lib/souk",
        ):
            patched.syspath_prepend(str(folder))
        # Another service's machines have modules of these names, too.
        for name in ("server", "snapshots", "resp"):
            patched.delitem(sys.modules, name, raising=False)
        yield patched
        for name in ("server", "snapshots", "resp"):
            sys.modules.pop(name, None)


@pytest.fixture
def server(patched: pytest.MonkeyPatch, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Any:
    """The machine's module, where no server runs yet, with its files in a folder of the test's."""
    module = importlib.import_module("server")
    monkeypatch.setattr(module, "USERS", str(tmp_path / "users.acl"))
    monkeypatch.setattr(module, "OWN_PASSWORD", str(tmp_path / "own"))
    monkeypatch.setattr(module, "USER", "root")
    monkeypatch.setattr(module, "runs", lambda deadline: False)
    monkeypatch.setattr(module.users, "__defaults__", (module.USERS,))
    monkeypatch.setattr(module.know, "__defaults__", (module.USERS,))
    monkeypatch.setattr(module, "write_file", _write)
    return module


def _write(path: str, content: str, _group: str) -> bool:
    place = Path(path)
    differs = not place.exists() or place.read_text() != content
    place.write_text(content)
    return differs


def test_users_are_let_in_and_shut_out_one_by_one_and_the_platform_stays(server: Any) -> None:
    def letting(**rules: str) -> Callable[[dict[str, str]], None]:
        return lambda users: users.update(rules)

    assert server.admit(letting(app="on #aa ~* +@all"), 0)
    assert server.admit(letting(boutique="on #bb ~* +@read"), 0)
    assert not server.admit(letting(app="on #aa ~* +@all"), 0)
    assert server.users() == {"app": "on #aa ~* +@all", "boutique": "on #bb ~* +@read"}
    text = Path(server.USERS).read_text()
    assert text.startswith("user default off ")
    assert f"user souk on #{server.digest(server.own_password())} " in text
    assert server.own_password() not in text
    assert server.admit(lambda users: users.pop("boutique"), 0)
    assert list(server.users()) == ["app"]


def _length(number: int) -> bytes:
    if number < 64:
        return bytes([number])
    return bytes([0x40 | number >> 8, number & 0xFF]) if number < 16384 else b"\x80" + struct.pack(">I", number)


def _string(data: bytes) -> bytes:
    return _length(len(data)) + data


def _listpack(elements: list[bytes | int]) -> bytes:
    packed = b"".join(_entry(each) for each in elements)
    return struct.pack("<IH", len(packed) + 7, len(elements)) + packed + b"\xff"


def _entry(element: bytes | int) -> bytes:
    if isinstance(element, bytes):
        size = len(element)
        head = bytes([0x80 | size]) if size < 64 else bytes([0xE0 | size >> 8, size & 0xFF])
        whole = (head if size < 4096 else b"\xf0" + struct.pack("<I", size)) + element
    elif 0 <= element < 128:
        whole = bytes([element])
    elif -4096 <= element < 4096:
        whole = bytes([0xC0 | (element & 0x1FFF) >> 8, element & 0xFF])
    else:
        code, size = next(
            (c, s)
            for c, s in ((0xF1, 2), (0xF2, 3), (0xF3, 4), (0xF4, 8))
            if -(1 << 8 * s - 1) <= element < 1 << 8 * s - 1
        )
        whole = bytes([code]) + element.to_bytes(size, "little", signed=True)
    behind, left = 1, len(whole) >> 7
    while left:
        behind, left = behind + 1, left >> 7
    return whole + b"\0" * behind


def _snapshot(folder: Path, *entries: bytes) -> str:
    path = folder / "dump.rdb"
    path.write_bytes(
        b"REDIS0011\xfa" + _string(b"valkey-ver") + _string(b"8.1") + b"".join(entries) + b"\xff" + b"\0" * 8
    )
    return str(path)


@given(st.lists(TEXT | NUMBER, max_size=20, unique_by=lambda each: each if isinstance(each, bytes) else b"%d" % each))
def test_a_value_has_the_same_sum_however_it_is_laid_out(
    patched: pytest.MonkeyPatch, tmp_path_factory: pytest.TempPathFactory, elements: list[bytes | int]
) -> None:
    snapshots = importlib.import_module("snapshots")
    folder = tmp_path_factory.mktemp("sums")
    words = [each if isinstance(each, bytes) else b"%d" % each for each in elements]
    plain = b"\x02" + _string(b"k") + _length(len(words)) + b"".join(map(_string, reversed(words)))
    packed = b"\x14" + _string(b"k") + _string(_listpack(elements))
    first = snapshots.sums(_snapshot(folder, b"\xfe\x00", plain), 100.0, 0, 0)
    assert first == snapshots.sums(_snapshot(folder, b"\xfe\x00", packed), 100.0, 0, 0)
    assert first["0"].startswith("1 ")
    other = snapshots.sums(
        _snapshot(folder, b"\xfe\x00", b"\x02" + _string(b"k") + _length(1) + _string(b"-")), 100.0, 0, 0
    )
    assert (first == other) is (words == [b"-"])


def test_what_expires_before_a_proof_ends_is_left_out_and_the_order_of_keys_is_none(
    patched: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    snapshots = importlib.import_module("snapshots")
    lasting = b"\x00" + _string(b"a") + _string(b"1")
    passing = b"\xfc" + struct.pack("<q", 999) + b"\x00" + _string(b"b") + _string(b"2")
    later = b"\xfc" + struct.pack("<q", 1001) + b"\x00" + _string(b"c") + _string(b"3")
    first = snapshots.sums(_snapshot(tmp_path, b"\xfe\x03", lasting, passing, later), 100.0, 0, 1000)
    assert first == snapshots.sums(_snapshot(tmp_path, b"\xfe\x03", later, lasting), 100.0, 0, 1000)
    assert first["3"].startswith("2 ")


@pytest.mark.parametrize("cut", [1, 9, 12])
def test_a_snapshot_that_was_cut_off_is_none(patched: pytest.MonkeyPatch, tmp_path: Path, cut: int) -> None:
    snapshots = importlib.import_module("snapshots")
    path = Path(_snapshot(tmp_path, b"\xfe\x00\x00" + _string(b"a") + _string(b"123")))
    path.write_bytes(path.read_bytes()[: -8 - cut])
    with pytest.raises(Exception, match="snapshot"):
        snapshots.sums(str(path), 100.0, 0, 0)
