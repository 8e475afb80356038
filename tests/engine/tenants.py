"""A service's machine as a customer gets it: what every kind of them needs to be configured and used in tests."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from souk.engines.contract import Execution, MachineSpec
from souk.engines.incus import IncusEngine
from souk.provisioning.contract import Credentials, ServerCertificate, Wanted
from souk.sites.authority import Authority
from souk.sites.certificates import issue


@dataclass
class Tenant:
    """A machine, what is wanted of it, and what its customer knows."""

    engine: IncusEngine
    spec: MachineSpec
    wanted: Wanted
    credentials: Credentials
    authority: Authority
    certificate: ServerCertificate = field(init=False)

    def __post_init__(self) -> None:
        issued = issue(self.authority, self.wanted.hostname, self.wanted.address, self.further_names())
        self.certificate = ServerCertificate(issued.certificate, issued.key, self.authority.certificate)

    def further_names(self) -> Sequence[str]:
        """What its certificate is good for beside its own name."""
        return ()

    def execute(self, command: Sequence[str], *, stdin: bytes = b"", timeout: float = 60.0) -> Execution:
        """Run a command in the machine: what makes this a blueprint's guest."""
        return self.engine.execute(self.spec.name, command, stdin=stdin, timeout=timeout)
