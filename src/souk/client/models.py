"""The API's schemas. Written by `souk-manage client`; change the API instead."""

from __future__ import annotations

from typing import Any, Literal, NotRequired, TypeAlias, TypedDict


class NewPerson(TypedDict):
    """The person who signed up."""

    id: str


class SignUp(TypedDict):
    """Somebody new."""

    email: str
    password: str
    full_name: str
    language: NotRequired[str]


class NewToken(TypedDict):
    """A token, shown this once."""

    id: str
    token: str


class SignIn(TypedDict):
    """Who signs in; `code` is a one-time code where the person has switched them on."""

    email: str
    password: str
    code: NotRequired[str]
    name: NotRequired[str]
    scopes: NotRequired[list[str]]
    days: NotRequired[int]


class TokenRow(TypedDict):
    """A token without its secret."""

    id: str
    name: str
    hint: str
    scopes: list[str]
    created_at: str
    expires_at: str


class Me(TypedDict):
    """Who the token stands for."""

    id: str
    email: str
    full_name: str
    language: str
    is_operator: bool
    organizations: dict[str, str]


class OrganizationRow(TypedDict):
    """An organization as its members see it."""

    id: str
    legal_name: str
    legal_form: str
    segment: str
    ice: str | None
    tax_id: str
    trade_register: str
    trade_register_city: str
    business_tax: str
    cnss: str
    capital_minor: int | None
    address: str
    city: str
    postcode: str
    country: str
    email: str
    phone: str
    instance_quota: int
    created_at: str


class OrganizationIn(TypedDict):
    """What an organization tells of itself. `segment`: tpme, large_enterprise, public_body or auto_entrepreneur."""

    legal_name: str
    segment: str
    ice: NotRequired[str]
    legal_form: NotRequired[str]
    tax_id: NotRequired[str]
    trade_register: NotRequired[str]
    trade_register_city: NotRequired[str]
    business_tax: NotRequired[str]
    cnss: NotRequired[str]
    capital_minor: NotRequired[int | None]
    address: NotRequired[str]
    city: NotRequired[str]
    postcode: NotRequired[str]
    country: NotRequired[str]
    email: NotRequired[str]
    phone: NotRequired[str]


class SizeOut(TypedDict):
    """The size class that follows: tpme or large."""

    size_class: str


class SizeIn(TypedDict):
    """A fiscal year's turnover without tax, in minor units."""

    turnover_minor: int
    fiscal_year: int


class ProjectRow(TypedDict):
    """A project of an organization."""

    id: str
    organization_id: str
    name: str
    slug: str


class Created(TypedDict):
    """What was made."""

    id: str


class ProjectIn(TypedDict):
    """A project's name."""

    name: str


class MemberRow(TypedDict):
    """A member of an organization and its role."""

    person_id: str
    email: str
    full_name: str
    role: str
    created_at: str


class RoleIn(TypedDict):
    """A member's new role."""

    role: str


class InvitationOut(TypedDict):
    """An invitation; its token goes into the link and is shown this once."""

    id: str
    token: str


class InvitationIn(TypedDict):
    """Whom to invite as what: owner, admin, buyer, billing, technical or viewer."""

    email: str
    role: str


class BankAccountIn(TypedDict):
    """Where the organization is paid."""

    holder: str
    bank: str
    rib: str
    bic: NotRequired[str]


class RegionRow(TypedDict):
    """A region a customer may order in."""

    code: str
    name: str
    country: str


class Card(TypedDict):
    """
    An offering in a list, and which blueprint makes its services; prices are decimal strings in major units without
    tax.
    """

    slug: str
    category: str
    blueprint: NotRequired[str]
    name: str
    summary: str
    from_per_month: str | None
    from_per_hour: str | None
    currency: str


class Cards(TypedDict):
    """A part of the listing; `next` is the `after` of the part that follows."""

    items: list[Card]
    next: int | None


class PlanOut(TypedDict):
    """A size; memory and disk in bytes for each of its members (machines), prices as decimal strings."""

    key: str
    vcpus: int
    memory: int
    disk: int
    members: NotRequired[int]
    per_hour: str
    per_month: str
    minimum_hours: int
    tiers: dict[str, list[dict[str, Any]]]


class OrderPlaced(TypedDict):
    """Where to follow the order."""

    id: str


class OrderIn(TypedDict):
    """
    What is ordered, `extra_gib` being whole gibibytes of disk beyond the plan. Without `organization`, the caller's
    only one; without `project`, its first. `network` is the private network that the service is in: an id, or `default`
    for the project's first one, which is made where there is none. It is reached from outside of the platform only with
    a `public_address`, which may be given to it later too.
    """

    offering: str
    plan: str
    region: str
    name: str
    marketplace: NotRequired[str]
    extra_gib: NotRequired[int]
    parameters: NotRequired[dict[str, Any]]
    organization: NotRequired[str | None]
    project: NotRequired[str | None]
    network: NotRequired[str]
    public_address: NotRequired[bool]


class OrderRow(TypedDict):
    """An order as its customer follows it."""

    id: str
    number: int
    organization_id: str
    project_id: str
    listing_id: str
    offering_name: str
    plan_key: str
    extra_disk: int
    region_code: str
    service_name: str
    parameters: dict[str, Any]
    state: str
    reason: str
    placed_at: str
    closed_at: str | None
    subscription_id: str
    instance_id: str
    price: dict[str, Any]


class PageOrderRow(TypedDict):
    items: list[OrderRow]
    next: str | None


class SubscriptionRow(TypedDict):
    """A subscription with its frozen price."""

    id: str
    organization_id: str
    order_id: str
    instance_id: str
    issuer_id: str
    offering_name: str
    plan_key: str
    service_name: str
    price: dict[str, Any]
    disk: int | None
    state: str
    created_at: str
    started_at: str | None
    ended_at: str | None


