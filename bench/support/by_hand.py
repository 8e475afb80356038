"""The floor under an order for PostgreSQL: the same machine, guest work and TLS, by hand through Incus's API."""

from __future__ import annotations

import ipaddress
import json
import secrets
import time
import uuid
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from datetime import UTC, datetime, timedelta
from typing import Any
from urllib.parse import quote

import httpx
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID
from websockets.sync.client import unix_connect

from souk.blueprints.postgresql import BLUEPRINT, probing, warmer
from souk.blueprints.postgresql.bundle import bundle
from souk.provisioning.contract import Blueprint, Credentials, ServerCertificate, Size, Wanted
from souk.settings import namespace
from support import first_select

SOCKET = "/var/lib/incus/unix.socket"
SIZE = Size(vcpus=1, memory=1024**3, disk=10 * 1024**3)
_NO_USE = (
    *("digital_signature", "content_commitment", "key_encipherment", "data_encipherment"),
    *("key_agreement", "encipher_only", "decipher_only"),
)


class Floor:
    """A bare sequence of requests, with what a careful hand would prepare beforehand prepared."""

    blueprint: Blueprint = BLUEPRINT

    def __init__(self, size: Size = SIZE) -> None:
        self.place = namespace.current()
        self.size = size
        self.http = httpx.Client(
            transport=httpx.HTTPTransport(uds=SOCKET),
            base_url="http://incus",
            params={"project": self.place.project},
            timeout=120,
        )
        self.key, self.authority = _authority()

    def once(self, address: str) -> float:
        """Make one service at `address`, and delete it. Seconds from nothing to the first `SELECT 1`."""
        name = f"floor-{secrets.token_hex(3)}"
        try:
            return self._run(name, address)
        finally:
            self.delete(name)

    @contextmanager
    def serving(self, address: str) -> Iterator[tuple[str, tuple[Wanted, Credentials, str]]]:
        """A service at `address` for as long as the block lasts: its machine's name, and the way in."""
        name = f"floor-{secrets.token_hex(3)}"
        wanted, credentials, certificate = self._prepared(name, address)
        try:
            self._make(wanted, credentials, certificate)
            yield name, (wanted, credentials, certificate.authority)
        finally:
            self.delete(name)

    def take_once(self, address: str) -> float:
        """Have a machine wait at `address`, take it, and delete it. Seconds from there to the first `SELECT 1`."""
        name = f"floor-{secrets.token_hex(3)}"
        wanted, credentials, certificate = self._prepared(name, address)
        password = secrets.token_urlsafe(24)
        preparer = Credentials(warmer.PREPARER, password, "postgres")
        try:
            self._change("POST", "/1.0/instances", self._machine(wanted.name, wanted.address))
            self._execute(wanted.name, json.dumps(warmer.document(wanted, password, certificate)).encode())
            first_select.wait(wanted, preparer, certificate.authority)
            time.sleep(1.0)
            started = time.perf_counter()
            with probing.connect(wanted, preparer, certificate.authority) as connection:
                connection.execute(warmer.script(credentials))
            return first_select.wait(wanted, credentials, certificate.authority) - started
        finally:
            self.delete(name)

    def make(self, address: str) -> str:
        """Make one service at `address` that stays; returns its machine's name when it answers."""
        name = f"floor-{secrets.token_hex(3)}"
        wanted, credentials, certificate = self._prepared(name, address)
        try:
            self._make(wanted, credentials, certificate)
            first_select.wait(wanted, credentials, certificate.authority)
        except BaseException:
            self.delete(name)
            raise
        return name

    def delete(self, name: str) -> None:
        """Take a machine down."""
        self._change("PUT", f"/1.0/instances/{name}/state", {"action": "stop", "force": True})
        self._change("DELETE", f"/1.0/instances/{name}", None)

    def _run(self, name: str, address: str) -> float:
        started = time.perf_counter()
        wanted, credentials, certificate = self._prepared(name, address)
        first = first_select.meanwhile(wanted, credentials, certificate.authority)
        self._make(wanted, credentials, certificate)
        return first() - started

    def _prepared(self, name: str, address: str) -> tuple[Wanted, Credentials, ServerCertificate]:
        wanted = Wanted(uuid.uuid4(), name, {"databases": ["app"]}, self.size, f"{name}.{self.place.domain}", address)
        return wanted, Credentials("app", secrets.token_urlsafe(24), "app"), self._certificate(wanted)

    def _make(self, wanted: Wanted, credentials: Credentials, certificate: ServerCertificate) -> None:
        document = json.dumps(bundle(wanted, credentials, certificate, timeout=60)).encode()
        self._change("POST", "/1.0/instances", self._machine(wanted.name, wanted.address))
        self._execute(wanted.name, document)

    def _machine(self, name: str, address: str) -> dict[str, Any]:
        limits = self.blueprint.limits(self.size)
        return {
            "name": name,
            "type": "container",
            "start": True,
            "profiles": [],
            "source": {"type": "image", "alias": self.blueprint.recipe.alias},
            "config": {
                "limits.cpu": str(limits.vcpus),
                "limits.memory": str(limits.memory),
                "limits.processes": str(limits.processes),
                "security.guestapi": "false",
                "security.idmap.isolated": "true",
            },
            "devices": {
                "root": {"type": "disk", "path": "/", "pool": self.place.pool, "size": str(limits.disk)},
                "eth0": {
                    "type": "nic",
                    "name": "eth0",
                    "network": self.place.bridge,
                    "ipv4.address": address,
                    "security.ipv4_filtering": "true",
                    "security.mac_filtering": "true",
                    "security.port_isolation": "true",
                },
            },
        }

    def _execute(self, name: str, stdin: bytes) -> None:
        request = {"command": ["/usr/lib/souk/configure"], "wait-for-websocket": True, "interactive": False}
        operation = self.http.post(f"/1.0/instances/{name}/exec", json=request).json()["metadata"]
        with ExitStack() as stack:
            sockets = {}
            for stream in ("control", "0", "1", "2"):
                secret = operation["metadata"]["fds"][stream]
                url = f"ws://incus/1.0/operations/{operation['id']}/websocket?secret={secret}"
                sockets[stream] = stack.enter_context(unix_connect(SOCKET, url, compression=None, close_timeout=1))
            sockets["0"].send(stdin)
            sockets["0"].send("")
            ended = self.http.get(f"/1.0/operations/{operation['id']}/wait").json()["metadata"]
            said = b"" if ended["metadata"]["return"] == 0 else sockets["1"].recv()
        if ended["metadata"]["return"] != 0:
            raise RuntimeError(f"{name}: configure failed: {said!r}")

    def _change(self, method: str, path: str, body: object) -> None:
        answer = self.http.request(method, path, json=body)
        if answer.status_code == httpx.codes.ACCEPTED:
            ended = self.http.get(f"{answer.json()['operation']}/wait").json()
            if ended.get("metadata", {}).get("status_code") != httpx.codes.OK:
                raise RuntimeError(f"{method} {path}: {ended}")

    def taken_addresses(self) -> set[str]:
        """Addresses that the project's machines have."""
        rows = self.http.get("/1.0/instances", params={"project": self.place.project, "recursion": "1"}).json()
        devices = [row.get("devices") or {} for row in rows["metadata"]]
        return {found for one in devices if (found := one.get("eth0", {}).get("ipv4.address"))}

    def has_image(self, alias: str) -> bool:
        """Whether the project has an image of this name."""
        return self.http.get(f"/1.0/images/aliases/{quote(alias, safe='')}").status_code == httpx.codes.OK

    def _certificate(self, wanted: Wanted) -> ServerCertificate:
        key = ec.generate_private_key(ec.SECP256R1())
        now = datetime.now(UTC)
        names = [x509.DNSName(wanted.hostname), x509.IPAddress(ipaddress.ip_address(wanted.address))]
        signed = (
            x509.CertificateBuilder()
            .subject_name(x509.Name([]))
            .issuer_name(self.authority.subject)
            .public_key(key.public_key())
            .serial_number(x509.random_serial_number())
            .not_valid_before(now - timedelta(hours=1))
            .not_valid_after(now + timedelta(days=1))
            .add_extension(x509.SubjectAlternativeName(names), critical=True)
            .add_extension(x509.AuthorityKeyIdentifier.from_issuer_public_key(self.key.public_key()), critical=False)
            .sign(self.key, hashes.SHA256())
        )
        return ServerCertificate(_pem(signed), _key_pem(key), _pem(self.authority))


def _authority() -> tuple[ec.EllipticCurvePrivateKey, x509.Certificate]:
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "Floor CA")])
    now = datetime.now(UTC)
    builder = x509.CertificateBuilder(
        name, name, key.public_key(), 1, now - timedelta(hours=1), now + timedelta(days=1)
    )
    # What a strict client, such as Python's own from 3.13 on, asks of an authority.
    usage = x509.KeyUsage(key_cert_sign=True, crl_sign=True, **dict.fromkeys(_NO_USE, False))
    return key, (
        builder.add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
        .add_extension(usage, critical=True)
        .add_extension(x509.SubjectKeyIdentifier.from_public_key(key.public_key()), critical=False)
        .sign(key, hashes.SHA256())
    )


def _pem(certificate: x509.Certificate) -> str:
    return certificate.public_bytes(serialization.Encoding.PEM).decode()


def _key_pem(key: ec.EllipticCurvePrivateKey) -> str:
    return key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    ).decode()
