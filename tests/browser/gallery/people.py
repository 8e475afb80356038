"""A signed-in reader for the gallery: buyer and operator at once, in two organizations."""

from __future__ import annotations

from django.http import HttpRequest

from souk.ui.navigation import Audience
from souk.ui.shell import OrganizationChoice, ProjectChoice, Shell


def shell(request: HttpRequest) -> Shell:
    """The sample reader; nobody on the public pages."""
    if "/market/" in request.path:
        return Shell(audiences=frozenset({Audience.VISITOR, Audience.OPERATOR}))
    return Shell(
        name="Salma El Idrissi",
        email="salma@aitsouss.ma",
        audiences=frozenset({Audience.BUYER, Audience.OPERATOR}),
        organizations=(
            OrganizationChoice(
                "1",
                "Boulangerie Aït Souss",
                (ProjectChoice("1", "production", current=True), ProjectChoice("2", "essais")),
                current=True,
            ),
            OrganizationChoice("2", "Commune de Témara", (ProjectChoice("3", "état civil"),)),
        ),
        switch_url="/switch/",
    )
