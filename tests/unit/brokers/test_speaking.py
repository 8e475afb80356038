"""One request to a broker over TLS: whom we believe, and how we show who we are."""

from __future__ import annotations

import ssl
import threading
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, HTTPServer
from ipaddress import ip_network
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID
from tests.support.authorities import authority

from souk.brokers import speaking
from souk.brokers.speaking import NotReached, Way
from souk.sites.authority import Authority
from souk.sites.certificates import issue

SITE, CLIENTS = authority(), authority()


class _Answering(BaseHTTPRequestHandler):
    def do_GET(self) -> None:
        self.send_response(200)
        self.send_header("Content-Length", "2")
        self.end_headers()
        self.wfile.write(b"{}")

    def log_message(self, *given: object) -> None:
        """Say nothing."""


@pytest.fixture
def url(tmp_path: Path, settings: object) -> Iterator[str]:
    """A server that only answers who shows a certificate of its clients' authority."""
    settings.BROKER_NETWORKS = [ip_network("127.0.0.0/8")]
    own = issue(SITE, "localhost", "127.0.0.1")
    (tmp_path / "own.pem").write_text(own.certificate + own.key)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(tmp_path / "own.pem")
    context.load_verify_locations(cadata=CLIENTS.certificate)
    context.verify_mode = ssl.CERT_REQUIRED
    server = HTTPServer(("127.0.0.1", 0), _Answering)
    server.socket = context.wrap_socket(server.socket, server_side=True)
    thread = threading.Thread(target=server.serve_forever, args=(0.05,))
    thread.start()
    yield f"https://localhost:{server.server_port}"
    server.shutdown()
    thread.join()
    server.server_close()


def shown(by: Authority = CLIENTS) -> str:
    """A client's certificate and its key."""
    signer = serialization.load_pem_private_key(by.key.encode(), None)
    assert isinstance(signer, ec.EllipticCurvePrivateKey)
    key, now = ec.generate_private_key(ec.SECP256R1()), datetime.now(UTC)
    subject = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "souk.example")])
    issuer = x509.load_pem_x509_certificate(by.certificate.encode()).subject
    until = now + timedelta(days=1)
    made = x509.CertificateBuilder(issuer, subject, key.public_key(), 2, now - timedelta(hours=1), until)
    made = made.add_extension(x509.ExtendedKeyUsage([ExtendedKeyUsageOID.CLIENT_AUTH]), critical=False)
    pem = key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
    return made.sign(signer, hashes.SHA256()).public_bytes(serialization.Encoding.PEM).decode() + pem.decode()


def test_a_client_certificate_opens_what_asks_for_one(url: str) -> None:
    way = Way(url, "certificate", secret=shown(), authority=SITE.certificate)
    assert speaking.ask(way, "GET", "/catalog").status == 200


def test_a_certificate_that_nobody_trusts_is_told(url: str) -> None:
    way = Way(url, "certificate", secret=shown())
    with pytest.raises(NotReached, match="not one that we trust"):
        speaking.ask(way, "GET", "/catalog")


def test_without_a_certificate_nothing_comes_of_it(url: str) -> None:
    with pytest.raises((NotReached, speaking.Unanswered)):
        speaking.ask(Way(url, "bearer", secret="x" * 20, authority=SITE.certificate), "GET", "/catalog")


def test_a_certificate_of_another_authority_neither(url: str) -> None:
    way = Way(url, "certificate", secret=shown(authority()), authority=SITE.certificate)
    with pytest.raises((NotReached, speaking.Unanswered)):
        speaking.ask(way, "GET", "/catalog")


def test_nobody_listening_was_never_reached(settings: object) -> None:
    settings.BROKER_NETWORKS = [ip_network("127.0.0.0/8")]
    with pytest.raises(NotReached, match="nobody listens"):
        speaking.ask(Way("https://127.0.0.1:9", "bearer", secret="x" * 20), "GET", "/catalog")


@pytest.mark.parametrize("url", ["http://localhost", "https://127.0.0.1", "https://[::1]", "https://[::ffff:10.0.0.1]"])
def test_inside_and_in_the_clear_nothing_is_sent(url: str) -> None:
    with pytest.raises(NotReached):
        speaking.ask(Way(url, "bearer", secret="x" * 20), "GET", "/catalog")
