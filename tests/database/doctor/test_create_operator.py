"""Letting an engineer in, as the host's administrator."""

from __future__ import annotations

import io

import pytest
from django.core.management import CommandError, call_command
from tests.support.world import PASSWORD

from souk.parties import commands
from souk.parties.models import Person

pytestmark = pytest.mark.django_db
EMAIL = "nadia@operateur.example"


@pytest.fixture(autouse=True)
def _english(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LANGUAGE", "en")


def _run(*words: str) -> str:
    out = io.StringIO()
    call_command("create_operator", *words, stdout=out)
    return out.getvalue()


def test_somebody_new_gets_a_password_that_is_printed_once() -> None:
    said = _run(EMAIL, "--name", "Nadia")
    password = said.rsplit(" ", 1)[1].strip()
    person = Person.objects.get(email=EMAIL)
    assert (person.is_operator, person.full_name) == (True, "Nadia")
    assert person.check_password(password)
    assert password not in _run(EMAIL)


def test_somebody_known_is_promoted_and_keeps_the_password() -> None:
    commands.sign_up(EMAIL, PASSWORD, "Nadia")
    said = _run(EMAIL.upper())
    person = Person.objects.get(email=EMAIL)
    assert person.is_operator
    assert person.check_password(PASSWORD)
    assert "assword" not in said


def test_a_password_may_come_from_standard_input(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sys.stdin", io.StringIO(PASSWORD + "\n"))
    assert PASSWORD not in _run(EMAIL, "--password-stdin")
    assert Person.objects.get(email=EMAIL).check_password(PASSWORD)


def test_a_weak_password_is_refused_with_the_reason(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sys.stdin", io.StringIO("12345\n"))
    with pytest.raises(CommandError, match="short"):
        _run(EMAIL, "--password-stdin")
    assert not Person.objects.filter(email=EMAIL).exists()


def test_what_is_no_address_is_refused() -> None:
    with pytest.raises(CommandError, match="nadia"):
        _run("nadia")