class ServiceRow(TypedDict):
    """
    A service instance as lists show it; memory and disk in bytes, of each of its members. `extra_disk` is the part
    of the disk beyond the plan, `grow_to` how large it may become by itself. One that is produced elsewhere or
    made of others (a stack) has a `plan_id` of the catalogue's, and no size; what was made for a stack is `part_of` it,
    which calls it `part`.
    """

    id: str
    organization_id: str
    project_id: str
    region_code: str
    blueprint: str
    name: str
    label: str
    parameters: dict[str, Any]
    plan_id: str | None
    part_of: str | None
    part: str
    vcpus: int
    memory: int
    disk: int
    members: int
    extra_disk: int
    grow_to: int | None
    growth_refused_at: str | None
    desired: str
    state: str
    trouble: str
    protected: bool
    suspension: str
    suspension_note: str
    generation: int
    observed_generation: int
    created_at: str
    ready_at: str | None
    deletion_accepted_at: str | None
    erase_at: str | None
    deleted_at: str | None
    hostname: str | None
    address: str | None
    port: int | None
    certificate_expires_at: str | None


class ServiceIn(TypedDict):
    """What of a service can be changed at once. What is left out stays."""

    name: NotRequired[str | None]
    protected: NotRequired[bool | None]


class Requested(TypedDict):
    """The operation to follow."""

    operation: str


class ParametersIn(TypedDict):
    """Parameters that are to be others, of those that the schema marks with `x-changeable`; the rest stays."""

    parameters: dict[str, Any]


class SizeChanges(TypedDict):
    """The operation that changes the size, and the order for it: null where the price stays."""

    operation: str
    order: str | None


class PlanIn(TypedDict):
    """
    The plan to change to, by its key (empty: the present one), and how many whole gibibytes of disk each machine is
    to have beyond it (left out: as many as now).
    """

    plan: NotRequired[str]
    extra_gib: NotRequired[int | None]


class GrowthIn(TypedDict):
    """How many gibibytes, in all, the disk may grow to by itself; null: it does not."""

    ceiling_gib: int | None


class CrewRow(TypedDict):
    """One of the machines of a highly available service; `duty` is what it was last seen to do."""

    number: int
    name: str
    duty: str
    created_at: str


class SpreadOut(TypedDict):
    """How far a service's machines are apart."""

    spread: str


class ReleaseRow(TypedDict):
    """
    What a service's software says it is, and the fingerprint of the image it runs from; of several machines, the
    oldest. Newer ones come with an update if one is `available`; what is not known is empty. `updatable` is whether
    services of its kind can be updated at all.
    """

    version: str
    image: str
    newest_version: str
    newest_image: str
    newest_since: str | None
    available: bool
    updatable: bool


class Change(TypedDict):
    """A package that is another one than before; a version is empty where there was, or is, none."""

    name: str
    before: str
    after: str


class UpdateIn(TypedDict):
    """Whether the state before an earlier restore in place, if it is kept, may be given up."""

    give_up_way_back: NotRequired[bool]


class SampleRow(TypedDict):
    """What was counted at a moment: bytes on disk, bytes sent since the sample before, CPU seconds, bytes of memory."""

    at: str
    disk: int
    egress: int
    cpu_seconds: float
    memory: int


class UsageRow(TypedDict):
    """An interval of running or stopped; `until` is None while it lasts."""

    meter: str
    since: str
    until: str | None


class SubscriptionOut(TypedDict):
    """A subscription with its frozen price; under which names it is sold, empty when it is for sale no more."""

    id: str
    organization_id: str
    order_id: str
    instance_id: str
    issuer_id: str
    offering_name: str
    plan_key: str
    service_name: str
    price: dict[str, Any]
    disk: int | None
    state: str
    created_at: str
    started_at: str | None
    ended_at: str | None
    marketplace: str
    offering: str


class LogLine(TypedDict):
    """A line of an operation's log, in the reader's language."""

    at: str
    step: str
    seconds: float
    sentence: str


class OperationOut(TypedDict):
    """
    One change to a service instance; `progress` in per cent, `trouble` why it failed. `result` is what came of it:
    of an erasure, what was erased and how that was seen.
    """

    id: str
    instance_id: str
    kind: str
    details: dict[str, Any]
    state: str
    progress: int
    step: str
    log: list[LogLine]
    result: dict[str, Any]
    trouble: str
    requested_by: str
    created_at: str
    finished_at: str | None


class SnippetOut(TypedDict):
    """A few lines of a program that connects; it reads the password from its environment."""

    language: str
    text: str


class FirstBootRow(TypedDict):
    """
    What a service did of its customer's own when it was first begun: `running`, `done`, `failed` or `interrupted`,
    and the last lines that it said. Before anybody looked, it is `queued`.
    """

    standing: str
    lines: list[str]
    since: str | None
    finished_at: str | None


class CredentialsOut(TypedDict):
    """
    A way in, password included; `private` is the one in the private network, if there is one. `address` is where
    `hostname` points on the platform, `public_address` where the world reaches it, if it does; `authority` is the CA to
    trust (PEM). `given` is all of it as its vendor gave it, for a service that is produced elsewhere.
    """

    uri: str
    private: str
    public_address: str
    fields: dict[str, str]
    client: list[str]
    username: str
    password: str
    address: str
    authority: str
    given: NotRequired[dict[str, Any]]


class BindingRow(TypedDict):
    """
    Named credentials, without the password, good for a role in a database. They work once `granted_at` is set; those
    of `former_username`, which they replaced, work until `former_until`.
    """

    id: str
    name: str
    username: str
    database: str
    role: str
    created_at: str
    granted_at: str | None
    rotated_at: str | None
    former_username: str
    former_until: str | None


