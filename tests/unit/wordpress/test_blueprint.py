"""What is asked of a customer, and what the machine is told of it."""

from __future__ import annotations

import json
import re
import uuid
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from jsonschema import Draft202012Validator

from souk.blueprints.web import recipes
from souk.blueprints.wordpress import BLUEPRINT, front, parameters, sizing
from souk.engines.contract import Execution
from souk.provisioning.contract import (
    GIB,
    BindingRole,
    Credentials,
    Declined,
    ServerCertificate,
    Size,
    Unfit,
    Wanted,
)

WANTED = Wanted(uuid.uuid4(), "blog", {}, Size(1, GIB, 10 * GIB), "wp-1.souk.example", "10.0.0.9")
VALID = Draft202012Validator(BLUEPRINT.schema())


class Guest:
    """A machine that notes what it is told."""

    def __init__(self, said: str = "{}", exit_code: int = 0) -> None:
        self.said, self.exit_code, self.told = said, exit_code, dict[str, Any]()

    def execute(self, command: object, *, stdin: bytes = b"", timeout: float = 60.0) -> Execution:
        self.told = json.loads(stdin)
        return Execution(self.exit_code, self.said, "")


@pytest.mark.parametrize(
    "wrong",
    [
        {"admin": "Fatima"},
        {"admin": "a b"},
        {"admin": "fatima\n"},
        {"language": "de"},
        {"email": "fatima"},
        {"email": "a@b.ma\n"},
        {"upload_megabytes": 0},
        {"site_title": "x" * 101},
        {"theme": "none"},
    ],
)
def test_what_makes_no_sense_is_refused_by_the_schema(wrong: dict[str, object]) -> None:
    assert not VALID.is_valid(wrong)


@pytest.mark.parametrize("wrong", [{"timezone": "Maroc"}, {"site_title": "un\ndeux"}, {"admin": "root"}])
def test_what_the_schema_cannot_say_is_refused_with_a_sentence(wrong: dict[str, str]) -> None:
    assert VALID.is_valid(wrong)
    with pytest.raises(Unfit) as refused:
        BLUEPRINT.check(wrong)
    assert refused.value.name == next(iter(wrong))


@pytest.mark.parametrize(("language", "title"), [("fr", "Mon site"), ("ar", "موقعي"), ("en", "My site")])
def test_a_site_without_a_title_has_one_in_its_language(language: str, title: str) -> None:
    assert parameters.complete({"language": language, "site_title": "  "})["site_title"] == title


def test_a_binding_is_a_user_of_wordpress_in_a_role_of_its_own() -> None:
    guest = Guest()
    credentials = BLUEPRINT.binder.binding(WANTED, "redaction", "secret")
    for role, name in (
        (BindingRole.OWNER, "administrator"),
        (BindingRole.WRITER, "editor"),
        (BindingRole.READER, "subscriber"),
    ):
        BLUEPRINT.binder.grant(guest, WANTED, credentials, role)
        assert (guest.told["name"], guest.told["role"]) == ("redaction", name)
    BLUEPRINT.binder.revoke(guest, WANTED, "redaction")
    assert "password" not in guest.told
    assert guest.told["admin"] == "administrateur"


@pytest.mark.parametrize("name", ["administrateur", "mysql", "1a", "a" * 28, "Fatima", "a-b", ""])
def test_no_binding_takes_the_administrators_name_or_one_that_is_none(name: str) -> None:
    with pytest.raises(Declined):
        BLUEPRINT.binder.binding(WANTED, name, "secret")


def test_a_name_that_the_site_itself_let_in_is_not_taken_over() -> None:
    guest = Guest('{"declined": "taken", "error": "it can\'t do this: taken"}', 1)
    with pytest.raises(Declined, match="in the site already"):
        BLUEPRINT.binder.grant(guest, WANTED, Credentials("comptable", "secret"))


def test_the_owner_is_told_to_the_machine_and_no_secret_is_in_what_all_may_read() -> None:
    guest = Guest()
    credentials = BLUEPRINT.credentials({"admin": "fatima"}, "very-secret")
    wanted = replace(WANTED, parameters={"admin": "fatima", "site_title": "L'Atelier"})
    BLUEPRINT.configure(guest, wanted, credentials, ServerCertificate("cert", "key", "ca"))
    assert guest.told["owner"]["username"] == "fatima"
    assert guest.told["wordpress"]["admin"] == "fatima"
    assert json.loads(guest.told["settings"]) == {"hosts": ["wp-1.souk.example"]}
    readable = json.dumps([guest.told[each] for each in ("settings", "files", "php", "database")])
    assert "very-secret" not in readable


def test_the_old_way_in_is_closed_unless_it_is_asked_for() -> None:
    php = front.php(WANTED, parameters.complete({}))
    closed, opened = (json.dumps(front.sites(php, xmlrpc=xmlrpc)) for xmlrpc in (False, True))
    assert "/xmlrpc.php" in closed
    assert "/xmlrpc.php" not in opened


@given(st.integers(512, 65536))
def test_database_and_pages_fit_into_a_machines_memory(megabytes: int) -> None:
    memory = megabytes * 1024**2
    wanted = replace(WANTED, size=Size(1, memory, GIB))
    text = front.database(wanted)
    found = re.search(r"innodb_buffer_pool_size = (\d+)M", text)
    assert found
    assert 32 <= int(found[1]) <= 1024
    assert sizing.database(memory) < memory * 0.4


def test_the_image_is_a_sites_with_more() -> None:
    web, press = recipes.recipe(), BLUEPRINT.recipe
    assert set(web.packages) < set(press.packages)
    assert set(web.hooks) < set(press.hooks)
    files, of_web = dict(press.files()), dict(web.files())
    assert set(of_web) < set(files)
    assert files["usr/lib/souk/configure"] != of_web["usr/lib/souk/configure"]
    assert files["usr/lib/souk/web/apache.conf"] == of_web["usr/lib/souk/web/apache.conf"]
    assert press.alias == "souk/wordpress"
    assert all(name in files for name in press.executables if name.startswith("usr/lib/souk"))
