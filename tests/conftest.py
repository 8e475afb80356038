"""Fixtures for all tests. Database tests connect as the web role, so that the walls are up while they run."""

from __future__ import annotations

import os
from collections.abc import Iterator
from typing import Any

import pytest
from hypothesis import settings as trying

# How long an example takes is the machine's business: `bench/` measures.
trying.register_profile("untimed", deadline=None)
trying.load_profile("untimed")


@pytest.fixture(autouse=True, scope="session")
def example_blueprint() -> Iterator[None]:
    """Sell the small example instead of what is installed: rooms know no blueprint by name."""
    from unittest import mock

    from tests.support.example import EXAMPLE

    from souk.provisioning import registry

    sold = {EXAMPLE.key: EXAMPLE}
    with mock.patch.object(registry, "blueprints", return_value=sold):
        yield


@pytest.fixture(scope="session")
def django_db_setup(request: pytest.FixtureRequest, example_blueprint: None) -> Iterator[str]:
    """A migrated, seeded database; yields the name of its template copy."""
    from django.db import connection
    from tests.support import databases, world

    from souk.settings.seeds import seed

    blocker = request.getfixturevalue("django_db_blocker")
    settings = connection.settings_dict
    production, owner = settings["NAME"], settings["USER"]
    settings["OWNER"] = owner
    # Named after the process, so that two runs at once never meet; what dead runs left is dropped.
    settings["TEST"]["NAME"] = name = f"test_{production}_{os.getpid()}"
    with blocker.unblock():
        databases.drop_of_dead_runs(settings, f"test_{production}_")
        connection.creation.create_test_db(verbosity=0, autoclobber=True)
        seed()
        world.some_capacity()
        connection.close()
        template = f"{name}_template"
        databases.clone(settings, name, template)
        settings["USER"] = "souk_web"
    yield template
    with blocker.unblock():
        connection.close()
        settings["USER"] = owner
        databases.drop(settings, template)
        databases.drop(settings, name)


@pytest.fixture
def own_database(django_db_setup: str, django_db_blocker: Any) -> Iterator[str]:
    """A database of the test's own, for what must really commit; several connections may use it."""
    from tests.support import databases

    with django_db_blocker.unblock(), databases.own_database(django_db_setup) as name:
        yield name