BindingRole: TypeAlias = Literal["owner", "writer", "reader"]


class EntitlementIn(TypedDict):
    """What credentials are good for: a role, in a database (default: the first)."""

    role: NotRequired[BindingRole]
    database: NotRequired[str]


class RotationIn(TypedDict):
    """How many hours the former credentials work on; by default as the platform sets it."""

    overlap_hours: NotRequired[float | None]


class DatabaseRow(TypedDict):
    """
    A database of a service: ready, provisioning or deleting. The `first` one can't be deleted; `bindings` are the
    names of the credentials that sign in to it.
    """

    name: str
    state: str
    first: bool
    bindings: list[str]


class DatabaseIn(TypedDict):
    """The name of a new database: lowercase letters, digits and underscores."""

    name: str


class AllowedRow(TypedDict):
    """A network that may reach a service, in CIDR notation, and why."""

    network: str
    note: str


class AllowedIn(TypedDict):
    """An IPv4 network in CIDR notation, or one address, and a note that says whose it is."""

    network: str
    note: NotRequired[str]


class OwnNameRow(TypedDict):
    """
    A name of the customer's own, as people and as DNS write it: pending until proved, then updating until the
    certificate has it, then ready. It is proved by publishing `text` as a TXT record at `record`.

    Of a web service it also says where the name `leads`: here, elsewhere, split (here by IPv4 only), nowhere, silent
    (DNS gives no answer), or nothing while nobody looked; to which addresses (`found`); and since when not to the
    service though it did (`strayed_at`). Its `certificate` for browsers is asked, valid, failed or ended; own where it
    shows the service's own and none is asked for; nothing of services that have none. `reason` (an error type of RFC
    8555, or unreachable) and `trouble`, in the server's words, say why the last attempt gave none.
    """

    name: str
    ascii: str
    state: str
    record: str
    text: str
    created_at: str
    proved_at: str | None
    main: NotRequired[bool]
    leads: NotRequired[str]
    found: NotRequired[list[str]]
    looked_at: NotRequired[str | None]
    strayed_at: NotRequired[str | None]
    certificate: NotRequired[str]
    certified_until: NotRequired[str | None]
    reason: NotRequired[str]
    trouble: NotRequired[str]
    next_try_at: NotRequired[str | None]


class NameIn(TypedDict):
    """A DNS name, in any script."""

    name: str


class WebNamesRow(TypedDict):
    """
    How a web service answers to its names. Each of them must lead to `address` (IPv4; nothing until the service has
    one) and no other; only a `public` one proves a name by that. Others lead to `main` (as DNS has it; nothing: none).
    Without an `issuer` nobody is asked for certificates. `changing` while other choices are to take effect.
    """

    address: str
    public: bool
    main: str
    https_only: bool
    hsts: bool
    issuer: bool
    most: int
    changing: bool


class WebNamesIn(TypedDict):
    """
    The name to which a web service's others lead (nothing: none), whether http leads to https, and whether browsers
    are told to remember that.
    """

    main: NotRequired[str]
    https_only: NotRequired[bool]
    hsts: NotRequired[bool]


class ZoneRow(TypedDict):
    """
    A DNS zone, as people and as DNS write it: awaiting until it is delegated to the service, ready while it is,
    strayed if it was once. To delegate it, name `servers` (and, if one of them is in the zone, `address`) and `ds`
    where the domain is registered. `leads` says to whom it is delegated: here, elsewhere, nowhere, silent (DNS gives no
    answer), or nothing while nobody looked; `found` to which name servers. `updating` until what was written is served,
    with this `serial`.
    """

    id: str
    name: str
    ascii: str
    state: str
    signed: bool
    serial: int
    ds: list[str]
    servers: list[str]
    address: str
    leads: str
    found: list[str]
    looked_at: str | None
    proved_at: str | None
    created_at: str
    records: int
    updating: bool


class ZonesRow(TypedDict):
    """A service's zones, and how many of them and of records in all it may have."""

    zones: list[ZoneRow]
    most_zones: int
    records: int
    most_records: int


class ZoneIn(TypedDict):
    """A zone's name, in any script; `signed` by DNSSEC unless that is not wanted."""

    name: str
    signed: NotRequired[bool]


class SigningIn(TypedDict):
    """Whether a zone is signed (DNSSEC)."""

    signed: bool


class RecordsRow(TypedDict):
    """
    All records of a type at a name within a zone (`@` is the zone), as people (`name`) and as DNS (`ascii`) write
    it. One that `follows` a service is the platform's to write; others were written by whoever is `written_by`. `mark`
    tells this state from every other, for whoever replaces it.
    """

    name: str
    ascii: str
    type: str
    ttl: int
    values: list[str]
    follows: str | None
    service: str
    written_by: str
    written_at: str
    mark: str


class RecordsIn(TypedDict):
    """
    All records of a type at a name: how long others keep them, in seconds, and their values. In a value, a name
    without a dot is within the zone, others are in full; a text need not be quoted.
    """

    ttl: NotRequired[int]
    values: list[str]


class ZoneFileOut(TypedDict):
    """A zone file (RFC 1035)."""

    text: str


class RecordSetOut(TypedDict):
    """All records of a type at a name (`@` is the zone)."""

    name: str
    type: str
    ttl: int
    values: list[str]


class RecordsChangeOut(TypedDict):
    """What records of a type at a name are, and would be."""

    before: RecordSetOut
    after: RecordSetOut


class WrongOut(TypedDict):
    """What is wrong in a line of a zone file (0: in what it would lead to)."""

    line: int
    sentence: str


class ZoneFileIn(TypedDict):
    """A zone file (RFC 1035). What it does not name stays, unless it is to `replace` all that people wrote."""

    text: str
    replace: NotRequired[bool]


