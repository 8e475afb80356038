"""How a managed service is produced: what a blueprint declares, and what it is given to work with.

Blueprints are found by the entry point group `souk.blueprints`; provisioning never imports one.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Any, Protocol
from uuid import UUID

from souk.engines.contract import Execution, Limits
from souk.engines.images import Recipe

CHANGEABLE = "x-changeable"
"""In a parameter's JSON Schema: whether it may be changed while the service runs."""


@dataclass(frozen=True)
class Size:
    """What a plan gives: whole processors, bytes of memory and of disk, to each of its `members`.

    More than one member is a highly available service: its data is on each of them.
    """

    vcpus: int
    memory: int
    disk: int
    members: int = 1

    @property
    def promised(self) -> Size:
        """What a site sets aside for it in all, the machine in front of the members included."""
        if self.members == 1:
            return self
        front = FRONT
        return Size(
            self.vcpus * self.members + front.vcpus,
            self.memory * self.members + front.memory,
            self.disk * self.members + front.disk,
        )


FRONT = Size(vcpus=1, memory=256 * 1024**2, disk=1024**3)
"""The machine in front of a highly available service's members, which has its address."""


@dataclass(frozen=True)
class StartingPlan:
    """A plan of the operator's starting catalogue. Prices are decimal strings in dirhams without tax."""

    key: str
    size: Size
    per_hour: str
    per_month: str


@dataclass(frozen=True)
class StartingOffering:
    """The offering that the operator starts with for a blueprint: texts by language, plans, prices.

    `tiers` prices consumption by meter, graduated: a list of {"up_to": units or None, "rate": dirhams a unit}.
    """

    slug: str
    category: str
    texts: Mapping[str, Mapping[str, str]]
    plans: Sequence[StartingPlan]
    tiers: Mapping[str, Sequence[Mapping[str, Any]]] = field(default_factory=dict)


@dataclass(frozen=True)
class Member:
    """One of the machines of a highly available service; `private` is its IPv4 in the network that they share."""

    name: str
    private: str


@dataclass(frozen=True)
class Coordinator:
    """Where the members agree on who leads: an etcd reached over TLS, whose user sees the keys below `prefix` alone.

    `address` is the server's IPv4, `host` the name in its certificate, which `authority` (a PEM text) signed.
    """

    host: str
    address: str
    port: int
    username: str
    prefix: str
    authority: str
    password: str = field(repr=False)


@dataclass(frozen=True)
class Ensemble:
    """The machines of a highly available service: its members, what is in front of them, where they agree on who leads.

    `first` is the name of the member whose data the others copy when the service begins. `secret` is what the members
    derive the passwords from that they know each other by.
    """

    members: Sequence[Member]
    front: Member
    first: str
    coordinator: Coordinator
    secret: str = field(repr=False)


@dataclass(frozen=True)
class Wanted:
    """A service instance as it should be, on one machine: that of `member`, if it is highly available."""

    instance: UUID
    name: str
    parameters: Mapping[str, Any]
    size: Size
    hostname: str
    address: str
    member: str = ""
    ensemble: Ensemble | None = None


@dataclass(frozen=True)
class Credentials:
    """How somebody signs in to a service. The password is clear here and nowhere else: never log this."""

    username: str
    password: str = field(repr=False)
    database: str = ""


@dataclass(frozen=True)
class ServerCertificate:
    """PEM texts of an endpoint's certificate, its key and the authority that signed it."""

    certificate: str
    key: str = field(repr=False)
    authority: str = field(repr=False)


@dataclass(frozen=True)
class Health:
    """What a probe found; `detail` is a short sentence for the operator."""

    ok: bool
    detail: str = ""


@dataclass(frozen=True)
class Snippet:
    """A few lines of a program that connects, for a customer to copy; the password is not in it."""

    language: str
    text: str


@dataclass(frozen=True)
class Connection:
    """How a client connects, without the password: fields to show and a URI with `PASSWORD` as a placeholder. `pooled`
    is the same through the service's connection pool, where it has one.
    """

    uri: str
    fields: Mapping[str, str]
    client: Sequence[str]
    snippets: Sequence[Snippet] = ()
    pooled: str = ""


