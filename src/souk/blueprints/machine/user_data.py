"""What a customer wants done at the first boot, handed to cloud-init: looked at before, and watched after."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import yaml

from souk.blueprints import guests
from souk.provisioning.contract import Beginning, ConfigurationFailed, Guest, Standing, Unfit, Wanted

LONGEST = 16 * 1024
"""Characters, and bytes in UTF-8."""

_NAME = "user_data"
_DOCUMENT, _SCRIPT = "#cloud-config", "#!"
_TELL = "/usr/lib/souk/first-boot"
_TELL_WITHIN = 30.0
_MOST_LINES, _LONGEST_LINE = 20, 300


def given(parameters: Mapping[str, Any]) -> str:
    """What is to be done; nothing, if nothing is."""
    return str(parameters.get(_NAME) or "")


def check(text: str) -> None:
    """Look at what is to be done.

    Raises:
        Unfit.
    """
    if not text:
        return
    if len(text.encode()) > LONGEST:
        raise Unfit(_NAME, _("This is longer than 16 KiB. Have it fetch the rest from where you keep it."))
    if "\0" in text:
        raise Unfit(_NAME, _("This is no text."))
    first = text.partition("\n")[0].rstrip()
    if first == _DOCUMENT:
        _check_document(text)
    elif not first.startswith(_SCRIPT):
        raise Unfit(_NAME, _("The first line must be #cloud-config, or begin with #! and name a program."))


def _check_document(text: str) -> None:
    try:
        read = yaml.safe_load(text)
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        if mark is None:
            raise Unfit(_NAME, _("This is no YAML.")) from None
        sentence = _("Line {line}, column {column}: this is no YAML. ({reason})")
        raise Unfit(_NAME, sentence, line=mark.line + 1, column=mark.column + 1, reason=error.problem or "?") from None
    except (yaml.YAMLError, RecursionError, ValueError):
        raise Unfit(_NAME, _("This is no YAML.")) from None
    if not isinstance(read, dict):
        raise Unfit(_NAME, _("After #cloud-config, each thing to do has a name, a colon, and what it is."))


class CloudInit:
    """Runs once, beside the machine's own start, within limits of its own."""

    def asked(self, parameters: Mapping[str, Any]) -> bool:
        """Whether there is anything to do."""
        return bool(given(parameters))

    def look(self, guest: Guest, wanted: Wanted) -> Beginning:
        """See how far it is. The machine is a stranger's: of what it says, no more is taken than what fits.

        Raises:
            ConfigurationFailed: it does not tell.
        """
        del wanted
        told = guests.run(guest, _TELL, {"timeout": _TELL_WITHIN - 5}, timeout=_TELL_WITHIN)
        try:
            standing = Standing(told["standing"])
        except (KeyError, ValueError):
            raise ConfigurationFailed("it does not tell how far its first boot is") from None
        lines = told.get("lines")
        said = [str(line) for line in lines] if isinstance(lines, list) else []
        return Beginning(standing, [_shown(line) for line in said[-_MOST_LINES:]])


def _shown(line: str) -> str:
    return "".join(letter if letter.isprintable() else " " for letter in line[:_LONGEST_LINE])


def _(message: str) -> str:
    """Marks a message id; whoever shows it translates it."""
    return message