class HomeRow(TypedDict):
    """A zone in which a project's services may have names, which service answers for it, and whether it is proved."""

    service: str
    zone: str
    ascii: str
    proved: bool


class ServiceNameIn(TypedDict):
    """A name in one of the project's zones."""

    name: str


class InsideRow(TypedDict):
    """A service in a private network, with its address there; `hostname` means that address once it is reached so."""

    id: str
    name: str
    state: str
    address: str
    hostname: str


class NetworkRow(TypedDict):
    """
    A private network of a project, `subnet` in CIDR notation, and the services in it, the oldest first. Those that
    are deleted, but could be recovered, are in it too.
    """

    id: str
    organization_id: str
    project_id: str
    region_code: str
    name: str
    subnet: str
    created_at: str
    services: list[InsideRow]


class NetworkIn(TypedDict):
    """A private network to be made. Without `organization`, the caller's only one; without `project`, its first."""

    name: str
    region: str
    organization: NotRequired[str | None]
    project: NotRequired[str | None]


class NetworkChange(TypedDict):
    """What of a private network can be changed."""

    name: str


class AttachmentRow(TypedDict):
    """
    The private network that a service is in: attaching, then ready; detaching; or none, and the rest is empty.

    `only` is whether nobody outside of the network reaches the service.
    """

    state: str
    network_id: str | None
    network_name: str
    address: str
    hostname: str
    only: bool


class AttachmentIn(TypedDict):
    """A private network, by its id; `default` is the project's first one, which is made where there is none."""

    network: NotRequired[str]


class AddressRow(TypedDict):
    """
    A public address that a project has, on the bill of a service: attaching, ready, detaching, or kept, which leads
    to none.
    """

    id: str
    organization_id: str
    project_id: str
    region_code: str
    address: str
    state: str
    service_id: str
    service_name: str
    created_at: str


class ReachRow(TypedDict):
    """
    From where a service can be reached: at its public address, if it has one (`state` as of an address, or none),
    by the name that means it.
    """

    state: str
    address_id: str | None
    address: str
    hostname: str


class GivenIn(TypedDict):
    """A public address that the project keeps, by its id; a new one, if it is left out."""

    address: NotRequired[str | None]


class FirewallRuleRow(TypedDict):
    """A rule of a machine: `ports` is one, a range, or empty for all; no `networks` (None) is everyone."""

    direction: str
    protocol: str
    ports: str
    networks: list[str] | None
    note: str


class FirewallRuleIn(TypedDict):
    """
    What is let through: `in` to a machine or `out` of it, tcp, udp, icmp or any. `ports` is one, a range like
    8000-8010, or empty for all; without `networks` (IPv4, in CIDR notation) it holds for everyone.
    """

    direction: str
    protocol: str
    ports: NotRequired[str]
    networks: NotRequired[list[str] | None]
    note: NotRequired[str]


class PoolMemberRow(TypedDict):
    """
    A member of a pool, called `name` there: a `service` of the project, with its id, or an `address`. How it was
    seen last: `standing` (up, down, resting, unknown, absent) and since when; what the last check found (`result`:
    answered, refused, silent, tls, status, garbage, none), with which `status`; and what it was given, as
    `contract.MemberSeen` says.
    """

    name: str
    service: str
    service_id: str | None
    address: str
    port: int
    weight: int
    mode: str
    standing: str
    since: str | None
    result: str
    status: int | None
    requests: int
    failed: int
    under_way: int


class PoolMemberIn(TypedDict):
    """A service of the project by its name, or else an `address` in its private network; and its share."""

    service: NotRequired[str]
    address: NotRequired[str]
    port: int
    weight: NotRequired[int]


class PoolMemberChanges(TypedDict):
    """What a member takes of what comes, and its share; what is not said stays."""

    mode: NotRequired[Literal["active", "draining", "maintenance"] | None]
    weight: NotRequired[int | None]


class BackupRow(TypedDict):
    """A backup; `size` is what it restores, `stored` what it takes in the repository, in bytes."""

    id: str
    kind: str
    state: str
    started_at: str
    finished_at: str | None
    size: int | None
    stored: int | None
    proved_at: str | None


class BackupsRow(TypedDict):
    """
    An instance's backups, newest first, the earliest instant to which it can be restored, and when a restore was
    last tried out and gave what the service held. `unproved` is why the last try did not, if so (a message id). Until
    `way_back_until` its restore in place can be undone. It goes back to `any_instant` since the earliest one, or to
    those at which a backup had finished.
    """

    kept: bool
    backups: list[BackupRow]
    earliest: str | None
    proved_at: str | None
    way_back_until: str | None
    unproved: NotRequired[str]
    any_instant: NotRequired[bool]


BackupKind: TypeAlias = Literal["full", "differential"]


class Ordered(TypedDict):
    """The order that was placed."""

    order: str


class RestoreIn(TypedDict):
    """
    The new service's name, the instant whose data it begins with (default: the last) or the snapshot, its plan (the
    same), and how many gibibytes of disk it has beyond it (as many). Where no `any_instant` will do, it is one at which
    a backup had finished.
    """

    name: str
    until: NotRequired[str | None]
    plan: NotRequired[str]
    extra_gib: NotRequired[int | None]
    snapshot: NotRequired[str | None]


class InPlaceIn(TypedDict):
    """
    The instant whose data is to come back; where no `any_instant` will do, one at which a backup had finished. The
    state before an earlier restore, if it is kept, must be given up.
    """

    until: str
    give_up_way_back: NotRequired[bool]


class ExportRow(TypedDict):
    """A database in an open format: a file of `size` bytes, to be downloaded until it expires."""

    id: str
    database: str
    name: str
    created_at: str
    expires_at: str
    size: int | None
    sha256: str


class ExportIn(TypedDict):
    """The database whose schema and data are wanted."""

    database: str


