"""From `-p key=value` to what a JSON Schema asks for."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

from souk.cli.errors import Stopped
from souk.cli.language import _

_TRUTH = {"true": True, "yes": True, "1": True, "false": False, "no": False, "0": False}


def read(pairs: Sequence[str], schema: Mapping[str, Any]) -> dict[str, Any]:
    """The parameters that `key=value` pairs give, typed as the schema's properties are. Of `key=@FILE`, the value of a
    text is what is in the file, and that of an array its lines.

    Raises:
        Stopped: a pair is no pair, names no parameter, can't be of the parameter's type, or names no file that is text.
    """
    properties = schema.get("properties", {})
    given: dict[str, Any] = {}
    for pair in pairs:
        key, equals, text = pair.partition("=")
        if not equals:
            raise Stopped(_("“{pair}” is not of the form key=value.").format(pair=pair))
        if key not in properties:
            known = ", ".join(sorted(properties)) or "—"
            raise Stopped(_("There is no parameter “{key}”. There are: {known}.").format(key=key, known=known))
        given[key] = _convert(key, text, properties[key])
    return given


def plain(pairs: Sequence[str]) -> dict[str, str | list[str]]:
    """The same as texts, and of `key=@FILE` as the lines of the file, where no schema is at hand; the server says what
    is wrong with them.

    Raises:
        Stopped: a pair is no pair, or names no file that is text.
    """
    split = {pair: pair.partition("=") for pair in pairs}
    for pair, (_key, equals, _text) in split.items():
        if not equals:
            raise Stopped(_("“{pair}” is not of the form key=value.").format(pair=pair))
    return {key: _lines(text[1:]) if text[:1] == "@" else text for key, _equals, text in split.values()}


def _convert(key: str, text: str, rule: Mapping[str, Any]) -> Any:
    kind = rule.get("type", "string")
    kinds = [kind] if isinstance(kind, str) else list(kind)
    if text in {"", "null"} and "null" in kinds:
        return None
    wanted = next((name for name in kinds if name != "null"), "string")
    if text.startswith("@") and wanted in {"string", "array"}:
        return _file(text[1:]) if wanted == "string" else _lines(text[1:])
    try:
        if wanted == "array":
            return _array(key, text, rule.get("items", {}))
        return _CONVERTERS[wanted](text)
    except (ValueError, KeyError) as error:
        raise Stopped(
            _("“{text}” is not right for the parameter “{key}”, which is of type {kind}.").format(
                text=text, key=key, kind=wanted
            )
        ) from error


def _lines(name: str) -> list[str]:
    return [line for line in _file(name).splitlines() if line.strip()]


def _file(name: str) -> str:
    try:
        return Path(name).expanduser().read_text(encoding="utf-8")
    except OSError as error:
        raise Stopped(_("{path} can't be read: {reason}.").format(path=name, reason=error.strerror)) from error
    except UnicodeDecodeError as error:
        raise Stopped(_("{path} can't be read: {reason}.").format(path=name, reason=_("it is no text"))) from error


def _array(key: str, text: str, items: Mapping[str, Any]) -> list[Any]:
    """A JSON array, or values separated by commas."""
    if text.startswith("["):
        return list(json.loads(text))
    return [_convert(key, part.strip(), items) for part in text.split(",") if part.strip()]


_CONVERTERS: Mapping[str, Callable[[str], Any]] = {
    "string": str,
    "integer": int,
    "number": float,
    "boolean": lambda text: _TRUTH[text.lower()],
    "object": json.loads,
}
