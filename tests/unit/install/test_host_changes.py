"""What is changed on the host is remembered and can be put back."""

from pathlib import Path

import pytest
from install import bridged, kernel_limits, subordinate_ids
from install.failure import Failure
from install.ledger import Ledger

WHOLE = 4_294_967_295


@pytest.fixture
def ledger(tmp_path: Path) -> Ledger:
    return Ledger(tmp_path / "ledger")


@pytest.fixture
def proc(tmp_path: Path) -> Path:
    folder = tmp_path / "proc"
    inotify = folder / "fs" / "inotify"
    inotify.mkdir(parents=True)
    (inotify / "max_user_instances").write_text("128\n")
    (inotify / "max_user_watches").write_text("600000\n")
    return folder


def test_a_low_limit_is_raised_now_and_for_the_next_boot(ledger: Ledger, proc: Path, tmp_path: Path):
    kernel_limits.ensure(ledger, proc, tmp_path / "souk.conf")
    assert (proc / "fs/inotify/max_user_instances").read_text() == "8192"
    assert "fs.inotify.max_user_instances = 8192" in (tmp_path / "souk.conf").read_text()


def test_a_limit_that_is_high_enough_is_left_alone(ledger: Ledger, proc: Path, tmp_path: Path):
    kernel_limits.ensure(ledger, proc, tmp_path / "souk.conf")
    assert (proc / "fs/inotify/max_user_watches").read_text() == "600000\n"
    assert "watches" not in (tmp_path / "souk.conf").read_text()


def test_the_first_value_is_remembered_however_often_it_is_raised(ledger: Ledger, proc: Path, tmp_path: Path):
    kernel_limits.ensure(ledger, proc, tmp_path / "souk.conf")
    (proc / "fs/inotify/max_user_instances").write_text("1024")
    kernel_limits.ensure(ledger, proc, tmp_path / "souk.conf")
    kernel_limits.undo(ledger, proc, tmp_path / "souk.conf")
    assert (proc / "fs/inotify/max_user_instances").read_text() == "128"
    assert not (tmp_path / "souk.conf").exists()


def test_a_limit_that_somebody_else_changed_since_is_not_put_back(ledger: Ledger, proc: Path, tmp_path: Path):
    kernel_limits.ensure(ledger, proc, tmp_path / "souk.conf")
    (proc / "fs/inotify/max_user_instances").write_text("16384")
    kernel_limits.undo(ledger, proc, tmp_path / "souk.conf")
    assert (proc / "fs/inotify/max_user_instances").read_text() == "16384"


def test_root_gets_a_range_beyond_everybody_elses():
    text = subordinate_ids.with_range_for_root("alice:100000:65536\nbob:1500000:65536\n", WHOLE)
    assert text.splitlines() == ["alice:100000:65536", "bob:1500000:65536", "root:1565536:1000000000"]


def test_a_range_that_root_has_is_kept():
    text = "root:1000000:1000000000\n"
    assert subordinate_ids.with_range_for_root(text, WHOLE) == text


def test_in_a_container_the_range_shrinks_to_the_ids_there_are():
    text = subordinate_ids.with_range_for_root("root:1000000:1000000000\n", 10_000_000)
    assert text == "root:1000000:9000000\n"


def test_a_container_with_too_few_ids_is_told_so():
    with pytest.raises(Failure, match="too few"):
        subordinate_ids.with_range_for_root("", 65_536)


def test_the_ids_of_a_host_are_read_from_its_own_map():
    assert subordinate_ids.ids_of_this_host("         0    1000000   10000000\n") == 10_000_000


def test_undoing_keeps_the_ranges_others_were_given_since(ledger: Ledger, tmp_path: Path):
    path, uid_map = tmp_path / "subuid", tmp_path / "uid_map"
    path.write_text("alice:100000:65536\n")
    uid_map.write_text(f"0 0 {WHOLE}\n")
    subordinate_ids.ensure(ledger, (path,), uid_map)
    path.write_text(path.read_text() + "carol:2000000000:65536\n")
    subordinate_ids.undo(ledger)
    assert path.read_text() == "alice:100000:65536\ncarol:2000000000:65536\n"


def test_the_ledger_knows_the_other_namespaces_of_the_host(ledger: Ledger):
    ledger.enter("one", state="/s/one", run="/r/one")
    ledger.enter("two", state="/s/two", run="/r/two")
    assert list(ledger.others("one")) == ["two"]
    ledger.leave("two")
    assert ledger.others("one") == {}


@pytest.fixture
def bridges(tmp_path: Path) -> tuple[Path, Path]:
    """Where the kernel says what passes the IP filter, of all bridges and of each."""
    setting = tmp_path / "proc/net/bridge/bridge-nf-call-iptables"
    setting.parent.mkdir(parents=True)
    setting.write_text("1\n")
    for name in ("docker0", "souk-demo"):
        each = tmp_path / "cards" / name / "bridge/nf_call_iptables"
        each.parent.mkdir(parents=True)
        each.write_text("0\n")
    return tmp_path / "proc", tmp_path / "cards"


def test_bridges_are_set_apart_from_the_ip_filter_but_for_other_peoples_and_put_back(
    ledger: Ledger, bridges: tuple[Path, Path], tmp_path: Path
):
    proc, cards = bridges
    file = tmp_path / "bridges.conf"
    setting = proc / "net/bridge/bridge-nf-call-iptables"
    assert bridged.ensure(ledger, proc, file, cards) == "set apart"
    assert (setting.read_text(), "= 0" in file.read_text()) == ("0", True)
    assert (cards / "docker0/bridge/nf_call_iptables").read_text() == "1"
    assert (cards / "souk-demo/bridge/nf_call_iptables").read_text() == "0\n"
    assert bridged.ensure(ledger, proc, file, cards) == "apart"
    bridged.undo(ledger, proc, file)
    assert (setting.read_text(), file.exists()) == ("1", False)


def test_a_kernel_that_never_mixed_them_is_left_alone(ledger: Ledger, tmp_path: Path):
    assert bridged.ensure(ledger, tmp_path / "nothing", tmp_path / "bridges.conf", tmp_path / "none") == "apart"
    assert not (tmp_path / "bridges.conf").exists()
