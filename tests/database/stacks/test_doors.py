"""Stacks by REST, by the command line and in the console."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any
from uuid import UUID

import httpx
import pytest
from django.core.handlers.wsgi import WSGIHandler
from django.test import Client
from tests.database.console.desks import at_desk, text
from tests.support import kinds, stacks
from tests.support.reconciling import settle
from tests.support.stacks import PARTS, TEXTS, parts
from tests.support.world import Customer

from souk.cli.main import run
from souk.provisioning import registry
from souk.provisioning.queries import service, services
from souk.provisioning.reconciler.converge import Ground
from souk.settings.seeds import seed

Souk = Callable[..., tuple[int, str, str]]
BODY: dict[str, Any] = {
    "slug": "zellige",
    "category": "office",
    "texts": TEXTS,
    "questions": {"taste": ["site.flavour"]},
    "plans": [
        {
            "key": "s",
            "per_hour": "1.5",
            "per_month": "600",
            "parts": {
                name: {"offering": part.offering, "plan": part.plan, "parameters": dict(part.parameters)}
                for name, part in PARTS["s"].items()
            },
        }
    ],
}


@pytest.fixture
def souk(buyer: Customer, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Souk:
    """The program, signed in."""
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path))
    monkeypatch.setenv("LANGUAGE", "en")
    monkeypatch.setenv("SOUK_SERVER", "http://127.0.0.1:8000")
    monkeypatch.setenv("SOUK_TOKEN", buyer.token())

    def go(*words: str) -> tuple[int, str, str]:
        status = run(list(words), transport=httpx.WSGITransport(app=WSGIHandler()))
        said = capsys.readouterr()
        return status, said.out, said.err

    return go


@pytest.fixture
def desk(buyer: Customer) -> Client:
    return at_desk(buyer.person, "en")


def _asked(buyer: Customer, method: str, path: str, body: Any = None) -> Any:
    headers = {"Authorization": f"Bearer {buyer.token()}", "Accept-Language": "en"}
    if method == "get":
        return Client().get(f"/api/v1{path}", headers=headers)
    return getattr(Client(), method)(f"/api/v1{path}", body, content_type="application/json", headers=headers)


def test_by_rest_it_is_published_and_its_parts_are_told(buyer: Customer, stack: UUID) -> None:
    published = _asked(buyer, "post", f"/organizations/{buyer.organization}/stacks", BODY)
    assert (published.status_code, list(published.json())) == (202, ["version"])
    told = _asked(buyer, "get", f"/services/{stack}/parts").json()
    assert [(row["part"], row["part_of"], row["state"]) for row in told] == [
        ("site", str(stack), "ready"),
        ("files", str(stack), "ready"),
    ]
    assert _asked(buyer, "get", f"/services/{told[0]['id']}/parts").json() == []


def test_by_rest_a_fault_names_its_field_and_what_to_mend(buyer: Customer) -> None:
    wrong = {**BODY, "questions": {"taste": ["site.colour"]}}
    refused = _asked(buyer, "post", f"/organizations/{buyer.organization}/stacks", wrong)
    assert (refused.status_code, refused.json()["type"]) == (422, "urn:souk:problem:unknown-question")
    assert "“site.colour”, which is no parameter of that part" in refused.json()["title"]


def test_by_rest_a_part_says_what_to_delete_instead(buyer: Customer, stack: UUID) -> None:
    site = parts(buyer, stack)["site"].id
    refused = _asked(buyer, "delete", f"/services/{site}")
    assert refused.status_code == 409
    assert "Do this to “bureau”" in refused.json()["title"]


def test_by_the_command_line_it_is_published_ordered_and_looked_at(
    place: Ground, souk: Souk, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("souk.cli.progress.time.sleep", lambda _seconds: settle(place))
    file = tmp_path / "zellige.yaml"
    file.write_text(json.dumps(BODY))
    assert souk("stacks", "publish", "-f", str(file))[0] == 0
    ordered = souk(
        "order", "bureau", "--plan", "s", "--region", "ma-temara", "--name", "atelier", "-p", "taste=mint", "--wait"
    )
    assert ordered[0] == 0, ordered
    assert "souk stacks parts atelier" in ordered[1]
    assert "atelier" in souk("stacks")[1]
    assert "atelier-site" in souk("stacks", "parts", "atelier")[1]


@pytest.mark.parametrize("content", ["", "- a\n- b\n", "slug: [", "\x00"])
def test_by_the_command_line_a_file_that_says_no_stack_is_told(souk: Souk, tmp_path: Path, content: str) -> None:
    file = tmp_path / "stack.yaml"
    file.write_text(content)
    status, _, said = souk("stacks", "publish", "-f", str(file))
    assert (status, str(file) in said) == (1, True)


def test_a_project_with_a_stack_is_written_and_made_anew(
    place: Ground, souk: Souk, buyer: Customer, stack: UUID, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("souk.cli.progress.time.sleep", lambda _seconds: settle(place))
    file, again = tmp_path / "project.yaml", tmp_path / "again.yaml"
    assert souk("export", "-o", str(file))[0] == 0
    assert "bureau-site" not in file.read_text()
    assert souk("apply", "-f", str(file), "--plan", "--prune")[:2] == (0, "There is nothing to do.\n")
    assert souk("services", "delete", "bureau", "--erase", "--yes")[0] == 0
    settle(place)
    assert souk("apply", "-f", str(file), "--yes")[0] == 0
    settle(place)
    assert souk("export", "-o", str(again))[0] == 0
    assert again.read_text() == file.read_text()


def test_the_market_says_what_each_plan_is_made_of(place: Ground, desk: Client) -> None:
    page = text(desk.get("/market/bureau/"))
    assert "Managed example · S Managed example · S" in page
    assert "ordered, changed and deleted as one" in page
    assert "produced by its vendor" not in page


def test_the_stacks_page_shows_its_parts_and_theirs_where_they_belong(
    desk: Client, buyer: Customer, stack: UUID
) -> None:
    page = text(desk.get(f"/services/{stack}/"))
    assert "What it is made of" in page
    assert "bureau-site" in page
    assert "bureau-files" in page
    assert "Restart" not in page
    site = parts(buyer, stack)["site"].id
    page = text(desk.get(f"/services/{site}/"))
    assert "In the price of bureau, which it is a part of." in page
    assert "Restart" in page
    assert f"/services/{site}/delete/" not in desk.get(f"/services/{site}/").content.decode()
    listed = text(desk.get("/services/"))
    assert listed.index("bureau Ready") < listed.index("bureau-site part of bureau") < listed.index("bureau-files part")


def test_while_it_is_made_each_part_is_a_step(place: Ground, desk: Client, buyer: Customer) -> None:
    made = stacks.order(buyer)
    page = text(desk.get(f"/services/{made}/"))
    assert "Managed example · bureau-site" in page
    assert "Managed example · bureau-files" in page


def test_deleting_it_names_what_goes_with_it_and_keeps_it_for_the_days_of_grace(
    place: Ground, desk: Client, buyer: Customer, stack: UUID
) -> None:
    page = text(desk.get(f"/services/{stack}/delete/"))
    assert "Its parts go with it bureau-site bureau-files" in page
    assert "can be recovered for" in page
    assert desk.post(f"/services/{stack}/delete/", {"name": "bureau"}).status_code == 302
    settle(place)
    assert service(buyer.scope, stack).state == "soft_deleted"
    assert "Recover the service" in text(desk.get(f"/services/{stack}/"))
    assert "Recover the service" not in text(desk.get(f"/services/{parts(buyer, stack)['site'].id}/"))


@pytest.mark.parametrize("page", ["plan", "delete", "rename", "settings", "backups", "bindings", "access", "network"])
def test_each_page_of_a_stack_and_of_its_parts_is_there_or_says_why_not(
    desk: Client, buyer: Customer, stack: UUID, page: str
) -> None:
    for each in (stack, parts(buyer, stack)["site"].id):
        answer = desk.get(f"/services/{each}/{page}/")
        assert answer.status_code in {200, 302, 404, 409}, (page, answer.status_code)


def test_the_example_of_the_documentation_is_published_and_ordered(
    own_database: str, souk: Souk, buyer: Customer, place: Ground, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(registry, "blueprints", kinds.every_kind)
    monkeypatch.setattr("souk.cli.progress.time.sleep", lambda _seconds: settle(place))
    seed()
    page = (Path(__file__).parents[3] / "docs" / "vendor" / "stacks.md").read_text(encoding="utf-8")
    file = tmp_path / "vitrine.yaml"
    file.write_text(page.partition("```yaml\n")[2].partition("```")[0], encoding="utf-8")
    status, said, error = souk("--json", "stacks", "publish", "-f", str(file))
    assert (status, error) == (0, "")
    stacks.approve(UUID(json.loads(said)["version"]))
    words = ("--plan", "m", "--region", "ma-temara", "--name", "boutique", "-p", "site_title=Zellige")
    ordered = souk("order", "vitrine", *words)
    assert ordered[0] == 0, ordered
    settle(place)
    made = {row.part: row for row in services(buyer.scope, organization=buyer.organization) if row.part}
    assert {name: (row.blueprint, row.state) for name, row in made.items()} == {
        "site": ("wordpress", "ready"),
        "files": ("objectstorage", "ready"),
    }
    assert made["site"].parameters["site_title"] == "Zellige"