class PublishedRow(TypedDict):
    """
    A release: when it was made, whether it was `first`, came by a `push` or from `staging`, by whom and with what
    note, and whether it is live.
    """

    number: int
    made_at: str
    source: str
    by: str
    note: str
    live: bool


class SnapshotRow(TypedDict):
    """A service's disk as it was at `taken_at`, and how many bytes only the snapshot held when that was last seen."""

    id: str
    name: str
    taken_at: str
    size: int | None
    disk: int


class SnapshotsRow(TypedDict):
    """
    What is kept, newest first, the names of those that are `coming`, and how many there may be (none: this kind of
    service has no snapshots).
    """

    snapshots: list[SnapshotRow]
    coming: list[str]
    most: int


class SnapshotIn(TypedDict):
    """What the snapshot is called: 1 to 63 characters on one line."""

    name: str


class RehearsalOut(TypedDict):
    """
    An upgrade that was tried out; `report` is what came of it: `obstacles`, `extensions` that were raised, how many
    indexes were `sorted` anew, `seconds` of each part, and the checksums of all rows `before` and `after`.
    """

    id: str
    version: str
    state: str
    trouble: str
    created_at: str
    finished_at: str | None
    report: dict[str, Any]


class VersionRow(TypedDict):
    """A major version; its makers mend it up to `ends_on`. `newer`: the service could go on with it."""

    number: str
    ends_on: str
    source: str
    newer: bool


class VersionsOut(TypedDict):
    """
    The major version of a service, until when it is mended by its makers, and those there are, the newest first. An
    upgrade can be asked for while `rehearsed_at` is told. `upgrade` is the one that waits until `upgrade_from`, or is
    under way.
    """

    present: str
    ends_on: str | None
    offered: list[VersionRow]
    rehearsed_at: str | None
    rehearsals: list[RehearsalOut]
    upgrade: str | None
    upgrade_from: str | None


class TargetIn(TypedDict):
    """The version to go on with."""

    version: str


class UpgradeIn(TypedDict):
    """
    The version to go on with; now, or in the next maintenance window. The machine that is kept as a way back from an
    earlier restore or upgrade must be given up.
    """

    version: str
    in_window: NotRequired[bool]
    give_up_way_back: NotRequired[bool]


class WindowOut(TypedDict):
    """
    The maintenance window; whether somebody has `chosen` it; when it opens next, or opened, and closes; and when the
    service is updated in it, if there is something newer.
    """

    weekday: int
    hour: int
    hours: int
    chosen: bool
    zone: str
    opens_at: str
    closes_at: str
    updated_at: str | None


class WindowIn(TypedDict):
    """
    From a full hour (0 to 23, by the site's clock) of a weekday (0 is Monday), for 2 to 4 hours. All three, or none:
    then the platform chooses a night.
    """

    weekday: NotRequired[int | None]
    hour: NotRequired[int | None]
    hours: NotRequired[int | None]


class VersionCount(TypedDict):
    """How many services have a major version; 0 where nobody does."""

    blueprint: str
    version: str
    ends_on: str
    services: int


class MetricOut(TypedDict):
    """
    A metric over time: of a gauge the highest value of each step, of a counter its growth in a second; null where
    nothing was seen.
    """

    key: str
    reading: str
    unit: str
    description: str
    values: list[float | None]


class MetricsOut(TypedDict):
    """A service's metrics: `values` belong to the `instants`, each the beginning of a step of `step_seconds`."""

    since: str
    until: str
    step_seconds: int
    instants: list[str]
    metrics: list[MetricOut]


class StepRow(TypedDict):
    """A step of an incident: what was seen or done, as a word of `souk.monitoring.words`."""

    at: str
    what: str
    detail: str


class AlertRow(TypedDict):
    """An alert; `value` is the last that was seen, in the unit of its rule."""

    id: str
    instance_id: str
    rule: str
    state: str
    value: float
    threshold: float
    since: str
    fired_at: str | None
    resolved_at: str | None


class RuleRow(TypedDict):
    """A rule as it holds for a service; `unit` is %, s, h or d, `most` the highest threshold that may be set."""

    rule: str
    threshold: float
    standard: float
    most: float
    unit: str
    enabled: bool


class RuleIn(TypedDict):
    """A rule's threshold, in the rule's unit, and whether it is on."""

    threshold: float
    enabled: NotRequired[bool]


class WebhookRow(TypedDict):
    """An address that is told of an organization's alerts."""

    id: str
    url: str
    created_at: str


class WebhookOut(TypedDict):
    """A webhook and the secret that signs what it gets, shown this once."""

    id: str
    secret: str


class WebhookIn(TypedDict):
    """An https address outside of the platform's networks."""

    url: str


class Tried(TypedDict):
    """The delivery to look at."""

    delivery: str


class DeliveryRow(TypedDict):
    """One message to a webhook; `outcome` is why the last attempt failed, `next_at` when it is tried again."""

    id: str
    event: str
    attempts: int
    outcome: str
    created_at: str
    next_at: str | None
    delivered_at: str | None


class Wanted(TypedDict):
    """Lines of a period (by default the last day), with a text in them, or errors only."""

    since: NotRequired[str | None]
    until: NotRequired[str | None]
    text: NotRequired[str]
    errors: NotRequired[bool]


class LogRow(TypedDict):
    """A line of a service's log; `severity` is info, warning or error. Ids grow in the order of the log."""

    id: int
    at: str
    severity: str
    text: str


Format: TypeAlias = Literal["text", "ndjson"]


class UpdatesRow(TypedDict):
    """
    Which updates wait in a service's machine, as it told `at` last (None: it never did, or its kind is renewed from
    outside): how many close holes (since when there are any), how many others; whether a `restart` is due, since
    something runs that was replaced; when it had last asked what there is, and when updates last installed themselves.
    """

    at: NotRequired[str | None]
    security: NotRequired[int]
    security_since: NotRequired[str | None]
    others: NotRequired[int]
    restart: NotRequired[bool]
    asked_at: NotRequired[str | None]
    installed_at: NotRequired[str | None]


