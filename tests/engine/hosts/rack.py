"""Three hosts with an Incus cluster on them, each a container of this host's Incus, in a project of their own."""

from __future__ import annotations

import datetime
import io
import ipaddress
import json
import tarfile
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID
from install import incus_api
from tests.engine.conftest import image_cache

from souk.engines import images
from souk.engines.contract import EngineError
from souk.engines.images import Recipe
from souk.engines.incus import Https, IncusEngine
from souk.settings import namespace

RECIPE: Recipe = images.load(Path(__file__).parent / "image")
NAMES = ("h1", "h2", "h3")
IMAGE = "souk/test-machine"
_WITHIN = 60.0
_OFFLINE_AFTER = 16
"""Seconds without a heartbeat, of which there is one every ten."""


@dataclass(frozen=True)
class Place:
    """The names of what a test owns in an Incus."""

    project: str
    pool: str
    bridge: str
    counters: str = ""
    cards: str = ""
    reach: str = ""


@dataclass(frozen=True)
class Rack:
    """The hosts, as this host's Incus has them, and their cluster's engine, reached over the network."""

    outside: IncusEngine
    engine: IncusEngine

    def cut(self, host: str) -> None:
        """Cut a host's power, and wait until the others see that it is gone."""
        self.outside.stop(host, force=True)
        until(lambda: _offline(self.engine) == {host})

    def restore(self, host: str) -> None:
        """Give it its power back, and wait until the others see it."""
        _start(self.outside, host)
        until(lambda: not _offline(self.engine))


def _offline(engine: IncusEngine) -> set[str]:
    return {host.name for host in engine.hosts() if not host.online}


@contextmanager
def rack(folder: Path) -> Iterator[Rack]:
    """Inside the block the hosts are there; nothing is left of them after it.

    Raises:
        EngineError: containers can't be hosts here.
    """
    ns = namespace.current()
    place = Place(f"souk-{ns.name}-rack", ns.pool, f"skh-{ns.name}")
    outside = IncusEngine.connect(place)
    _clear(place)
    try:
        addresses = _wired(place, outside)
        certificates = _certificates(folder, addresses)
        images.ensure(outside, RECIPE, image_cache())
        with ThreadPoolExecutor(3) as pool:
            list(pool.map(lambda name: _host(outside, place, name, addresses[name]), NAMES))
        _clustered(outside, addresses, folder)
        engine = IncusEngine.connect(
            Place("souk-test", "souk", "souk"), Https(f"https://{addresses['h1']}:8443", *certificates)
        )
        engine.import_image(str(_tarball(outside, folder)), IMAGE, {})
        yield Rack(outside, engine)
        engine.close()
    finally:
        _clear(place)
        outside.close()


def _wired(place: Place, outside: IncusEngine) -> dict[str, str]:
    """A network of the hosts' own, clear of what this host reaches; the hosts' addresses in it."""
    incus_api.call("POST", "/1.0/projects", {"name": place.project, "config": {"features.networks": "false"}})
    occupied = [ipaddress.IPv4Network(each) for each in outside.occupied()]
    networks = ipaddress.IPv4Network("10.192.0.0/10").subnets(new_prefix=24)
    network = next(each for each in networks if not any(each.overlaps(other) for other in occupied))
    config = {"ipv4.address": f"{network[1]}/24", "ipv4.nat": "false", "ipv6.address": "none"}
    incus_api.call("POST", "/1.0/networks", {"name": place.bridge, "type": "bridge", "config": config})
    return {name: str(network[10 + number]) for number, name in enumerate(NAMES)}


def _clear(place: Place) -> None:
    """Delete what is there of a rack, whoever left it."""
    if incus_api.find(f"/1.0/projects/{place.project}") is not None:
        for one in incus_api.call("GET", "/1.0/instances", project=place.project, full=True):
            path = f"/1.0/instances/{one['name']}"
            if one["status"] != "Stopped":
                body = {"action": "stop", "force": True, "timeout": 30}
                incus_api.call("PUT", f"{path}/state", body, project=place.project)
            incus_api.call("DELETE", path, project=place.project)
        for image in incus_api.call("GET", "/1.0/images", project=place.project, full=True):
            incus_api.call("DELETE", f"/1.0/images/{image['fingerprint']}", project=place.project)
        incus_api.call("DELETE", f"/1.0/projects/{place.project}")
    if incus_api.find(f"/1.0/networks/{place.bridge}") is not None:
        incus_api.call("DELETE", f"/1.0/networks/{place.bridge}")


def _host(outside: IncusEngine, place: Place, name: str, address: str) -> None:
    """A container in which containers run: their ids are a part of its own, and it says itself what they may have."""
    body = {
        "name": name,
        "type": "container",
        "profiles": [],
        "source": {"type": "image", "alias": RECIPE.alias},
        "config": {
            "security.nesting": "true",
            "security.idmap.isolated": "true",
            "security.idmap.size": "10000000",
            "limits.memory": "1GiB",
        },
        "devices": {
            "root": {"type": "disk", "path": "/", "pool": place.pool},
            "eth0": {"type": "nic", "name": "eth0", "network": place.bridge, "ipv4.address": address},
        },
    }
    incus_api.call("POST", "/1.0/instances", body, project=place.project)
    for file in ("subuid", "subgid"):
        outside.push(name, f"/etc/{file}", b"root:1000000:9000000\n", mode=0o644)
    _start(outside, name)


def _start(outside: IncusEngine, host: str) -> None:
    outside.start(host)
    run(outside, host, _READY)


