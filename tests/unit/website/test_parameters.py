"""What may be chosen for a site, and that nothing of it writes more into the server's configuration than it says."""

from __future__ import annotations

from typing import Any
from uuid import uuid4

import pytest
from hypothesis import given
from hypothesis import strategies as st
from jsonschema import Draft202012Validator

from souk.blueprints.web import front, sizing
from souk.blueprints.website import BLUEPRINT, parameters
from souk.provisioning.contract import GIB, Size, Unfit, Wanted

WANTED = Wanted(uuid4(), "vitrine", {}, Size(1, GIB, 10 * GIB), "ws-1.souk.internal", "10.0.0.2")


def _fits(**chosen: Any) -> bool:
    return Draft202012Validator(dict(BLUEPRINT.schema())).is_valid(chosen)


@pytest.mark.parametrize("folder", ["public", "web/app", "a_b-c.d", ""])
def test_folders_of_frameworks_are_taken(folder: str) -> None:
    assert _fits(folder=folder)


@pytest.mark.parametrize(
    "folder",
    [
        "/etc",
        "..",
        "../x",
        "public/../..",
        "a//b",
        "a\nb",
        "a b",
        ".git",
        'a"b',
        "public\n",
        "a/b/c/d/e",
        "<x>",
        "$(id)",
    ],
)
def test_folders_that_lead_elsewhere_or_write_configuration_are_refused(folder: str) -> None:
    assert not _fits(folder=folder)


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("timezone", "Mars/Olympus"),
        ("timezone", "UTC\nauto_prepend_file=/etc/passwd"),
        ("branch", "a..b"),
        ("branch", "main.lock"),
        ("ssh_keys", ["ssh-ed25519 AAAA"]),
    ],
)
def test_what_a_schema_can_not_say_is_told_at_its_parameter(name: str, value: object) -> None:
    with pytest.raises(Unfit) as refused:
        BLUEPRINT.check({name: value})
    assert refused.value.name == name


def test_what_is_offered_as_an_example_fits() -> None:
    for example in BLUEPRINT.schema()["examples"]:
        assert _fits(**example)
        BLUEPRINT.check(example)


def test_a_site_of_files_has_no_way_to_php() -> None:
    chosen = parameters.complete({"kind": "static", "folder": "public", "front_controller": True})
    text = "".join(front.sites(parameters.site(chosen), parameters.php(chosen)).values())
    assert "fcgi" not in text
    assert text.count("Require all denied") == 2
    assert "DocumentRoot /srv/site/releases/live/public\n" in text
    assert text.count("FallbackResource /index.html") == 2


def test_only_the_staging_copy_asks_who_one_is() -> None:
    chosen = parameters.complete({})
    files = front.sites(parameters.site(chosen), parameters.php(chosen))
    live, staging = files["conf.d/10-site.conf"].split("</VirtualHost>")[:2]
    assert "Require valid-user" not in live + files["live.conf"]
    assert "Require valid-user" in staging


def test_limits_that_were_chosen_are_those_of_php() -> None:
    chosen = parameters.complete({"php_megabytes": 256, "upload_megabytes": 10, "php_seconds": 7, "timezone": "UTC"})
    text = front.pools(WANTED, parameters.php(chosen))
    for line in (
        "memory_limit] = 256M",
        "upload_max_filesize] = 10M",
        "post_max_size] = 11M",
        "max_execution_time] = 7",
        "date.timezone] = UTC",
    ):
        assert line in text


@given(st.integers(256, 65536), st.integers(32, 1024))
def test_more_memory_never_means_fewer_programs_and_all_of_them_fit_by_half(memory: int, each: int) -> None:
    count = sizing.workers(memory * sizing.MIB, each * sizing.MIB)
    assert 2 <= count <= sizing.MOST_WORKERS
    assert count <= sizing.workers(2 * memory * sizing.MIB, each * sizing.MIB)
    if count > 2:
        assert count * max(sizing.SMALLEST_WORKER, each * sizing.MIB // 2) <= memory * sizing.MIB
