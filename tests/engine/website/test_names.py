"""A site's own names: certificates by ACME from a real server in the world outside, and what the world sees of them."""

from __future__ import annotations

import json
import time
from collections.abc import Iterator

import pytest
from cryptography import x509
from tests.engine.website.conftest import Site
from tests.support.dns import Zone, zone
from tests.support.outside import Outside, outside
from tests.support.street import LASTS, NAME, THEIRS, WWW, Street, at_street, soon

pytestmark = pytest.mark.engine


@pytest.fixture(scope="module")
def dns() -> Iterator[tuple[Outside, Zone]]:
    with outside() as world, zone(world.host) as served:
        yield world, served


@pytest.fixture(scope="module")
def street(site: Site, dns: tuple[Outside, Zone], tmp_path_factory: pytest.TempPathFactory) -> Iterator[Street]:
    world, served = dns
    with at_street(site, world, served, tmp_path_factory.mktemp("acme")) as there:
        yield there


def test_names_that_lead_here_get_certificates_and_others_than_the_main_one_lead_to_it(street: Street) -> None:
    before = street.shown()
    street.serve(NAME, WWW, main=NAME, hsts=True)
    assert soon(lambda: street.certified(NAME).until and street.certified(WWW).until), street.story
    assert soon(lambda: street.shown().issuer != before.issuer and street.shown(WWW).issuer != before.issuer)
    named = street.shown(WWW).extensions.get_extension_for_class(x509.SubjectAlternativeName).value
    assert named.get_values_for_type(x509.DNSName) == [WWW]
    status, headers, body = street.asked(f"https://{NAME}/")
    assert (status, body) == (200, street.site.get("/").text)
    assert headers["strict-transport-security"] == "max-age=31536000"
    for url in (f"http://{WWW}/a?b=c", f"http://{NAME}/a?b=c", f"https://{WWW}/a?b=c"):
        status, headers, _ = street.asked(url)
        assert (status, headers["location"]) == (308, f"https://{NAME}/a?b=c")


def test_programs_of_the_site_read_no_key_and_answer_for_no_challenge(street: Street) -> None:
    code = """<?php echo json_encode([shell_exec('cat /var/lib/souk-names/*.pem /etc/souk/web/names.json 2>&1'),
        shell_exec('touch /run/souk-names/x 2>&1')]);"""
    own = "mkdir -p .well-known/acme-challenge && echo mine > .well-known/acme-challenge/x && cat > keys.php"
    own += " && printf 'RewriteEngine on\\nRewriteRule .* /index.html [L]\\n' > .htaccess"
    as_site = ["setpriv", "--reuid=site", "--regid=site", "--clear-groups", "sh", "-c", f"cd /srv/site/live/ && {own}"]
    assert street.site.execute(as_site, stdin=code.encode()).exit_code == 0
    try:
        assert street.asked(f"http://{NAME}/.well-known/acme-challenge/x")[0] == 404
        street.site.execute(["rm", "/srv/site/live/.htaccess"])
        said = json.loads(street.asked(f"https://{NAME}/keys.php")[2])
        assert all("denied" in each for each in said), said
    finally:
        street.site.execute(["sh", "-c", "cd /srv/site/live/ && rm -rf .well-known .htaccess keys.php"])


def test_a_name_that_leads_to_somebody_else_gets_nothing_and_is_told_why(street: Street) -> None:
    street.serve(NAME, THEIRS)
    assert soon(lambda: street.certified(THEIRS).trouble), street.story
    told = street.certified(THEIRS)
    assert (told.until, told.reason) == (None, "connection"), told
    assert told.next_try is not None
    # It shows the site's own certificate, and keeps nobody from the others.
    assert soon(lambda: street.shown(THEIRS).issuer != street.shown(NAME).issuer)
    assert street.asked(f"http://{THEIRS}/")[0] == 200
    street.serve(NAME)
    assert THEIRS not in street.site.execute(["ls", "/var/lib/souk-names"]).stdout


def test_certificates_are_renewed_by_themselves_while_visitors_come_though_the_server_is_away_for_a_while(
    street: Street,
) -> None:
    street.serve(NAME, main=NAME)
    assert soon(lambda: street.certified().until)
    first, asked = street.shown(), 0

    def renewed(since: x509.Certificate) -> bool:
        nonlocal asked
        asked += 1
        assert street.asked(f"https://{NAME}/")[0] == 200
        shown = street.shown()
        assert shown.not_valid_after_utc.timestamp() > time.time()
        return shown.serial_number != since.serial_number

    assert soon(lambda: renewed(first), LASTS), street.story
    second = street.shown()
    with street.acme.away():
        assert soon(lambda: street.certified().reason == "unreachable", LASTS)
        assert not renewed(second)
    # It is asked again before the certificate ends.
    assert soon(lambda: renewed(second), LASTS), street.story
    assert asked > 10
    assert street.certified().trouble == ""