class StatementRow(TypedDict):
    """A kind of query with its constants taken out: how often it ran, seconds and rows in all."""

    database: str
    text: str
    calls: int
    seconds: float
    rows: int


class StatementsRow(TypedDict):
    """A service's slowest kinds of query, as they were `at`; None if they were never asked for."""

    at: NotRequired[str | None]
    statements: NotRequired[list[StatementRow]]


class InvoiceRow(TypedDict):
    """An issued invoice or credit note; amounts in minor units."""

    id: str
    kind: str
    number: str
    organization_id: str
    issuer_id: str
    currency: str
    issue_date: str
    due_date: str
    period_since: str | None
    period_until: str | None
    seller: dict[str, Any]
    buyer: dict[str, Any]
    net_minor: int
    tax_minor: int
    gross_minor: int
    taxes: list[dict[str, Any]]
    specimen: bool
    reason: str
    credited_id: str | None
    credited_number: str | None
    has_pdf: bool
    has_xml: bool
    allocated_minor: int


class PageInvoiceRow(TypedDict):
    items: list[InvoiceRow]
    next: str | None


class InvoiceLineRow(TypedDict):
    """A line of an issued document."""

    id: str
    position: int
    description: str
    details: str
    quantity: str
    unit: str
    unit_price: str
    net_minor: int
    tax_category: str
    tax_rate: str


class InvoiceOut(TypedDict):
    """An issued document with its lines; amounts in minor units."""

    invoice: InvoiceRow
    lines: list[InvoiceLineRow]
    outstanding_minor: int
    is_paid: bool


class BrokerRow(TypedDict):
    """
    A broker as its vendor and the operator see it. `trouble` is what was wrong when it was last looked at, as a
    sentence in the reader's language; until `open_until` it is not called, after `failures` in a row.
    """

    id: str
    organization_id: str
    name: str
    url: str
    auth: str
    username: str
    authority: str
    created_at: str
    visited_at: str | None
    answered_at: str | None
    failures: int
    open_until: str | None
    trouble: str
    reports_signed_with: str


class BrokerIn(TypedDict):
    """
    A vendor's broker. `secret` is the password, the token, or the client's certificate and its key in PEM; with a
    change it may be empty, and stays. `authority` are certificates (PEM) that the broker's own must lead to.
    """

    name: str
    url: str
    auth: NotRequired[Literal["basic", "bearer", "certificate"]]
    username: NotRequired[str]
    secret: NotRequired[str]
    authority: NotRequired[str]


class MeasuredRow(TypedDict):
    """
    What was seen of a broker from outside in the last 30 days: the share of looks that it answered, how long an
    answer took, and of services how long the median was made for and the share of attempts that came to something.
    None: nothing was seen yet.
    """

    looks: int
    availability: float | None
    milliseconds: int | None
    made: int
    seconds: float | None
    success: float | None


class SoldRow(TypedDict):
    """A plan of a broker's as it is sold, and how far its offering's version is."""

    offering: str
    service: str
    plan: str
    state: str
    withdrawn_at: str | None


class ChangeOut(TypedDict):
    """Something that became different in a catalog."""

    kind: str
    service: str
    plan: str
    before: Any
    after: Any


class ProposedOut(TypedDict):
    """What a broker offers that is not published: its number, what is new in it, and all of it."""

    number: int
    changes: list[ChangeOut]
    services: list[dict[str, Any]]


class Published(TypedDict):
    """The offering versions that wait for the operator's review."""

    versions: list[str]


class OfferIn(TypedDict):
    """How a service is sold: the price of each plan for a full month, by the plan's id, and of a unit of each meter."""

    service: str
    per_month: dict[str, float | str]
    meters: NotRequired[dict[str, float | str]]


class PublicationIn(TypedDict):
    """What is published of which number of a catalog."""

    number: int
    offers: list[OfferIn]
    marketplace: NotRequired[str]
    category: NotRequired[str]


class UsageKeyOut(TypedDict):
    """The secret, shown this once; empty where a public key was given."""

    secret: str


class UsageKeyIn(TypedDict):
    """An Ed25519 public key in base64; empty: the platform makes a secret for HMAC-SHA256."""

    key: NotRequired[str]


class ReportOut(TypedDict):
    """A report that was taken; `repeated` if it had been before."""

    id: str
    repeated: bool


class ProducedOut(TypedDict):
    """
    Who produces a service, where its vendor shows it (empty: nowhere), and the JSON Schema of the `parameters` that
    its credentials are made with.
    """

    vendor: str
    broker: str
    dashboard_url: str
    bindable: bool
    binding_parameters: dict[str, Any]


class VersionOut(TypedDict):
    """The offering version that waits for the operator's review."""

    version: str


class PartIn(TypedDict):
    """
    A part: a plan of an offering of the same market place, and the parameters that the stack gives it. One that is
    `public` has a public address if the stack is ordered with one, at the stack's price. In its `zone` and its `names`
    `{domain}` stands for the domain that whoever orders is asked for.
    """

    offering: str
    plan: str
    parameters: NotRequired[dict[str, Any]]
    public: NotRequired[bool]
    zone: NotRequired[str]
    names: NotRequired[list[str]]


class StackPlanIn(TypedDict):
    """A plan: its parts by their names, and its price in major units without tax."""

    key: str
    per_hour: float | str
    per_month: float | str
    parts: dict[str, PartIn]


class SuspensionIn(TypedDict):
    """Why a service is suspended, and what its customer is told beside that."""

    reason: Literal["unpaid", "abuse", "other"]
    note: NotRequired[str]


