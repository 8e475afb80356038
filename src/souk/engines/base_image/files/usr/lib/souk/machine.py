"""What programs in any of our machines share: a document in and an answer out, files, waiting, systemd."""

from __future__ import annotations

import fcntl
import grp
import json
import os
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Mapping
from typing import Any

PAUSE = 0.01
Document = Mapping[str, Any]


class Failure(Exception):
    """What went wrong, as a sentence without secrets."""


class Refusal(Failure):
    """The word for a refusal that trying again won't change."""


def main(program: Callable[[Document, float], Document], lock: str = "") -> None:
    """Run a program with the JSON on standard input, alone if it has a lock; print its answer or its complaint.

    It is told when it must have ended, by the monotonic clock: the document's `timeout` seconds from now.
    """
    document = json.load(sys.stdin)
    deadline = time.monotonic() + document.get("timeout", 60)
    if lock:
        be_alone(lock)
    answer: Document
    try:
        answer, status = program(document, deadline), 0
    except Refusal as refusal:
        answer, status = {"declined": str(refusal), "error": "it can't do this: " + str(refusal)}, 1
    except Failure as failure:
        answer, status = {"error": str(failure)}, 1
    sys.stdout.write(json.dumps(answer))
    sys.exit(status)


def be_alone(lock: str) -> None:
    """Wait for whoever has the lock, and keep it as long as this process lives."""
    handle = os.open(f"/etc/souk/{lock}.lock", os.O_CREAT | os.O_RDWR | os.O_CLOEXEC, 0o600)
    fcntl.flock(handle, fcntl.LOCK_EX)


def write(path: str, content: str, group: str) -> bool:
    """Replace a file atomically, readable by root and a group only. Returns whether it differed."""
    data = content.encode()
    try:
        with open(path, "rb") as file:
            if file.read() == data:
                return False
    except FileNotFoundError:
        pass
    descriptor = os.open(path + ".new", os.O_CREAT | os.O_WRONLY | os.O_TRUNC, 0o640)
    try:
        os.fchown(descriptor, 0, grp.getgrnam(group).gr_gid)
        os.write(descriptor, data)
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
    os.rename(path + ".new", path)
    return True


def wait(deadline: float, what: str, answers: Callable[[], object], pause: float = PAUSE) -> None:
    """Wait until `answers` says True; what it says else, if not just False, is the complaint."""
    while (answer := answers()) is not True:
        if time.monotonic() > deadline:
            raise Failure(f"no {what} in time" + (f": {answer}" if answer else ""))
        time.sleep(pause)


def systemctl(*arguments: str, deadline: float) -> int:
    left = max(1.0, deadline - time.monotonic())
    try:
        return subprocess.run(["systemctl", *arguments], stdin=subprocess.DEVNULL, timeout=left).returncode
    except subprocess.TimeoutExpired:
        raise Failure("systemctl " + " ".join(arguments) + " takes too long") from None


def journal(*units: str) -> str:
    """The last lines that these units logged."""
    chosen = [word for unit in units for word in ("-u", unit)]
    command = ["journalctl", "--no-pager", "--output=cat", "--lines=15", *chosen]
    return subprocess.run(command, capture_output=True, text=True).stdout


def systemd_answers() -> bool:
    with socket.socket(socket.AF_UNIX) as client:
        return client.connect_ex("/run/systemd/private") == 0


def know_host(host: str, address: str) -> bool:
    """Let a host's name mean an address on this machine, whatever DNS says. Returns whether it did not."""
    with open("/etc/hosts", encoding="utf-8") as file:
        before = file.read()
    others = [line for line in before.splitlines() if host not in line.split()[1:]]
    after = "\n".join([*others, f"{address} {host}"]) + "\n"
    if after != before:
        with open("/etc/hosts", "w", encoding="utf-8") as file:
            file.write(after)
    return after != before


def has_address(address: str) -> bool:
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as probe:
        try:
            probe.bind((address, 0))
        except OSError:
            return False
        return True
