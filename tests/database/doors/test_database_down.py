"""Without its database the API says so, in the one shape, and tells when to come back."""

from __future__ import annotations

import pytest
from django.db import connection
from django.test import Client
from tests.support.world import customer


@pytest.mark.parametrize("path", ["/api/v1/services", "/api/v1/marketplaces/public/offerings"])
def test_a_lost_database_is_a_problem_with_a_time_to_come_back(own_database: str, path: str) -> None:
    token = customer().token()
    settings = connection.settings_dict
    name = settings["NAME"]
    connection.close()
    settings["NAME"] = "souk_nowhere"
    try:
        answer = Client().get(path, headers={"Authorization": f"Bearer {token}", "Accept-Language": "en"})
    finally:
        connection.close()
        settings["NAME"] = name
    assert (answer.status_code, answer["Content-Type"]) == (503, "application/problem+json")
    assert answer["Retry-After"]
    assert "Nothing was lost" in answer.json()["title"]


def test_healthz_says_what_is_wrong(own_database: str) -> None:
    settings = connection.settings_dict
    name = settings["NAME"]
    connection.close()
    settings["NAME"] = "souk_nowhere"
    try:
        answer = Client().get("/healthz")
    finally:
        connection.close()
        settings["NAME"] = name
    assert (answer.status_code, answer.json()["database"]) == (503, False)
    assert Client().get("/healthz").json()["status"] == "ok"
