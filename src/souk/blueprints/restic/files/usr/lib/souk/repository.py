"""A restic repository in a bucket: what opens it, kept in memory only, and asking restic."""

from __future__ import annotations

import contextlib
import json
import os
import shutil
import subprocess
from datetime import UTC, datetime
from typing import IO, Any

from machine import Failure, Refusal

FOLDER = "/run/souk"
"""Gone with a restart, and in no copy of the disk."""

OWN, OTHERS = FOLDER + "/repository.json", FOLDER + "/source.json"
CACHE = "/var/cache/souk"
LABEL, MARK, KIND, OF, SIZE = "souk:", "mark:", "kind:", "of:", "size:"
"""Tags, by what they begin with."""

INCOMPLETE, NONE_THERE, LOCKED = 3, 10, 11
"""restic's exit codes: a backup was made, but some file could not be read; there is no repository; it is locked."""

MIB = 1024**2
# Whatever ends the program that asks ends restic.
TOGETHER = ["setpriv", "--pdeathsig", "KILL"]
# Before any other process it is the one that gives way.
QUIETLY = ["choom", "-n", "800", "--", "nice", "-n", "19", "ionice", "-c", "3"]
Done = subprocess.CompletedProcess[str]


def describe(document: dict[str, Any], path: str) -> bool:
    """Write down what opens a repository, for root only. Returns whether that changed."""
    repository = document["repository"]
    where = f"{repository['address'] or repository['host']}:{repository['port']}"
    folders = "/".join(part for part in (repository["bucket"], repository["folder"], "machine") if part)
    told = {
        "authority": repository["authority"],
        "processes": document["processes"],
        "environment": {
            "RESTIC_REPOSITORY": f"s3:https://{where}/{folders}",
            "RESTIC_PASSWORD": repository["passphrase"],
            "AWS_ACCESS_KEY_ID": repository["access_key"],
            "AWS_SECRET_ACCESS_KEY": repository["secret_key"],
            "AWS_DEFAULT_REGION": repository["region"],
        },
    }
    text = json.dumps(told)
    with contextlib.suppress(OSError), open(path, encoding="utf-8") as file:
        if file.read() == text:
            return False
    for file_path, content in ((_authority(path), repository["authority"]), (path, text)):
        _write(file_path, content)
    return True


def forget(path: str) -> None:
    for each in (path, _authority(path)):
        with contextlib.suppress(FileNotFoundError):
            os.unlink(each)


def is_known(path: str = OWN) -> bool:
    return os.path.exists(path)


def restic(*arguments: str, path: str = OWN, accepted: tuple[int, ...] = (0,), cache: bool = True) -> Done:
    """Run restic; a status that isn't accepted is a failure with its own words.

    What it puts together before it sends it lies in memory, so that it also works on a full disk.
    """
    command, environment = _described_to(arguments, path, cache=cache)
    try:
        done = subprocess.run(
            command,
            env=environment,
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            errors="replace",
            cwd="/",
        )
    except FileNotFoundError:
        raise Failure("restic is not there any more") from None
    if done.returncode not in accepted:
        raise Failure(complaint(done))
    return done


def reading(*arguments: str, path: str, said: IO[bytes]) -> subprocess.Popen[bytes]:
    """Run restic, whose output is read while it runs; its complaints go into a file."""
    command, environment = _described_to(arguments, path, cache=False)
    return subprocess.Popen(
        command, env=environment, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=said, cwd="/"
    )


