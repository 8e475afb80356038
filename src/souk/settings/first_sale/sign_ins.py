"""Sign-ins for an operator, a vendor and a customer: made once, kept in `sign-ins.json` for the administrator only."""

from __future__ import annotations

import json
import os
from dataclasses import asdict, dataclass
from pathlib import Path

from souk.kernel.secrets import new_password
from souk.settings.first_sale import story

_ADDRESSES = {"operator": story.OPERATOR, "vendor": story.VENDOR, "customer": story.CUSTOMER}


@dataclass
class SignIn:
    """An e-mail address with its password, and the token of the last run."""

    email: str
    password: str
    token: str = ""


class SignIns:
    """The three of them, by role."""

    def __init__(self, path: Path) -> None:
        self.path = path
        kept = _read(path)
        self.by_role = {
            role: SignIn(**kept[role]) if role in kept else SignIn(email, new_password(20))
            for role, email in _ADDRESSES.items()
        }
        self.save()

    def __getitem__(self, role: str) -> SignIn:
        return self.by_role[role]

    def save(self) -> None:
        """Write the file, readable by its owner only from its first byte on."""
        draft = self.path.with_suffix(".new")
        draft.unlink(missing_ok=True)
        text = json.dumps({role: asdict(sign_in) for role, sign_in in self.by_role.items()}, indent=2)
        with os.fdopen(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as handle:
            handle.write(text + "\n")
        draft.replace(self.path)


def _read(path: Path) -> dict[str, dict[str, str]]:
    try:
        kept: dict[str, dict[str, str]] = json.loads(path.read_text())
    except (OSError, ValueError):
        return {}
    return kept
