"""The operator's commands on the platform's own host: each runs a program there, none speaks to a server.

The installer's own `souk` says where those programs are; a customer's has none of them.
"""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Sequence
from typing import Annotated

from cyclopts import Parameter

from souk.cli.context import Given
from souk.cli.errors import Stopped
from souk.cli.language import _

_MANAGE, _CHECKOUT = "SOUK_MANAGE", "SOUK_CHECKOUT"


def doctor(
    *,
    audit: Annotated[bool, Parameter(help=_("Recompute the audit trail's chain of seals too."))] = False,
    context: Given,
) -> None:
    _run([_place(_MANAGE), "doctor", *["--json"] * context.output.as_json, *["--audit"] * audit])


def upgrade(*, context: Given) -> None:
    del context
    make("upgrade")


def rollback(
    *,
    restore: Annotated[str, Parameter(help=_("Also go back to the database of this backup."))] = "",
    context: Given,
) -> None:
    del context
    make("rollback", *[f"RESTORE={os.path.abspath(restore)}"] * bool(restore))


def backup(*, context: Given) -> None:
    del context
    make("backup")


def restore(
    file: Annotated[str, Parameter(help=_("The backup's file."))],
    /,
    *,
    replace: Annotated[str, Parameter(help=_("Lose what is here; type the namespace's name."))] = "",
    context: Given,
) -> None:
    del context
    make("restore", f"FILE={os.path.abspath(file)}", *[f"REPLACE={replace}"] * bool(replace))


def make(*words: str) -> None:
    """Run one of the checkout's targets; it ends this program with its status.

    Raises:
        Stopped: this is not the platform's host, or somebody else than its administrator asks.
    """
    _run(["make", "-C", _place(_CHECKOUT), "--no-print-directory", *words])


def _place(name: str) -> str:
    """Where a program of the host is.

    Raises:
        Stopped: this is not the platform's host, or somebody else than its administrator asks.
    """
    found = os.environ.get(name, "")
    if not found or not os.access(found, os.X_OK):
        told = _("This looks after the platform's own host. Its administrator runs it there, as root: {program}")
        raise Stopped(told.format(program="/var/lib/souk/NAMESPACE/bin/souk"))
    return found


def _run(command: Sequence[str]) -> None:
    sys.exit(subprocess.run(command, check=False).returncode)