class Guest(Protocol):
    """One machine of the instance, for a blueprint to act in."""

    def execute(self, command: Sequence[str], *, stdin: bytes = b"", timeout: float = 60.0) -> Execution:
        """Run a command as root in the machine. stdin may carry secrets and is never logged."""


@dataclass(frozen=True)
class Repository:
    """Where one instance's backups go: a bucket on an S3 server, reached over TLS with a key for this bucket alone.

    `passphrase` encrypts the backups before they leave the machine. `address` is the server's IPv4, `host` the name
    in its certificate, which `authority` (a PEM text) signed. `members` is how many machines wrote its history.
    """

    host: str
    address: str
    port: int
    region: str
    bucket: str
    access_key: str
    authority: str
    secret_key: str = field(repr=False)
    passphrase: str = field(repr=False)
    members: int = 1


class BackupKind(StrEnum):
    """How much a backup copies: everything, or what changed since the last full one."""

    FULL = "full"
    DIFFERENTIAL = "differential"


@dataclass(frozen=True)
class BackupFound:
    """A backup as its repository shows it: bytes of data it restores, bytes it takes in the repository."""

    label: str
    kind: BackupKind
    started_at: datetime
    finished_at: datetime
    size: int
    stored: int


class BindingRole(StrEnum):
    """What credentials are good for: whatever the owner may do, reading and writing what is there, or reading it."""

    OWNER = "owner"
    WRITER = "writer"
    READER = "reader"


class Binder(Protocol):
    """What a blueprint adds whose services can have several named credentials. Every call is safe to repeat."""

    @property
    def roles(self) -> Collection[BindingRole]:
        """The roles that its credentials can have."""

    def binding(self, wanted: Wanted, name: str, password: str) -> Credentials:
        """The credentials that a binding called `name` (lowercase letters, digits, underscores) gets."""

    def grant(
        self, guest: Guest, wanted: Wanted, credentials: Credentials, role: BindingRole = BindingRole.OWNER
    ) -> None:
        """Make these credentials work in this role; whatever they could do before, and whoever uses them with another
        password or in another role, ends.

        Raises:
            ConfigurationFailed.
        """

    def revoke(self, guest: Guest, wanted: Wanted, username: str) -> None:
        """Make these credentials work no more, end the connections they opened; what they own stays the owner's.

        Raises:
            ConfigurationFailed.
        """


class DatabaseKeeper(Protocol):
    """What a blueprint adds whose services hold several databases. Every call on a guest is safe to repeat."""

    @property
    def most(self) -> int:
        """How many databases a service may have."""

    def allows(self, name: str) -> bool:
        """Whether a database may be called so."""

    def names(self, parameters: Mapping[str, Any]) -> Sequence[str]:
        """The databases of an instance with these parameters; its first credentials sign in to the first of them."""

    def naming(self, parameters: Mapping[str, Any], names: Sequence[str]) -> dict[str, Any]:
        """The same parameters, of an instance with these databases."""

    def create(self, guest: Guest, wanted: Wanted, name: str) -> None:
        """Have a database of this name; one that is there already is kept as it is.

        Raises:
            ConfigurationFailed.
        """

    def drop(self, guest: Guest, wanted: Wanted, name: str) -> None:
        """Delete a database with all that is in it, and end whatever uses it.

        Raises:
            ConfigurationFailed.
        """


