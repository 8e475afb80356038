"""The profile: which server, as whom, for which organization. A file that only its owner may read."""

from __future__ import annotations

import contextlib
import json
import os
import tomllib
from dataclasses import asdict, dataclass, replace
from pathlib import Path

from souk.cli.errors import Stopped
from souk.cli.language import _


@dataclass(frozen=True)
class Profile:
    """`organization` is an id; an empty string where nothing was chosen."""

    server: str = ""
    token: str = ""
    organization: str = ""


_FIELDS = tuple(asdict(Profile()))


def path() -> Path:
    """`souk/config.toml` below `XDG_CONFIG_HOME`, else below `~/.config`."""
    return Path(os.environ.get("XDG_CONFIG_HOME") or Path.home() / ".config") / "souk" / "config.toml"


def stored() -> Profile:
    """What the file says; an empty profile where there is none.

    Raises:
        Stopped: the file can't be read.
    """
    values: dict[str, object] = {}
    try:
        with contextlib.suppress(FileNotFoundError):
            values = tomllib.loads(path().read_text())
    except (OSError, ValueError) as error:
        raise Stopped(_("{path} can't be read. Delete it and sign in again.").format(path=path())) from error
    return Profile(**{key: str(value) for key, value in values.items() if key in _FIELDS})


def load() -> Profile:
    """The stored profile, overridden by SOUK_SERVER, SOUK_TOKEN and SOUK_ORGANIZATION.

    Raises:
        Stopped: the file can't be read.
    """
    told = {key: os.environ[f"SOUK_{key.upper()}"] for key in _FIELDS if f"SOUK_{key.upper()}" in os.environ}
    return replace(stored(), **told)


def save(profile: Profile) -> None:
    """Write the profile, readable by its owner only from its first byte on."""
    target = path()
    target.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    draft = target.with_name(f".config.{os.getpid()}")
    # A JSON string is a TOML basic string.
    text = "".join(
        f"{key} = {json.dumps(value, ensure_ascii=False)}\n" for key, value in asdict(profile).items() if value
    )
    with os.fdopen(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w") as handle:
        handle.write(text)
    draft.replace(target)


def forget_token() -> None:
    """Keep server and organization, lose the token."""
    save(replace(stored(), token=""))