class ForgettingIn(TypedDict):
    """What the customer is told, beside that the service has ended."""

    note: NotRequired[str]


class MachineRow(TypedDict):
    """
    A machine of a service; the primary one carries it. One that waits for an order (warm) has no service yet.
    `host` is empty while nobody knows where it stands.
    """

    name: str
    address: str
    instance_id: str | None
    image: str
    role: str
    host: str
    created_at: str


class ImageRow(TypedDict):
    """
    What new machines of a site are made from: how many packages are in it and what of them is otherwise than in the
    image before (None: that is not known), how many machines are made from it, and how many of its services are of an
    older one.
    """

    site_id: str
    alias: str
    fingerprint: str
    version: str
    since: str
    packages: int | None
    changes: list[Change] | None
    machines: int
    behind: int


class PoolRow(TypedDict):
    """A pool: how many machines of its size wait on a site, how many may; sizes in bytes; `trouble` is a message id."""

    id: str
    site_id: str
    blueprint: str
    vcpus: int
    memory: int
    disk: int
    least: int
    most: int
    waiting: int
    trouble: str


class PoolIn(TypedDict):
    """How many machines wait ready, at least and at most."""

    least: int
    most: int


class CapacityRow(TypedDict):
    """What a site may promise and has promised; bytes."""

    vcpu_limit: int
    memory_limit: int
    disk_limit: int
    vcpus: int
    memory: int
    disk: int


class HostRow(TypedDict):
    """A host with what it has; bytes. A new machine stands on it if it is online, open and reachable."""

    id: str
    site_id: str
    name: str
    rack: str
    power_domain: str
    online: bool
    open: bool
    reachable: bool
    vcpus: int
    memory: int
    disk: int
    observed_at: str


class SiteRow(TypedDict):
    """A site and how its engine was last seen. Private networks are cut out of `private_range`, clear of `occupied`."""

    id: str
    code: str
    name: str
    region_code: str
    region_name: str
    fiscal_zone: str
    subnet: str
    prefix_length: int
    domain: str
    engine_available: bool
    engine_checked_at: str | None
    issuer_id: str
    issuer_organization_id: str
    private_range: str
    occupied: list[str]


class BillIn(TypedDict):
    """Whom to bill and until when (now, if not said)."""

    organization: str
    until: NotRequired[str | None]


class PaymentIn(TypedDict):
    """Money that came in: transfer, cheque or cash; `amount` as a decimal string in major units."""

    organization: str
    issuer: str
    method: str
    reference: str
    received_on: str
    amount: float | str
    currency: NotRequired[str]


class PaymentRow(TypedDict):
    """Money that came in."""

    id: str
    method: str
    reference: str
    received_on: str
    amount_minor: int
    currency: str
    allocated_minor: int


class AllocationIn(TypedDict):
    """What part of a payment settles an invoice."""

    invoice: str
    amount: float | str


class CreditIn(TypedDict):
    """What part of a line is given back, without tax, and why."""

    amount: float | str
    reason: str


class Erased(TypedDict):
    """How many events lost their personal content."""

    events: int


class Verification(TypedDict):
    """What checking the chain found: seals checked, events covered, and the first seal that doesn't hold."""

    seals: int
    events: int
    broken_at: int | None


class TrailRow(TypedDict):
    """One thing that happened, who did it and in which request."""

    id: str
    at: str
    action: str
    subject_kind: str
    subject_id: str
    organization_id: str | None
    actor: str
    request_id: str
    data: dict[str, Any]


class StandingRow(TypedDict):
    """
    A machine on a host, of a service, or waiting for an order. `move` is the state of the last operation that had
    machines of its service stand elsewhere, if there was one, and `trouble` why that failed (a message id).
    """

    machine: str
    role: str
    instance_id: str | None
    service: str
    state: str
    created_at: str
    move: str
    trouble: str


class HostIn(TypedDict):
    """Whether a host takes new machines; and in which rack it is, and what feeds that. What is not said stays."""

    open: NotRequired[bool | None]
    rack: NotRequired[str | None]
    power_domain: NotRequired[str | None]


class StayingOut(TypedDict):
    """
    A machine that stays for now: no other host has room for it (`no_room`), it comes and goes by itself (`passing`),
    or it waits for an order and is made elsewhere instead (`waiting`).
    """

    machine: str
    service: str
    why: str


class MoveIn(TypedDict):
    """The host's name; the best there is, if it is empty."""

    to: NotRequired[str]


class RangeRow(TypedDict):
    """A range of public addresses, how many there are in it and how many of them somebody has."""

    id: str
    site_id: str
    network: str
    addresses: int
    used: int
    created_at: str


class RangeIn(TypedDict):
    """A range of public IPv4 addresses, in CIDR notation, that is routed to a site's host."""

    site: str
    network: str


class Fault(TypedDict):
    """One thing that is wrong with a request."""

    field: str
    reason: str


class OfferingOut(TypedDict):
    """
    An offering with its plans and the JSON Schema of its parameters. Those marked with `x-changeable` can be changed
    while the service runs; what one marked with `x-kept` lists is made and deleted one by one, as databases are.
    """

    slug: str
    category: str
    blueprint: NotRequired[str]
    name: str
    summary: str
    from_per_month: str | None
    from_per_hour: str | None
    currency: str
    description: str
    version: int
    plans: list[PlanOut]
    parameters: dict[str, Any]


class PageServiceRow(TypedDict):
    items: list[ServiceRow]
    next: str | None


class UsageOut(TypedDict):
    """Intervals and counters of a period, and the cost since the last invoice (minor units, without tax)."""

    since: str
    until: str
    intervals: list[UsageRow]
    samples: list[SampleRow]
    cost_minor: int
    currency: str


