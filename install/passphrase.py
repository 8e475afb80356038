"""The passphrase that closes the keys in a backup: from the environment, a file, or the person at the keyboard.

Never an argument, and never kept: once read, the processes started from here do not find it in their environment.
"""

from __future__ import annotations

import getpass
import os
import sys
from pathlib import Path

from install.failure import Failure

DIRECT, FILE = "SOUK_BACKUP_PASSPHRASE", "SOUK_BACKUP_PASSPHRASE_FILE"


def obtain(file: str, *, twice: bool) -> str:
    """The passphrase: of `SOUK_BACKUP_PASSPHRASE`, else of `file`, else asked for, `twice` where it is a new one.

    Raises:
        Failure: nobody is here to ask, others may read the file, or the two differ.
    """
    told = os.environ.pop(DIRECT, "")
    if told:
        return told
    if file:
        return _of_file(Path(file))
    if not sys.stdin.isatty():
        raise Failure("Nobody is here to ask for the passphrase.", f"Set {FILE} to a file that only root can read.")
    first = getpass.getpass("Passphrase: ")
    if twice and getpass.getpass("The same again: ") != first:
        raise Failure("The two are not the same; nothing was done.")
    return first


def _of_file(path: Path) -> str:
    try:
        with path.open() as handle:
            if os.fstat(handle.fileno()).st_mode & 0o077:
                raise Failure(f"Others than its owner may read {path}.", f"chmod 600 {path}")
            return handle.readline().rstrip("\n")
    except OSError as error:
        raise Failure(f"The passphrase can't be read from {path}: {error.strerror}.", f"{FILE} names it.") from error
