"""What every command is given: its output, and the server it talks to."""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import cached_property
from typing import Annotated

import httpx
from cyclopts import Parameter

from souk.cli import profile
from souk.cli.errors import Stopped
from souk.cli.language import _, current
from souk.cli.output import Output
from souk.cli.profile import Profile
from souk.client import Client
from souk.client.models import ServiceRow


@dataclass
class Context:
    """One run of the program. `transport` stands in for the network in tests."""

    output: Output
    transport: httpx.BaseTransport | None = None
    _clients: list[Client] = field(default_factory=list)

    @cached_property
    def profile(self) -> Profile:
        """The profile of this run."""
        return profile.load()

    @cached_property
    def client(self) -> Client:
        """The server of the profile, as the person who signed in.

        Raises:
            Stopped: no server is known yet.
        """
        if not self.profile.server:
            raise Stopped(_("No server is known yet. Sign in first: souk login https://…"))
        return self.connect(self.profile.server, self.profile.token)

    def connect(self, server: str, token: str = "") -> Client:
        """Another connection, closed at the end of the run."""
        client = Client(server, token, current(), transport=self.transport)
        self._clients.append(client)
        return client

    def close(self) -> None:
        """Close every connection of this run."""
        for client in self._clients:
            client.close()

    def organization(self) -> str:
        """The id of the organization that is acted for, or the only one.

        Raises:
            Stopped: there are several, and none was chosen.
        """
        if self.profile.organization:
            return self.profile.organization
        rows = self.client.list_organizations()
        if len(rows) != 1:
            raise Stopped(_("Say which organization first: souk organizations use NAME"))
        return rows[0]["id"]

    def service(self, name: str) -> ServiceRow:
        """The one service that is called `name`, or has it as its label or id.

        Raises:
            Stopped: there is none, or there are several.
        """
        found = [
            row
            for row in self.client.list_services(organization=self.profile.organization or None)
            if name in {row["name"], row["label"], row["id"]}
        ]
        found = [row for row in found if row["state"] != "soft_deleted"] or found
        if len(found) > 1:
            ids = ", ".join(row["id"] for row in found)
            raise Stopped(_("Several services are called “{name}”. Use an id: {ids}").format(name=name, ids=ids))
        if not found:
            raise Stopped(_("There is no service “{name}”. `souk services` lists those there are.").format(name=name))
        return found[0]


#: The annotation by which a command is handed its context: no part of the command line.
Given = Annotated[Context, Parameter(parse=False)]