class Archivist(Protocol):
    """What a blueprint adds whose services are backed up into a repository. Every call is safe to repeat."""

    def attach(self, guest: Guest, wanted: Wanted, repository: Repository) -> None:
        """Let the service keep its history in the repository from now on.

        Raises:
            ConfigurationFailed.
        """

    def back_up(self, guest: Guest, wanted: Wanted, kind: BackupKind, label: str) -> None:
        """Make a backup and wait for its end; nothing to do if one that carries `label` (ours) is there already.

        Raises:
            ConfigurationFailed.
        """

    def backups(self, guest: Guest, wanted: Wanted) -> Mapping[str, BackupFound]:
        """What the repository holds, by our label."""

    def restore(self, guest: Guest, wanted: Wanted, repository: Repository, until: datetime | None) -> None:
        """Fill a machine that was never configured with the data of a repository, as it was at `until` (None: the
        last that was archived), and let it start from there. The repository is only read. It holds the history of
        whatever machine served at a time: what was undone by a later restore counts where it was.

        Raises:
            ConfigurationFailed: `until` lies outside of what the repository holds, or it can't be read.
        """

    def shut_out_all_but(self, guest: Guest, wanted: Wanted, usernames: Collection[str]) -> None:
        """Let of all credentials that the platform ever made only these sign in: restored data brings back others.

        Raises:
            ConfigurationFailed.
        """

    def fingerprint(self, guest: Guest, wanted: Wanted) -> str:
        """A checksum over the customer's data: equal for equal data, whichever machine it is on."""

    def expire(self, guest: Guest, wanted: Wanted, keep_full: int) -> None:
        """Forget all but the newest `keep_full` full backups, with the history that only older ones need."""


@dataclass(frozen=True)
class MemberState:
    """A member as the others see it. `lag` is how many bytes of history it has still to take in; None if unknown."""

    name: str
    leads: bool
    running: bool
    synchronous: bool
    lag: int | None
    restart_pending: bool


class HighAvailability(Protocol):
    """What a blueprint adds whose services can run on several machines. Every call is safe to repeat.

    `configure` brings each member to what is wanted; the one that leads gets what concerns the data.
    """

    def front(self, guest: Guest, wanted: Wanted) -> None:
        """Have the machine in front lead clients to the member that leads, by itself, whoever that is.

        Raises:
            ConfigurationFailed.
        """

    def state(self, guest: Guest, wanted: Wanted) -> Sequence[MemberState]:
        """The members as one of them sees them.

        Raises:
            ConfigurationFailed: it sees nothing.
        """

    def restart(self, guest: Guest, wanted: Wanted) -> None:
        """Restart the service on one member, for settings that need it, and wait until it is back.

        Raises:
            ConfigurationFailed.
        """

    def switch_over(self, guest: Guest, wanted: Wanted, to: str) -> None:
        """Let another member lead, by plan: nothing that was acknowledged is lost. `guest` is any living member.

        Raises:
            ConfigurationFailed: it can't lead now; who led goes on to.
        """

    def depose(self, guest: Guest, wanted: Wanted, dead: str) -> bool:
        """Tell the living, of which `guest` is one, that a member that led is dead for certain; whether it led.

        Its own time to be heard of is cut short, and the others choose at once. Never call this of a machine that may
        still run.

        Raises:
            ConfigurationFailed.
        """


class Reading(StrEnum):
    """How a value is to be read: as it is, or as what was added since a moment before."""

    GAUGE = "gauge"
    COUNTER = "counter"


@dataclass(frozen=True)
class Metric:
    """A value that a service tells of itself. `unit` is bytes, seconds, percent, or empty for a plain number;
    `description` is a sentence in English, for monitoring systems.
    """

    key: str
    reading: Reading
    unit: str
    description: str


@dataclass(frozen=True)
class Curve:
    """A line of a chart: a metric, a counter as its growth in a second. `label` is a message id.

    With `beside`, both counters' growth is added, and the line is the first one's share of it, in per cent.
    """

    label: str
    metric: str
    beside: str = ""


@dataclass(frozen=True)
class Panel:
    """A chart of curves that share a unit. `title` is a message id."""

    key: str
    title: str
    unit: str
    curves: Sequence[Curve]


@dataclass(frozen=True)
class Look:
    """What one look from outside found: health; the values, in the order of the observer's `metrics`, None for what
    is not known; and since when the service's process has been running.
    """

    health: Health
    values: Sequence[float | None] = ()
    running_since: datetime | None = None


@dataclass(frozen=True)
class Interruption:
    """A service's process ended by itself at `since`, and its successor answered from `until` on."""

    since: datetime
    until: datetime


class Severity(StrEnum):
    """How grave a line of a log is."""

    INFO = "info"
    WARNING = "warning"
    ERROR = "error"


@dataclass(frozen=True)
class LogLine:
    """A line that a service wrote into its log."""

    at: datetime
    severity: Severity
    text: str


