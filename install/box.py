"""Closing and opening the secrets of a backup, by the release's own program: the installer itself knows no ciphers."""

from __future__ import annotations

import json
from typing import Any

from install import virtualenv
from install.failure import Failure
from install.shell import attempt


def close(ns: Any, contents: dict[str, str], passphrase: str) -> str:
    """Files by name, closed under a passphrase, in base64.

    Raises:
        Failure: the passphrase is weak.
    """
    return _ask(ns, "close", {"contents": json.dumps(contents), "passphrase": passphrase})


def open_(ns: Any, box: str, passphrase: str) -> dict[str, str]:
    """The files that were closed.

    Raises:
        Failure: it is another passphrase, or the box was changed.
    """
    opened: dict[str, str] = json.loads(_ask(ns, "open", {"box": box, "passphrase": passphrase}))
    return opened


def _ask(ns: Any, verb: str, told: dict[str, str]) -> str:
    done = attempt(virtualenv.python(ns), "-I", "-m", "souk.kernel.strongbox", verb, text=json.dumps(told))
    if done.returncode:
        said = done.stderr.strip().splitlines() or ["The box could not be closed or opened."]
        raise Failure(said[-1], "Nothing was changed. Run it again with another passphrase.")
    return done.stdout
