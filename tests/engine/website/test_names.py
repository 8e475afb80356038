"""A site's own names: certificates by ACME from a real server in the world outside, and what the world sees of them."""

from __future__ import annotations

import json
import socket
import ssl
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass

import pytest
from cryptography import x509
from tests.engine.website.conftest import Site
from tests.support.acme import Acme, acme
from tests.support.dns import Zone, zone
from tests.support.outside import Outside, outside

from souk.blueprints.website import BLUEPRINT
from souk.engines.exposure import Exposure, IPProtocol, Passage
from souk.provisioning.contract import Certified, WebNames

pytestmark = pytest.mark.engine
LASTS = 36
NAME, WWW, THEIRS = "atelier.example.ma", "www.atelier.example.ma", "autre.example.ma"


@dataclass(frozen=True)
class Street:
    """A site at a public address, the world, and an ACME server in it."""

    site: Site
    world: Outside
    acme: Acme

    def serve(self, *names: str, main: str = "", hsts: bool = False) -> None:
        told = WebNames(names, main, hsts=hsts, certify=names, server=self.acme.server)
        BLUEPRINT.domains.serve(self.site, self.site.wanted, told)

    @property
    def story(self) -> str:
        """What the machine and the server say of what happened, for a test that fails."""
        journal = self.site.execute(["journalctl", "--no-pager", "-u", "souk-names"]).stdout
        return f"{journal}\n{self.acme.log[-3000:]}"

    def certified(self, name: str = NAME, again: tuple[str, ...] = ()) -> Certified:
        told = BLUEPRINT.domains.certified(self.site, self.site.wanted, again)
        return next(each for each in told if each.name == name)

    def shown(self, name: str = NAME) -> x509.Certificate:
        """The certificate that a browser is shown, whoever signed it."""
        anybody = ssl.create_default_context()
        anybody.check_hostname, anybody.verify_mode = False, ssl.CERT_NONE
        with (
            socket.create_connection((self.site.wanted.address, 443), 5) as plain,
            anybody.wrap_socket(plain, server_hostname=name) as encrypted,
        ):
            return x509.load_der_x509_certificate(encrypted.getpeercert(True) or b"")

    def asked(self, url: str) -> tuple[int, dict[str, str], str]:
        """What the world's client gets: status, headers, body."""
        host, port = url.split("/")[2], 443 if url.startswith("https") else 80
        to = f"{host}:{port}:{self.world.pool[1]}"
        done = self.world.run("curl", "-sk", "-i", "--http1.1", "--max-time", "8", "--resolve", to, url)
        head, _, body = done.stdout.partition("\n\n") if "\r" not in done.stdout else done.stdout.partition("\r\n\r\n")
        first, *lines = head.splitlines() or ["none 0"]
        headers = dict(line.lower().split(": ", 1) for line in lines if ": " in line)
        return int(first.split()[1]), headers, body


@pytest.fixture(scope="module")
def dns() -> Iterator[tuple[Outside, Zone]]:
    with outside() as world, zone(world.host) as served:
        yield world, served


@pytest.fixture(scope="module")
def street(site: Site, dns: tuple[Outside, Zone], tmp_path_factory: pytest.TempPathFactory) -> Iterator[Street]:
    world, served = dns
    public = str(world.pool[1])
    site.engine.keep_ranges([str(world.pool)])
    ports = tuple(Passage(IPProtocol.TCP, port, port) for port in (80, 443))
    site.engine.expose(Exposure(site.wanted.address, public, ports, (Passage(IPProtocol.ANY),)))
    led = [(NAME, public), (WWW, public), (THEIRS, world.address)]
    served.publish({}, led)
    try:
        with acme(world, served, tmp_path_factory.mktemp("acme"), LASTS) as server:
            yield Street(site, world, server)
    finally:
        BLUEPRINT.domains.serve(site, site.wanted, WebNames())
        site.engine.expose(Exposure(site.wanted.address))
        site.engine.keep_ranges([])


def _until(holds: Callable[[], object], within: float = 20.0) -> bool:
    deadline = time.monotonic() + within
    while time.monotonic() < deadline:
        if holds():
            return True
        time.sleep(0.2)
    return False


def test_names_that_lead_here_get_certificates_and_others_than_the_main_one_lead_to_it(street: Street) -> None:
    before = street.shown()
    street.serve(NAME, WWW, main=NAME, hsts=True)
    assert _until(lambda: street.certified(NAME).until and street.certified(WWW).until), street.story
    assert _until(lambda: street.shown().issuer != before.issuer and street.shown(WWW).issuer != before.issuer)
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
    assert _until(lambda: street.certified(THEIRS).trouble), street.story
    told = street.certified(THEIRS)
    assert (told.until, told.reason) == (None, "connection"), told
    assert told.next_try is not None
    # It shows the site's own certificate, and keeps nobody from the others.
    assert _until(lambda: street.shown(THEIRS).issuer != street.shown(NAME).issuer)
    assert street.asked(f"http://{THEIRS}/")[0] == 200
    street.serve(NAME)
    assert THEIRS not in street.site.execute(["ls", "/var/lib/souk-names"]).stdout


def test_certificates_are_renewed_by_themselves_while_visitors_come_though_the_server_is_away_for_a_while(
    street: Street,
) -> None:
    street.serve(NAME, main=NAME)
    assert _until(lambda: street.certified().until)
    first, asked = street.shown(), 0

    def renewed(since: x509.Certificate) -> bool:
        nonlocal asked
        asked += 1
        assert street.asked(f"https://{NAME}/")[0] == 200
        shown = street.shown()
        assert shown.not_valid_after_utc.timestamp() > time.time()
        return shown.serial_number != since.serial_number

    assert _until(lambda: renewed(first), LASTS), street.story
    second = street.shown()
    with street.acme.away():
        assert _until(lambda: street.certified().reason == "unreachable", LASTS)
        assert not renewed(second)
    # It is asked again before the certificate ends.
    assert _until(lambda: renewed(second), LASTS), street.story
    assert asked > 10
    assert street.certified().trouble == ""
