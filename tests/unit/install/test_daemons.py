"""Processes: started detached, recognized by pid and start time, kept running, ended."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from install.daemons import Daemon, started_at, wait_until

SUPERVISOR = Path(__file__).parents[3] / "install" / "supervise.py"


@pytest.fixture
def daemon(tmp_path: Path) -> Iterator[Daemon]:
    one = Daemon("sleeper", tmp_path / "sleeper.pid", tmp_path / "sleeper.log")
    yield one
    one.stop(patience=2)


def test_a_daemon_runs_in_a_session_of_its_own(daemon: Daemon):
    pid = daemon.start(["sleep", "60"])
    assert os.getsid(pid) == pid
    assert daemon.pid() == pid


def test_starting_it_twice_makes_one_process(daemon: Daemon):
    assert daemon.start(["sleep", "60"]) == daemon.start(["sleep", "60"])


def test_a_recycled_pid_is_never_taken_for_ours(daemon: Daemon):
    stranger = subprocess.Popen(["sleep", "60"])
    try:
        daemon.pidfile.write_text(f"{stranger.pid} {(started_at(stranger.pid) or 0) - 1}\n")
        assert daemon.pid() is None
        assert daemon.stop() is False
        assert stranger.poll() is None
    finally:
        stranger.kill()
        stranger.wait()


def test_a_process_that_ignores_the_polite_signal_is_killed(daemon: Daemon):
    script = (
        "import signal, time; signal.signal(signal.SIGTERM, signal.SIG_IGN); print('up', flush=True); time.sleep(60)"
    )
    daemon.start([sys.executable, "-c", script])
    assert wait_until(lambda: daemon.log.read_text() == "up\n", 10)
    assert daemon.stop(patience=0.2) is True
    assert daemon.pid() is None


def test_a_failure_quotes_the_end_of_the_log(daemon: Daemon):
    daemon.start(["sh", "-c", "echo the disk is full; exit 1"])
    assert wait_until(lambda: daemon.pid() is None, 10)
    assert "the disk is full" in daemon.failure("It did not start.").detail


def test_a_supervised_process_comes_back_after_it_was_killed(tmp_path: Path):
    marks = tmp_path / "marks"
    supervisor = _supervise("sh", "-c", f"echo $$ >> {marks}; sleep 60")
    try:
        assert wait_until(lambda: marks.exists() and len(marks.read_text().split()) == 1, 10)
        os.kill(int(marks.read_text()), signal.SIGKILL)
        assert wait_until(lambda: len(marks.read_text().split()) == 2, 10)
    finally:
        supervisor.terminate()
        supervisor.wait(10)


def test_ending_the_supervisor_ends_what_it_supervises(tmp_path: Path):
    mark = tmp_path / "pid"
    supervisor = _supervise("sh", "-c", f"echo $$ > {mark}; exec sleep 60")
    assert wait_until(lambda: mark.exists() and mark.read_text().strip() != "", 10)
    supervisor.terminate()
    supervisor.wait(10)
    assert started_at(int(mark.read_text())) is None


def test_a_supervised_process_that_will_not_end_is_made_to(tmp_path: Path):
    mark = tmp_path / "pid"
    stubborn = f"trap '' TERM; echo $$ > {mark}; while :; do sleep 1; done"
    script = f"import sys; sys.path.insert(0, {str(SUPERVISOR.parent)!r}); import supervise; "
    script += f"sys.exit(supervise.main('-', ['sh', '-c', {stubborn!r}], patience=1))"
    supervisor = subprocess.Popen([sys.executable, "-c", script], start_new_session=True)
    assert wait_until(lambda: mark.exists() and mark.read_text().strip() != "", 60)
    supervisor.terminate()
    supervisor.wait(60)
    assert started_at(int(mark.read_text())) is None


def test_killing_the_supervisor_ends_what_it_supervises_too(tmp_path: Path):
    mark = tmp_path / "pid"
    supervisor = _supervise("sh", "-c", f"echo $$ > {mark}; exec sleep 60")
    assert wait_until(lambda: mark.exists() and mark.read_text().strip() != "", 10)
    supervisor.kill()
    supervisor.wait(10)
    assert wait_until(lambda: started_at(int(mark.read_text())) is None, 5)


def test_waiting_gives_up_in_time():
    started = time.monotonic()
    assert wait_until(lambda: False, 0.1) is False
    assert time.monotonic() - started < 2


def _supervise(*command: str) -> "subprocess.Popen[bytes]":
    return subprocess.Popen([sys.executable, str(SUPERVISOR), "-", *command], start_new_session=True)
