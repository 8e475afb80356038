"""The language this program speaks: `--language`, else the environment's, else English."""

from __future__ import annotations

import gettext
import os
from collections.abc import Mapping, Sequence
from pathlib import Path

LANGUAGES = ("fr", "ar", "en")
_LOCALE = Path(__file__).with_name("locale")
_texts: gettext.NullTranslations = gettext.NullTranslations()
_language = "en"


def choose(arguments: Sequence[str], environment: Mapping[str, str] = os.environ) -> str:
    """The language asked for: `--language XX` among the arguments, else of LANGUAGE, LC_ALL, LC_MESSAGES or LANG.

    `C` and `POSIX` name no language, so the next variable is looked at.
    """
    words = list(arguments)
    for position, word in enumerate(words):
        if word == "--":
            break
        if word == "--language" and position + 1 < len(words):
            return _known(words[position + 1])
        if word.startswith("--language="):
            return _known(word.partition("=")[2])
    for variable in ("LANGUAGE", "LC_ALL", "LC_MESSAGES", "LANG"):
        value = environment.get(variable, "").split(":")[0]
        if value and value.partition(".")[0] not in {"C", "POSIX"}:
            return _known(value)
    return "en"


def _known(value: str) -> str:
    short = value[:2].lower()
    return short if short in LANGUAGES else "en"


def install(language: str) -> None:
    """Speak `language` from now on."""
    global _texts, _language
    _language = _known(language)
    _texts = gettext.translation("souk", _LOCALE, [_language], fallback=True)


def current() -> str:
    """The language being spoken: `fr`, `ar` or `en`."""
    return _language


def _(message: str) -> str:
    """The message in the language being spoken."""
    return _texts.gettext(message)


def n_(message: str) -> str:
    """Mark a message for translation; it is translated where it is shown."""
    return message
