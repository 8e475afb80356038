"""Programs in a machine, some of which an older image does not have."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from souk.blueprints import guests
from souk.provisioning.contract import Declined, Guest

_FILES = Path(__file__).parent / "image/files"


def run(
    guest: Guest, program: str, document: Mapping[str, Any], *, within: float, refusals: Mapping[str, str] | None = None
) -> dict[str, Any]:
    """Run a program and return its answer; it gives up by itself before `within` seconds are over.

    Raises:
        Declined: for one of the `refusals`, or because the machine is older than the program.
        ConfigurationFailed.
    """
    told = {**document, "timeout": within - 10}
    try:
        return guests.run(guest, program, told, timeout=within, refusals=refusals)
    except guests.ProgramMissing as error:
        raise TooOld from error


def bring(guest: Guest, program: str, document: Mapping[str, Any], *, within: float) -> dict[str, Any]:
    """Run a program of the newest image, whatever the machine was made from.

    Raises:
        ConfigurationFailed.
    """
    return guests.bring(guest, _FILES / program.lstrip("/"), document, within=within)


class TooOld(Declined):
    """The machine was made by an image that can't do this yet."""

    def __init__(self) -> None:
        super().__init__(_("This service's machine was made before this was possible. Restore it into a new service."))


def _(message: str) -> str:
    """Marks a message id; whoever shows it translates it."""
    return message