@dataclass(frozen=True)
class LogPart:
    """A part of a log, oldest line first, and the `cursor` after which the next one begins."""

    lines: Sequence[LogLine]
    cursor: str


@dataclass(frozen=True)
class Statement:
    """A kind of query, its constants taken out: how often it ran, seconds in all, rows in all."""

    database: str
    text: str
    calls: int
    seconds: float
    rows: int


class Observer(Protocol):
    """What a blueprint adds whose services tell of themselves."""

    @property
    def metrics(self) -> Sequence[Metric]:
        """What is told, in an order that stays: values are kept by their place. A new one comes last."""

    @property
    def panels(self) -> Sequence[Panel]:
        """How it is shown."""

    def look(self, wanted: Wanted, credentials: Credentials, authority: str) -> Look:
        """Use the service as `probe` does and read its values, on one connection, within a few seconds."""

    def interruption(self, guest: Guest, wanted: Wanted) -> Interruption | None:
        """The last time its process ended though nobody asked for that; None if it never did since it was started.

        Raises:
            ConfigurationFailed: the machine does not tell.
        """

    def log(self, guest: Guest, wanted: Wanted, after: str, most: int) -> LogPart | None:
        """What the service wrote into its log since a cursor (empty: since it was made), about `most` bytes of it;
        None if its kind keeps no log.

        Raises:
            ConfigurationFailed: the machine does not tell.
        """

    def statements(self, guest: Guest, wanted: Wanted, most: int) -> Sequence[Statement] | None:
        """The `most` kinds of query that took longest in all since the service counts them; None if its kind has none.

        Raises:
            ConfigurationFailed: the service does not tell.
        """


class Blueprint(Protocol):
    """A managed service as a folder: recipe, parameters, configuration, health."""

    @property
    def key(self) -> str:
        """The blueprint's name, as stored with instances: lowercase letters."""

    @property
    def prefix(self) -> str:
        """Two to four letters that machine and endpoint names start with."""

    @property
    def port(self) -> int:
        """The TCP port of the endpoint."""

    @property
    def holds_data(self) -> bool:
        """Whether a machine that is lost loses customers' data: such a machine is never silently made anew."""

    @property
    def recipe(self) -> Recipe:
        """How the image is built."""

    @property
    def serves_neighbours(self) -> bool:
        """Whether machines of other services on the same network may reach this one: for what the platform runs."""

    @property
    def starting_offering(self) -> StartingOffering | None:
        """What the operator's starting catalogue says of this service; None for what is not sold."""

    @property
    def binder(self) -> Binder | None:
        """How further credentials are made, if its services can have them."""

    @property
    def keeper(self) -> DatabaseKeeper | None:
        """How databases are made and deleted, if its services hold several."""

    @property
    def archivist(self) -> Archivist | None:
        """How its services are backed up, if they hold data."""

    @property
    def high_availability(self) -> HighAvailability | None:
        """How its services run on several machines, if they can."""

    @property
    def observer(self) -> Observer | None:
        """What its services tell of themselves, beside whether they answer."""

    def schema(self) -> Mapping[str, Any]:
        """The JSON Schema of the parameters."""

    def limits(self, size: Size) -> Limits:
        """What the kernel must enforce for a plan's size."""

    def credentials(self, parameters: Mapping[str, Any], password: str) -> Credentials:
        """The first credentials of an instance."""

    def configure(self, guest: Guest, wanted: Wanted, credentials: Credentials, certificate: ServerCertificate) -> None:
        """Bring a started machine to what is wanted. Safe to be killed anywhere and repeated.

        Raises:
            ConfigurationFailed: the guest refused; the message is safe to show to the operator.
        """

    def probe(self, wanted: Wanted, credentials: Credentials, authority: str) -> Health:
        """Use the service from outside as a client would, over TLS."""

    def connection(self, wanted: Wanted, username: str, database: str) -> Connection:
        """What a client needs to connect."""


class ConfigurationFailed(Exception):
    """A guest could not be configured."""


class Declined(ConfigurationFailed):
    """The service can't do what was asked, and trying again won't help. The message is one for the customer (an id)."""