class ConnectionOut(TypedDict):
    """
    How to connect, without the password: `uri` has `PASSWORD` in its place, and so has `pooled`, which leads through
    the connection pool where there is one. `own` are the same by names of the customer's own, `private` by its name in
    its private network, where it has `private_address`, `public` by the one for the world, which reaches it at
    `public_address`. `address` is where the host's name points on the platform. Where there is no
    `password`, a key of one's own opens the service, and `known_hosts` is the line by which SSH clients recognize it.
    """

    uri: str
    pooled: str
    fields: dict[str, str]
    client: list[str]
    snippets: list[SnippetOut]
    own: list[str]
    private: str
    private_address: str
    public: str
    public_address: str
    username: str
    address: str
    password: bool
    known_hosts: str


class BindingIn(TypedDict):
    """
    The name of new credentials: lowercase letters, digits and underscores; and what they are good for. `parameters`
    are for the vendor of a service that is produced elsewhere.
    """

    role: NotRequired[BindingRole]
    database: NotRequired[str]
    name: str
    parameters: NotRequired[dict[str, Any]]


class AccessRow(TypedDict):
    """Who may reach a service: these networks, or everyone (None). `changing` while another list is to take effect."""

    networks: list[AllowedRow] | None
    changing: bool


class AccessIn(TypedDict):
    """
    The networks that may reach a service; null lets everyone in. An empty list needs `nobody`, a list without the
    asker's own address needs `confirm`. `private_only` closes the service to everyone outside of its private network,
    whatever `networks` says; it needs `confirm`.
    """

    networks: list[AllowedIn] | None
    private_only: NotRequired[bool]
    nobody: NotRequired[bool]
    confirm: NotRequired[bool]


class DifferenceOut(TypedDict):
    """
    What a zone file changes: records that are added, changed or removed. `kept` follow a service and stay; `servers`
    are name servers of the zone itself that are left out, `made_anew` counts records that the server makes by itself.
    While something is `wrong` nothing can be imported. `mark` tells this difference from every other.
    """

    added: list[RecordSetOut]
    changed: list[RecordsChangeOut]
    removed: list[RecordSetOut]
    kept: list[RecordSetOut]
    servers: list[str]
    made_anew: int
    wrong: list[WrongOut]
    mark: str


class FirewallRow(TypedDict):
    """
    The rules of a machine as they were asked for last: what changes them begins with these. `changing` while they
    are still to take effect; `undoable` if they were changed before.
    """

    rules: list[FirewallRuleRow]
    changing: bool
    undoable: bool


class FirewallIn(TypedDict):
    """All the rules of a machine. Those that keep the asker from its SSH need `confirm`."""

    rules: list[FirewallRuleIn]
    confirm: NotRequired[bool]


class BalancedPoolRow(TypedDict):
    """A pool and its members, in the order that was asked for."""

    name: str
    members: list[PoolMemberRow]


class BackupIn(TypedDict):
    """Everything (`full`), or what changed since the last full backup (`differential`)."""

    kind: NotRequired[BackupKind]


class PublicationRow(TypedDict):
    """
    Those that are kept, the newest first, as they were told `at` last (None: not yet); since when there is a staging
    copy; and what of it is under way.
    """

    releases: list[PublishedRow]
    staged_at: str | None
    at: str | None
    under_way: list[str]


class IncidentRow(TypedDict):
    """A time in which a service did not serve though it should have; `ended_at` is None while it lasts."""

    id: str
    instance_id: str
    cause: str
    began_at: str
    ended_at: str | None
    timeline: list[StepRow]


class AlertsOut(TypedDict):
    """A service's alerts, newest first, and every rule as it holds for it."""

    alerts: list[AlertRow]
    rules: list[RuleRow]


class BrokerOut(TypedDict):
    """A broker, what is sold of it, and what was seen of it in the last 30 days."""

    broker: BrokerRow
    state: str
    sold: list[SoldRow]
    measured: MeasuredRow


class StackIn(TypedDict):
    """
    A stack to be sold. `texts` maps a language to {name, summary, description}; `questions` what is asked of whoever
    orders to the parameters that an answer is for, each as `part.parameter`.
    """

    slug: str
    category: str
    texts: dict[str, dict[str, str]]
    plans: list[StackPlanIn]
    questions: NotRequired[dict[str, list[str]]]
    marketplace: NotRequired[str]


class GroundOut(TypedDict):
    """Sites with their hosts and what they may still promise."""

    sites: list[SiteRow]
    hosts: list[HostRow]
    capacities: dict[str, CapacityRow]


class PageTrailRow(TypedDict):
    items: list[TrailRow]
    next: str | None


class HostOut(TypedDict):
    """A host, and what stands on it."""

    host: HostRow
    machines: list[StandingRow]


class EvacuationOut(TypedDict):
    """The operations by which services leave a host, one after another, and what stays there for now."""

    operations: list[str]
    staying: list[StayingOut]


class Problem(TypedDict):
    """What went wrong (RFC 9457): `type` names it for programs, `title` says it to the reader."""

    type: str
    status: int
    title: str
    field: NotRequired[str]
    faults: NotRequired[list[Fault]]
    request_id: NotRequired[str]


class BalanceRow(TypedDict):
    """
    The pools as they were asked for last, and when their members were looked at last (None: not yet). Whether that
    is `changing`; and the `candidates`: services in the same private network.
    """

    pools: list[BalancedPoolRow]
    at: str | None
    changing: bool
    candidates: list[str]


class HealthOut(TypedDict):
    """
    Whether a service answered when it was last looked at (null: it is not looked at), how much of a period it was
    there for (null: it should not have run), and its incidents, newest first.
    """

    answers: bool | None
    seen_at: str | None
    since: str
    until: str
    wanted_seconds: float
    outage_seconds: float
    availability: float | None
    incidents: list[IncidentRow]
