"""What every step works with: the journal, the sign-ins, and the API as customer and as operator."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from souk.client import Client, Refused
from souk.settings.first_sale.journal import Journal
from souk.settings.first_sale.sign_ins import SignIns
from souk.settings.first_sale.telling import Telling
from souk.settings.namespace import Namespace


class StepFailed(Exception):
    """A step can't be done; the message says why, `remedy` what to do."""

    def __init__(self, sentence: str, remedy: str = "") -> None:
        super().__init__(sentence)
        self.remedy = remedy


@dataclass
class Sale:
    """A run of the first sale."""

    namespace: Namespace
    journal: Journal
    sign_ins: SignIns
    customer: Client
    operator: Client
    telling: Telling
    simulation: bool = False

    @property
    def folder(self) -> Path:
        """Where the documents go."""
        return self.namespace.state / "first-sale"

    @property
    def service(self) -> str:
        """The service's id."""
        return self.journal.ids["service"]

    def sign_in(self, role: str) -> None:
        """Sign in as customer or operator, with the token of the last run while it is good."""
        client, sign_in = getattr(self, role), self.sign_ins[role]
        client.sign(sign_in.token)
        if sign_in.token and _works(client):
            return
        client.sign("")
        made = client.sign_in({"email": sign_in.email, "password": sign_in.password, "name": "first sale", "days": 30})
        sign_in.token = made["token"]
        self.sign_ins.save()
        client.sign(sign_in.token)

    def wait(self, look: Callable[[], Any], patience: float, late: Callable[[], StepFailed]) -> Any:
        """What `look` finds, as soon as it finds something.

        Raises:
            StepFailed: it found nothing within `patience` seconds.
        """
        deadline, pause = time.monotonic() + patience, 0.05
        while not (found := look()):
            if time.monotonic() > deadline:
                raise late()
            time.sleep(pause)
            pause = min(pause * 1.4, 0.5)
        return found


def _works(client: Client) -> bool:
    try:
        client.me()
    except Refused as refused:
        if refused.status == 401:
            return False
        raise
    return True
