"""`python3 -m install COMMAND`: what the Makefile's targets call."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable

from install import (
    backup,
    bench,
    develop,
    lifecycle,
    purge,
    quotas,
    restore,
    testing,
    trial,
    upgrade,
    vendors,
    virtualenv,
)
from install.failure import Failure
from install.here import CHECKOUT, namespace
from install.steps import Steps


def _lock() -> int:
    virtualenv.lock()
    return 0


def main(words: list[str]) -> int:
    """Run one command; returns an exit status."""
    steps = Steps()
    os.umask(0o022)
    try:
        if os.geteuid() != 0:
            _stay_private()
        ns = namespace.current()
        commands: dict[str, Callable[[], int]] = {
            "run": lambda: lifecycle.run(ns, steps),
            "stop": lambda: lifecycle.stop(ns, steps),
            "upgrade": lambda: upgrade.upgrade(ns, steps),
            "rollback": lambda: upgrade.rollback(ns, steps),
            "backup": lambda: backup.backup(ns, steps),
            "restore": lambda: restore.restore(ns, steps),
            "purge": lambda: purge.purge(ns, steps),
            "test": lambda: testing.test(ns, steps),
            "check": lambda: testing.check(steps),
            "chaos": lambda: testing.chaos(ns, steps),
            "bench": lambda: bench.bench(ns, steps),
            "dev": lambda: develop.develop(ns, steps),
            "prepare": lambda: testing.prepare(ns, steps),
            "blueprint": lambda: trial.check(ns, steps),
            "add": lambda: vendors.add(ns, steps),
            "images": lambda: lifecycle.newer_images(ns, steps),
            "limits": lambda: quotas.watch(ns),
            "lock": _lock,
            "locale": lambda: testing.locale(steps),
        }
        if not words or words[0] not in commands:
            steps.say(f"Commands: {', '.join(sorted(commands))}")
            return 2
        return commands[words[0]]()
    except Failure as failure:
        _explain(failure)
        return 1
    except KeyboardInterrupt:
        print("\nInterrupted. Run the same command again and it goes on from there.", file=sys.stderr)
        return 130


def _stay_private() -> None:
    """Without root, a namespace lives in its user's own folders unless told otherwise."""
    name = os.environ.get("SOUK_NAMESPACE") or namespace.derived_name(CHECKOUT)
    for key, value in develop.private_folders(name).items():
        os.environ.setdefault(key, value)


def _explain(failure: Failure) -> None:
    for line in failure.detail.splitlines():
        print(f"    │ {line}", file=sys.stderr)
    print(f"\n{failure.sentence}", file=sys.stderr)
    if failure.remedy:
        print(failure.remedy, file=sys.stderr)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
