"""A platform that speaks Open Service Broker 2.17 to the market place, and the services that it orders."""

from __future__ import annotations

import base64
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from uuid import UUID, uuid4

import pytest
from django.test import Client
from tests.support import reconciling
from tests.support.following import catch_up
from tests.support.world import Customer, customer

from souk.parties.queries import projects
from souk.provisioning.reconciler.converge import Ground

BROKER = "/osb/public/ma-temara"
ASYNC = "accepts_incomplete=true"


@dataclass
class Platform:
    """A client of the broker, for one project."""

    project: UUID
    token: str
    version: str = "2.17"

    def __call__(self, method: str, path: str, body: Any = None, **headers: str) -> Any:
        """Ask; `path` begins after `/v2`."""
        given = base64.b64encode(f"{self.project}:{self.token}".encode()).decode()
        sent = {"Authorization": f"Basic {given}", "Accept-Language": "en", **headers}
        if self.version:
            sent["X-Broker-API-Version"] = self.version
        call = getattr(Client(), method)
        if method in {"put", "patch"}:
            return call(f"{BROKER}/v2{path}", body, content_type="application/json", headers=sent)
        return call(f"{BROKER}/v2{path}", headers=sent)

    def ids(self, plan: str = "s") -> dict[str, str]:
        """What the catalogue calls the example and one of its plans."""
        (service,) = [each for each in self("get", "/catalog").json()["services"] if each["name"] == "exemple"]
        (found,) = [each for each in service["plans"] if each["name"] == plan]
        return {"service_id": service["id"], "plan_id": found["id"]}

    def query(self, plan: str = "s") -> str:
        """The same as a query, asynchronous."""
        return "&".join(f"{key}={value}" for key, value in self.ids(plan).items()) + f"&{ASYNC}"


@pytest.fixture
def place(own_database: str, tmp_path: Path) -> Ground:
    return reconciling.ground(tmp_path)


@pytest.fixture
def buyer(place: Ground) -> Customer:
    return customer()


def platform_of(buyer: Customer) -> Platform:
    """The first project's platform."""
    return Platform(projects(buyer.scope, buyer.organization)[0].id, buyer.token())


@pytest.fixture
def platform(buyer: Customer) -> Platform:
    return platform_of(buyer)


@pytest.fixture
def instance(platform: Platform, place: Ground) -> str:
    """The path of a service that the platform ordered, and that runs."""
    path = f"/service_instances/{uuid4()}"
    assert platform("put", f"{path}?{ASYNC}", platform.ids()).status_code == 202
    done(place)
    return path


def done(place: Ground) -> None:
    """Let what was asked for be done, and be heard of."""
    reconciling.work(place)
    catch_up()
