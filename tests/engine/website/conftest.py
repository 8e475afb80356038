"""A web site as a customer gets it, used with real browsers' protocol and OpenSSH's and git's own clients."""

from __future__ import annotations

import secrets
import subprocess
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import httpx
import pytest
from tests.engine.conftest import Rig, built, rigged
from tests.engine.machine.conftest import KeyPair, key_pair
from tests.support.authorities import authority

from souk.blueprints.web import front, probing
from souk.blueprints.website import BLUEPRINT
from souk.engines.contract import Execution, MachineSpec
from souk.engines.incus import IncusEngine
from souk.provisioning.contract import BindingRole, Credentials, ServerCertificate, Size, Wanted
from souk.sites.certificates import issue

MIB = 1024**2
SIZE = Size(vcpus=1, memory=512 * MIB, disk=1024 * MIB)


@dataclass
class Site:
    """A web site's machine, and what its customer knows."""

    engine: IncusEngine
    spec: MachineSpec
    wanted: Wanted
    folder: Path
    key: KeyPair
    blueprint: Any = BLUEPRINT
    credentials: Credentials = field(init=False)
    certificate: ServerCertificate = field(init=False)

    def __post_init__(self) -> None:
        ca = authority()
        issued = issue(ca, self.wanted.hostname, self.wanted.address)
        self.certificate = ServerCertificate(issued.certificate, issued.key, ca.certificate)
        self.credentials = self.blueprint.credentials(self.wanted.parameters, secrets.token_urlsafe(24))

    def execute(self, command: Sequence[str], *, stdin: bytes = b"", timeout: float = 60.0) -> Execution:
        """Run a command in the machine: what makes this a blueprint's guest."""
        return self.engine.execute(self.spec.name, command, stdin=stdin, timeout=timeout)

    def configure(self, **parameters: Any) -> None:
        """Bring the machine to what is wanted, with some parameters changed, and see what it is recognized by."""
        self.wanted = replace(self.wanted, parameters={**self.wanted.parameters, **parameters})
        self.blueprint.configure(self, self.wanted, self.credentials, self.certificate)
        self.wanted = replace(self.wanted, identity=BLUEPRINT.identity.read(self, self.wanted))

    def get(self, path: str, *, port: int = front.PORT, auth: tuple[str, str] | None = None) -> httpx.Response:
        """One page, as a browser asks for it that trusts the site's authority."""
        with probing.connect(self.certificate.authority) as client:
            return client.get(
                f"https://{self.wanted.address}:{port}{path}",
                headers={"host": self.wanted.hostname},
                extensions={"sni_hostname": self.wanted.hostname},
                auth=auth,
            )

    def grant(self, name: str, role: BindingRole = BindingRole.WRITER) -> Credentials:
        """A binding's credentials, made and in force."""
        credentials = self.blueprint.binder.binding(self.wanted, name, secrets.token_urlsafe(24))
        self.blueprint.binder.grant(self, self.wanted, credentials, role)
        return credentials

    def revoke(self, name: str) -> None:
        """Have a binding's credentials refused."""
        self.blueprint.binder.revoke(self, self.wanted, name)

    def sftp(self, *commands: str, user: str = "site", password: str = "") -> Execution:
        """Commands by OpenSSH's own client, with the customer's key or a password."""
        batch = self.folder / f"batch-{secrets.token_hex(4)}"
        batch.write_text("".join(command + "\n" for command in commands))
        # What `-b` has the client run with, it has not to be asked for a password, and holds whatever comes later.
        client = self.folder / "client"
        client.write_text('#!/bin/sh\nexec ssh -F none -o BatchMode=no "$@"\n')
        client.chmod(0o700)
        options = ["-S", str(client), *self.options(password), "-b", str(batch)]
        return run(["sftp", *options, f"{user}@{self.wanted.address}"], self.env(password))

    def git(self, repository: Path, *arguments: str, user: str = "site", password: str = "") -> Execution:
        """Git in a folder, which knows the site as `souk`."""
        command = " ".join(["ssh", "-F", "none", *self.options(password)])
        url = f"ssh://git-{user}@{self.wanted.address}/site.git"
        told = {**self.env(password), "GIT_SSH_COMMAND": command, **IDENTITY}
        return run(["git", "-C", str(repository), "-c", f"remote.souk.url={url}", *arguments], told)

    def options(self, password: str) -> list[str]:
        """Whom the client trusts, and what it signs in with."""
        known_hosts = self.folder / f"known_hosts-{self.spec.name}"
        known_hosts.write_text(self.blueprint.connection(self.wanted, "site", "").known_hosts)
        told = {
            "ConnectTimeout": "10",
            "HostKeyAlias": self.wanted.hostname,
            "IdentitiesOnly": "yes",
            "StrictHostKeyChecking": "yes",
            "UserKnownHostsFile": str(known_hosts),
            "PubkeyAuthentication": "no" if password else "yes",
            "NumberOfPasswordPrompts": "1",
            "IdentityFile": str(self.key.file),
        }
        return [word for name, value in told.items() for word in ("-o", f"{name}={value}")]

    def env(self, password: str) -> dict[str, str]:
        """What hands a password to OpenSSH's client, which would ask for it on a terminal."""
        ask = self.folder / "ask"
        ask.write_text('#!/bin/sh\necho "$GIVEN"\n')
        ask.chmod(0o700)
        return {"SSH_ASKPASS": str(ask), "SSH_ASKPASS_REQUIRE": "force", "GIVEN": password}


IDENTITY = {
    "GIT_AUTHOR_NAME": "Bureau",
    "GIT_AUTHOR_EMAIL": "bureau@example.ma",
    "GIT_COMMITTER_NAME": "Bureau",
    "GIT_COMMITTER_EMAIL": "bureau@example.ma",
    "GIT_CONFIG_GLOBAL": "/dev/null",
}


def run(command: Sequence[str], more: Mapping[str, str]) -> Execution:
    """Run a program here, with more in its environment."""
    told = {"PATH": "/usr/bin:/bin", "HOME": "/nonexistent", "LC_ALL": "C.UTF-8", **more}
    done = subprocess.run(
        command, env=told, capture_output=True, text=True, timeout=60, check=False, stdin=subprocess.DEVNULL
    )
    return Execution(done.returncode, done.stdout, done.stderr)


def order(rig: Rig, image: str, folder: Path, number: int = 1, **parameters: Any) -> Site:
    """A machine made and started, not configured yet."""
    label = f"ws{number}"
    key = key_pair(folder, rig.prefix + label)
    spec, wanted = rig.begin(BLUEPRINT, image, label, SIZE, {"ssh_keys": [key.public], **parameters})
    return Site(rig.engine, spec, wanted, folder, key)


@pytest.fixture(scope="session")
def site_image(incus: IncusEngine) -> str:
    return built(incus, BLUEPRINT)


@pytest.fixture(scope="session")
def site(incus: IncusEngine, site_image: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    """One configured site that several tests share."""
    with rigged(incus) as rig:
        made = order(rig, site_image, tmp_path_factory.mktemp("site"))
        made.configure()
        yield made