# Where control groups are of the first version, a guest's systemd shows two that are apart as one, and LXC is misled.
_READY = """
set -e
until systemctl is-system-running | grep -qE 'running|degraded'; do sleep 0.2; done
cd /sys/fs/cgroup
if [ -L cpu ]; then
    mount --options-source=disable -o remount,rw /sys/fs/cgroup
    rm cpu cpuacct
    rmdir cpu,cpuacct
    for one in cpu cpuacct; do mkdir $one; mount -t cgroup -o $one cgroup $one; done
fi
incus admin waitready --timeout 40
"""


def _clustered(outside: IncusEngine, addresses: dict[str, str], folder: Path) -> None:
    first = {
        "config": {"core.https_address": f"{addresses['h1']}:8443"},
        "storage_pools": [{"name": "souk", "driver": "dir"}],
        "networks": [
            {"name": "souk", "type": "bridge", "config": {"ipv4.address": "10.222.0.1/24", "ipv6.address": "none"}}
        ],
        "cluster": {"server_name": "h1", "enabled": True},
    }
    preseed(outside, "h1", first)
    run(outside, "h1", f"incus config set cluster.offline_threshold {_OFFLINE_AFTER}")
    for file in ("client.crt", "server.crt", "server.key"):
        outside.push("h1", f"/root/{file}", (folder / file).read_bytes())
    run(outside, "h1", "incus config trust add-certificate /root/client.crt")
    project = {"name": "souk-test", "config": {"features.networks": "false", "features.profiles": "true"}}
    run(outside, "h1", f"incus query -X POST --data '{json.dumps(project)}' /1.0/projects")
    for name in NAMES[1:]:
        token = run(outside, "h1", f"incus cluster add {name} --quiet").strip().splitlines()[-1]
        joins = {
            "cluster": {
                "enabled": True,
                "server_address": f"{addresses[name]}:8443",
                "cluster_token": token,
                "member_config": [],
            }
        }
        preseed(outside, name, joins)
    run(outside, "h1", "incus cluster update-certificate /root/server.crt /root/server.key")


def preseed(outside: IncusEngine, host: str, told: dict[str, Any]) -> None:
    """Have a host's Incus begin with what it is told."""
    run(outside, host, "incus admin init --preseed", stdin=json.dumps(told).encode())


def run(outside: IncusEngine, host: str, script: str, *, stdin: bytes = b"") -> str:
    """Run a script on a host; what it says.

    Raises:
        EngineError: it failed.
    """
    done = outside.execute(host, ["sh", "-c", script], stdin=stdin, timeout=_WITHIN)
    if done.exit_code != 0:
        raise EngineError(f"{host}: {done.stdout}{done.stderr}")
    return done.stdout


def _certificates(folder: Path, addresses: dict[str, str]) -> tuple[Path, Path, Path]:
    """What we show to the cluster and what it shows to us: files of our certificate, its key, and its certificate."""
    _certificate(folder, "server", [x509.IPAddress(ipaddress.IPv4Address(each)) for each in addresses.values()])
    _certificate(folder, "client", [])
    return folder / "client.crt", folder / "client.key", folder / "server.crt"


def _certificate(folder: Path, called: str, hosts: list[x509.IPAddress]) -> None:
    key = ec.generate_private_key(ec.SECP384R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, called)])
    now = datetime.datetime.now(datetime.UTC)
    made = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - datetime.timedelta(hours=1))
        .not_valid_after(now + datetime.timedelta(days=2))
    )
    if hosts:
        made = made.add_extension(x509.SubjectAlternativeName(hosts), critical=False)
    signed = made.sign(key, hashes.SHA384())
    (folder / f"{called}.crt").write_bytes(signed.public_bytes(serialization.Encoding.PEM))
    form = serialization.PrivateFormat.TraditionalOpenSSL
    private = key.private_bytes(serialization.Encoding.PEM, form, serialization.NoEncryption())
    (folder / f"{called}.key").write_bytes(private)


def _tarball(outside: IncusEngine, folder: Path) -> Path:
    """The image of a machine on these hosts: one program that is all programs."""
    busybox = outside.pull("h1", "/usr/bin/busybox")
    path = folder / "machine.tar"
    with tarfile.open(path, "w") as tar:
        metadata = b"architecture: x86_64\ncreation_date: 1\nproperties:\n  description: a small machine\n"
        inittab = b"::respawn:/bin/sleep 3600\n::shutdown:/bin/true\n"
        for name in ("bin", "sbin", "etc", "dev", "proc", "sys", "run", "tmp", "root"):
            _add(tar, tarfile.TarInfo(f"rootfs/{name}"), kind=tarfile.DIRTYPE)
        _add(tar, tarfile.TarInfo("metadata.yaml"), metadata)
        _add(tar, tarfile.TarInfo("rootfs/bin/busybox"), busybox)
        _add(tar, tarfile.TarInfo("rootfs/etc/inittab"), inittab)
        for name in ("bin/sh", "bin/sleep", "bin/true", "bin/cat", "bin/ip", "bin/ping", "sbin/init"):
            link = tarfile.TarInfo(f"rootfs/{name}")
            link.linkname = "/bin/busybox"
            _add(tar, link, kind=tarfile.SYMTYPE)
    return path


def _add(tar: tarfile.TarFile, info: tarfile.TarInfo, content: bytes = b"", kind: bytes = tarfile.REGTYPE) -> None:
    info.type, info.size, info.mode = kind, len(content), 0o755
    tar.addfile(info, io.BytesIO(content) if kind == tarfile.REGTYPE else None)


def until(reached: Callable[[], bool], seconds: float = _WITHIN) -> None:
    """Wait until something is so."""
    deadline = time.monotonic() + seconds
    while True:
        try:
            if reached():
                return
        except EngineError:
            if time.monotonic() > deadline:
                raise
        assert time.monotonic() < deadline, "it did not come to that"
        time.sleep(0.3)
