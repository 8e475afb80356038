"""What a site's machine says is read as a stranger's word: its log, its releases, the names of its people."""

from __future__ import annotations

import json
from collections.abc import Sequence
from uuid import uuid4

import pytest

from souk.blueprints.web.observer import severity
from souk.blueprints.web.publisher import Releases
from souk.blueprints.website import BLUEPRINT, parameters, welcome
from souk.engines.contract import Execution
from souk.kernel import clock
from souk.provisioning.contract import GIB, ConfigurationFailed, Declined, Severity, Size, Wanted

WANTED = Wanted(uuid4(), "vitrine", {}, Size(1, GIB, 10 * GIB), "ws-1.souk.internal", "10.0.0.2")
RELEASE = {"number": 1, "at": 0, "source": "push", "by": "agence", "note": "Prix", "live": True}


class _Says:
    """A machine whose program says this."""

    def __init__(self, text: str) -> None:
        self._text = text

    def execute(self, command: Sequence[str], *, stdin: bytes = b"", timeout: float = 60.0) -> Execution:
        del command, stdin, timeout
        return Execution(0, self._text, "")


@pytest.mark.parametrize(
    ("entry", "text", "found"),
    [
        ({}, '200 12ms 345B 203.0.113.9 site "GET / HTTP/2.0"', Severity.INFO),
        ({"PRIORITY": "6"}, '404 1ms 0B 203.0.113.9 site "GET /x HTTP/2.0"', Severity.WARNING),
        ({"PRIORITY": "6"}, '503 1ms 0B 203.0.113.9 site "GET /x HTTP/2.0"', Severity.ERROR),
        ({"PRIORITY": "3"}, "PHP message: PHP Fatal error:  Uncaught Exception", Severity.ERROR),
        ({"PRIORITY": "4"}, "something odd", Severity.WARNING),
        ({"PRIORITY": ["3"]}, "200 is what it said", Severity.INFO),
    ],
)
def test_a_line_is_as_grave_as_its_status_or_as_it_was_written(
    entry: dict[str, object], text: str, found: Severity
) -> None:
    assert severity(entry, text) == found


@pytest.mark.parametrize(
    "told",
    [
        "[]",
        "{}",
        '{"releases": 3, "staged": null}',
        '{"releases": [{}], "staged": null}',
        json.dumps({"releases": [{**RELEASE, "source": "elsewhere"}], "staged": None}),
        json.dumps({"releases": [RELEASE], "staged": 1e30}),
        json.dumps({"releases": [{**RELEASE, "at": "now"}], "staged": None}),
    ],
)
def test_a_machine_that_tells_nonsense_of_its_releases_is_told_of(told: str) -> None:
    with pytest.raises(ConfigurationFailed):
        Releases().published(_Says(told), WANTED)


def test_notes_are_short_and_on_one_line_and_nothing_was_made_in_the_future() -> None:
    release = {**RELEASE, "at": clock.now().timestamp() + 10_000, "note": "a\n\u202e" + "b" * 1000}
    found = Releases().published(_Says(json.dumps({"releases": [release], "staged": None})), WANTED)
    [told] = found.releases
    assert told.made_at <= clock.now()
    assert len(told.note) == 200
    assert told.note.isprintable()


@pytest.mark.parametrize("name", ["root", "site", "www_data", "git", "1agence", "_x", "a" * 28])
def test_names_that_a_machine_has_or_can_not_have_are_refused(name: str) -> None:
    with pytest.raises(Declined):
        BLUEPRINT.binder.binding(WANTED, name, "secret")


@pytest.mark.parametrize("language", ["fr", "ar", "en"])
def test_the_first_page_speaks_the_language_that_was_chosen_and_fills_every_place(language: str) -> None:
    told = welcome.welcome("ws-1.souk.internal", parameters.complete({"language": language, "folder": "public"}))
    assert told["path"] == "public/index.html"
    assert f'lang="{language}" dir="{"rtl" if language == "ar" else "ltr"}"' in told["page"]
    assert "{{" not in told["page"]
