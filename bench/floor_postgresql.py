"""The floor under an order for PostgreSQL: the same machine, guest work and TLS, by hand through Incus's API.

`Floor.once()` is one run from nothing to `SELECT 1`; a script that measures Souk's own orders alternates with it.
Run alone, `python bench/floor_postgresql.py [RUNS]` prints medians and runs as JSON, in seconds.
"""

from __future__ import annotations

import ipaddress
import json
import os
import secrets
import statistics
import sys
import time
import uuid
from contextlib import ExitStack
from datetime import UTC, datetime, timedelta
from typing import Any

import httpx
import psycopg
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID
from websockets.sync.client import unix_connect

from souk.blueprints.postgresql import BLUEPRINT, probing
from souk.blueprints.postgresql.bundle import bundle
from souk.provisioning.contract import Credentials, ServerCertificate, Size, Wanted
from souk.settings import namespace

SOCKET = "/var/lib/incus/unix.socket"
SIZE = Size(vcpus=1, memory=1024**3, disk=10 * 1024**3)


class Floor:
    """A bare sequence of requests, with what a careful hand would prepare beforehand prepared."""

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

    def once(self) -> dict[str, float]:
        """Make one service and delete it. Seconds of each step, and `total` up to the first `SELECT 1`."""
        name, address = f"floor-{secrets.token_hex(3)}", self._free_address()
        try:
            return self._run(name, address)
        finally:
            self._change("PUT", f"/1.0/instances/{name}/state", {"action": "stop", "force": True})
            self._change("DELETE", f"/1.0/instances/{name}", None)

    def _run(self, name: str, address: str) -> dict[str, float]:
        marks = [time.perf_counter()]
        wanted = Wanted(uuid.uuid4(), name, {"databases": ["app"]}, self.size, f"{name}.{self.place.domain}", address)
        credentials = Credentials("app", secrets.token_urlsafe(24), "app")
        certificate = self._certificate(wanted)
        document = json.dumps(bundle(wanted, credentials, certificate, timeout=60)).encode()
        marks.append(time.perf_counter())
        self._change("POST", "/1.0/instances", self._machine(name, address))
        marks.append(time.perf_counter())
        self._execute(name, document)
        marks.append(time.perf_counter())
        with probing.certificate_file(certificate.authority) as file:
            options = probing.connection_options(wanted, credentials, file)
            with psycopg.connect(**options) as connection:
                connection.execute("SELECT 1")
        marks.append(time.perf_counter())
        steps = ("prepare", "create_start", "boot_configure", "first_select")
        taken = {step: after - before for step, before, after in zip(steps, marks, marks[1:], strict=False)}
        return {**taken, "total": marks[-1] - marks[0]}

    def _machine(self, name: str, address: str) -> dict[str, Any]:
        limits = BLUEPRINT.limits(self.size)
        return {
            "name": name,
            "type": "container",
            "start": True,
            "profiles": [],
            "source": {"type": "image", "alias": BLUEPRINT.recipe.alias},
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
        if ended["metadata"]["return"] != 0:
            raise RuntimeError(f"{name}: configure failed")

    def _change(self, method: str, path: str, body: object) -> None:
        answer = self.http.request(method, path, json=body)
        if answer.status_code == httpx.codes.ACCEPTED:
            ended = self.http.get(f"{answer.json()['operation']}/wait").json()
            if ended.get("metadata", {}).get("status_code") != httpx.codes.OK:
                raise RuntimeError(f"{method} {path}: {ended}")

    def _free_address(self) -> str:
        rows = self.http.get("/1.0/instances", params={"project": self.place.project, "recursion": "1"}).json()
        taken = {row["devices"].get("eth0", {}).get("ipv4.address") for row in rows["metadata"]}
        hosts = reversed(list(ipaddress.IPv4Network(self.place.subnet).hosts()))
        return next(str(host) for host in hosts if str(host) not in taken)

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
    constraints = x509.BasicConstraints(ca=True, path_length=0)
    return key, builder.add_extension(constraints, critical=True).sign(key, hashes.SHA256())


def _pem(certificate: x509.Certificate) -> str:
    return certificate.public_bytes(serialization.Encoding.PEM).decode()


def _key_pem(key: ec.EllipticCurvePrivateKey) -> str:
    return key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    ).decode()


def main() -> None:
    """Print the floor's medians as JSON."""
    runs = int(sys.argv[1]) if len(sys.argv) > 1 else 10
    floor = Floor()
    floor.once()
    taken = [floor.once() for _ in range(runs)]
    medians = {step: round(statistics.median(run[step] for run in taken), 4) for step in taken[0]}
    rounded = [{step: round(seconds, 4) for step, seconds in run.items()} for run in taken]
    load = os.getloadavg()[0]
    print(json.dumps({"figure": "floor_postgresql", "unit": "s", "median": medians, "load": load, "runs": rounded}))


if __name__ == "__main__":
    main()