def _described_to(arguments: tuple[str, ...], path: str, *, cache: bool) -> tuple[list[str], dict[str, str]]:
    """The command that restic is run by, and what it is told beside it."""
    try:
        with open(path, encoding="utf-8") as file:
            told = json.load(file)
    except FileNotFoundError:
        raise Failure("no repository is attached") from None
    memory = _memory()
    parts = 16 if memory >= 2048 * MIB else 4
    trusted = ["--cacert", _authority(path)] if told["authority"] else []
    place = ["--cache-dir", CACHE, "--cleanup-cache"] if cache else ["--no-cache"]
    # Where it reads another one's repository, the machine does nothing else.
    busy = path == OWN
    command = [
        *TOGETHER,
        *(QUIETLY if busy else []),
        "restic",
        *trusted,
        *place,
        *("-o", "s3.bucket-lookup=path", "-o", f"s3.connections={2 if busy else 8}"),
        *("--pack-size", str(parts)),
        *arguments,
    ]
    temporary = FOLDER + "/parts"
    os.makedirs(temporary, mode=0o700, exist_ok=True)
    return command, {
        **told["environment"],
        "PATH": "/usr/sbin:/usr/bin:/sbin:/bin",
        "HOME": "/root",
        "TMPDIR": temporary,
        "GOMAXPROCS": str(told["processes"]),
        "GOMEMLIMIT": str(max(96 * MIB, min(memory // 4, 1024 * MIB))),
        "GOGC": "20",
        "RESTIC_PROGRESS_FPS": "0.01",
    }


def complaint(done: Done) -> str:
    """restic's last words."""
    said = [line for line in done.stderr.splitlines() if line.strip()]
    return said[-1][:300] if said else f"restic ended with {done.returncode}"


def change(*arguments: str, accepted: tuple[int, ...] = (0,)) -> Done:
    """Run restic where it writes. Whoever has locked the repository is dead: only this machine writes it, and one
    program at a time.
    """
    done = restic(*arguments, accepted=(*accepted, LOCKED))
    if done.returncode == LOCKED:
        restic("unlock", "--remove-all", "--quiet")
        done = restic(*arguments, accepted=accepted)
    return done


def make() -> None:
    """Make the repository, if there is none."""
    done = restic("cat", "config", "--no-lock", "--quiet", accepted=(0, NONE_THERE), cache=False)
    if done.returncode == NONE_THERE:
        restic("init", "--quiet", cache=False)


def kept(path: str = OWN) -> list[dict[str, Any]]:
    """What the repository holds, the oldest first, by the tags that it was kept with."""
    done = restic("snapshots", "--json", "--no-lock", path=path, accepted=(0, NONE_THERE))
    listed = json.loads(done.stdout) if done.returncode == 0 else []
    return sorted((_described(each) for each in listed if each.get("summary")), key=lambda each: each["ended"])


def chosen(document: dict[str, Any]) -> dict[str, Any]:
    """The backup that ended last by then, or the one of a mark."""
    found = kept(OTHERS)
    if document["mark"]:
        fit = [each for each in found if each["mark"] == document["mark"]]
    else:
        at = datetime.fromisoformat(document["until"]).timestamp() if document["until"] else float("inf")
        found = [each for each in found if each["label"]]
        fit = [each for each in found if each["ended"] <= at]
    if fit:
        return fit[-1]
    if document["mark"] or not found:
        raise Failure("the repository holds no such backup")
    raise Refusal("early")


def clear_cache() -> None:
    shutil.rmtree(CACHE, ignore_errors=True)


def _described(snapshot: dict[str, Any]) -> dict[str, Any]:
    summary = snapshot["summary"]
    return {
        "id": snapshot["id"],
        "label": _tag(snapshot, LABEL),
        "mark": _tag(snapshot, MARK),
        "kind": _tag(snapshot, KIND),
        "of": _tag(snapshot, OF),
        "started": _seconds(summary["backup_start"]),
        "ended": _seconds(summary["backup_end"]),
        "size": int(_tag(snapshot, SIZE) or summary["total_bytes_processed"]),
        "stored": summary.get("data_added_packed", 0),
    }


def _tag(snapshot: dict[str, Any], beginning: str) -> str:
    found = [tag.removeprefix(beginning) for tag in snapshot.get("tags") or () if tag.startswith(beginning)]
    return found[0] if found else ""


def _seconds(said: str) -> float:
    """restic tells nanoseconds, of which Python reads six digits."""
    return datetime.fromisoformat(said).astimezone(UTC).timestamp()


def _authority(path: str) -> str:
    return path.removesuffix(".json") + ".crt"


def _memory() -> int:
    with open("/proc/meminfo", encoding="ascii") as file:
        return next(int(line.split()[1]) * 1024 for line in file if line.startswith("MemTotal:"))


def _write(path: str, content: str) -> None:
    os.makedirs(FOLDER, mode=0o700, exist_ok=True)
    descriptor = os.open(path + ".new", os.O_CREAT | os.O_WRONLY | os.O_TRUNC, 0o600)
    with open(descriptor, "w", encoding="utf-8") as file:
        file.write(content)
    os.rename(path + ".new", path)
