"""Service instances and all that makes them run: convergence, operations, machines, endpoints, bindings."""

from __future__ import annotations

from django.db import models
from django.db.models.functions import Now

from souk.kernel.models import Row
from souk.provisioning.contract import Size


class InstanceState(models.TextChoices):
    """Where a service instance is, as its customer sees it."""

    PENDING = "pending"
    PROVISIONING = "provisioning"
    READY = "ready"
    UPDATING = "updating"
    STOPPED = "stopped"
    SUSPENDED = "suspended"
    FAILED = "failed"
    DELETING = "deleting"
    SOFT_DELETED = "soft_deleted"
    DELETED = "deleted"


class Desired(models.TextChoices):
    """What a service instance should be."""

    RUNNING = "running"
    STOPPED = "stopped"
    SUSPENDED = "suspended"
    SOFT_DELETED = "soft_deleted"
    DELETED = "deleted"


class Suspension(models.TextChoices):
    """Why the operator keeps a service from running; nothing if it does not."""

    UNPAID = "unpaid"
    ABUSE = "abuse"
    OTHER = "other"
    NONE = ""


class ServiceInstance(Row):
    """What a customer runs. Commands write what is desired and raise `generation`; the reconciler follows.

    A `protected` one can't be deleted. A soft-deleted one is kept, stopped, until `erase_at`. One that is
    `restored_from` another instance begins with that one's data, as it was at `restore_until`, or at the last that was
    kept of it.

    One that is under `suspension` by the operator does not run, and `suspension_note` is what its customer is told; it
    stays so through a deletion and a recovery.

    `allowed` are the networks that may reach it, as a list of {network, note}; None lets everyone in.
    `maintenance` is the window that its customer chose, as {weekday, hour, hours}.

    `disk` is all of it, in bytes, of which `extra_disk` are beyond the plan. It grows by itself up to `grow_to` (None:
    it does not); since `growth_refused_at` its site has had no room for that.
    """

    organization_id = models.UUIDField()
    project_id = models.UUIDField()
    site_id = models.UUIDField()
    region_code = models.SlugField(max_length=40)
    blueprint = models.CharField(max_length=60)
    name = models.CharField(max_length=63)
    label = models.SlugField(max_length=40, unique=True)
    parameters = models.JSONField()
    vcpus = models.PositiveSmallIntegerField()
    memory = models.BigIntegerField()
    disk = models.BigIntegerField()
    members = models.PositiveSmallIntegerField(default=1, db_default=1)
    extra_disk = models.BigIntegerField(default=0, db_default=0)
    grow_to = models.BigIntegerField(null=True)
    growth_refused_at = models.DateTimeField(null=True)
    desired = models.CharField(max_length=14, choices=Desired.choices, default=Desired.RUNNING)
    generation = models.BigIntegerField(default=1)
    observed_generation = models.BigIntegerField(default=0)
    state = models.CharField(max_length=14, choices=InstanceState.choices, default=InstanceState.PENDING)
    trouble = models.CharField(max_length=300, blank=True)
    protected = models.BooleanField(default=False, db_default=False)
    suspension = models.CharField(
        max_length=6, choices=Suspension.choices, default=Suspension.NONE, db_default="", blank=True
    )
    suspension_note = models.CharField(max_length=300, default="", db_default="", blank=True)
    restored_from = models.UUIDField(null=True)
    restore_until = models.DateTimeField(null=True)
    allowed = models.JSONField(null=True)
    maintenance = models.JSONField(null=True)
    created_at = models.DateTimeField()
    ready_at = models.DateTimeField(null=True)
    deletion_accepted_at = models.DateTimeField(null=True)
    erase_at = models.DateTimeField(null=True)
    deleted_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["project_id", "name"],
                condition=~models.Q(desired__in=["soft_deleted", "deleted"]),
                name="service_instance_name_once",
            ),
            models.CheckConstraint(
                condition=models.Q(observed_generation__lte=models.F("generation")),
                name="service_instance_observed_is_past",
            ),
        ]
        indexes = [models.Index(fields=["organization_id", "-id"], name="service_instance_organization")]

    @property
    def size(self) -> Size:
        """What each of its members has."""
        return Size(self.vcpus, self.memory, self.disk, self.members, self.extra_disk)


class Quota(models.Model):
    """How many service instances an organization may have and has; exact under concurrency."""

    organization_id = models.UUIDField(primary_key=True)
    instance_limit = models.PositiveIntegerField()
    instances = models.PositiveIntegerField(default=0)


class WorkKind(models.TextChoices):
    """What a work item is about: a service instance, or a pool of machines that wait ready."""

    INSTANCE = "instance"
    POOL = "pool"


class Convergence(models.Model):
    """The reconciler's work item: claimed by one short update, renewed, fenced by its epoch."""

    kind = models.CharField(max_length=20, choices=WorkKind.choices)
    subject = models.UUIDField(primary_key=True)
    generation = models.BigIntegerField(default=1)
    epoch = models.BigIntegerField(default=0)
    lease_until = models.DateTimeField(null=True)
    next_at = models.DateTimeField(null=True, db_default=Now())
    attempts = models.PositiveIntegerField(default=0)
    worker = models.CharField(max_length=80, blank=True, db_default="")

    class Meta:
        indexes = [models.Index(fields=["next_at"], condition=models.Q(next_at__isnull=False), name="convergence_due")]


class OperationState(models.TextChoices):
    """queued → running → succeeded, failed or cancelled."""

    QUEUED = "queued"
    RUNNING = "running"
    SUCCEEDED = "succeeded"
    FAILED = "failed"
    CANCELLED = "cancelled"


class OperationKind(models.TextChoices):
    """What an operation changes. Those of `SETTLED` are reached by what is desired, and settled together with it; the
    others are done one after another, in the order in which they were asked for, while the service runs. A failover is
    never asked for: it is told of when it was done.
    """

    CREATE = "create"
    START = "start"
    STOP = "stop"
    RESTART = "restart"
    RESIZE = "resize"
    GROW = "grow"
    DELETE = "delete"
    RECOVER = "recover"
    SUSPEND = "suspend"
    RESUME = "resume"
    GRANT = "grant"
    ROTATE = "rotate"
    REVOKE = "revoke"
    ENTITLE = "entitle"
    RESET = "reset"
    CREATE_DATABASE = "create_database"
    DROP_DATABASE = "drop_database"
    ALLOW = "allow"
    CONFIGURE = "configure"
    BACKUP = "backup"
    PROVE = "prove"
    RESTORE = "restore"
    SWITCHOVER = "switchover"
    FAILOVER = "failover"
    UNDO = "undo"
    UPDATE = "update"
    REHEARSE = "rehearse"
    UPGRADE = "upgrade"
    PROVE_NAME = "prove_name"
    REMOVE_NAME = "remove_name"


SETTLED = frozenset(
    {
        OperationKind.CREATE,
        OperationKind.START,
        OperationKind.STOP,
        OperationKind.RESTART,
        OperationKind.RESIZE,
        OperationKind.GROW,
        OperationKind.DELETE,
        OperationKind.RECOVER,
        OperationKind.SUSPEND,
        OperationKind.RESUME,
    }
)

SIZING = frozenset({OperationKind.RESIZE, OperationKind.GROW})
"""Those that change the size; an instance has one of them at a time."""


MOVES = frozenset({OperationKind.RESTORE, OperationKind.UNDO, OperationKind.UPGRADE})
"""Operations by which another machine carries a service."""

OPEN = frozenset({OperationState.QUEUED, OperationState.RUNNING})


class Operation(Row):
    """One change to a service instance, in progress or done. `log` is a list of {at, step, seconds, sentence}.

    It waits at least until `not_before`. `details` is what was asked for, `result` what came of it, `trouble` why it
    failed (a message id): plain JSON and text for the customer to read, never a secret.
    """

    organization_id = models.UUIDField()
    instance = models.ForeignKey(ServiceInstance, on_delete=models.CASCADE, related_name="operations")
    kind = models.CharField(max_length=20, choices=OperationKind.choices)
    details = models.JSONField(default=dict, db_default=models.Value({}, models.JSONField()))
    result = models.JSONField(default=dict, db_default=models.Value({}, models.JSONField()))
    trouble = models.CharField(max_length=300, blank=True, db_default="")
    attempts = models.PositiveSmallIntegerField(default=0, db_default=0)
    generation = models.BigIntegerField()
    state = models.CharField(max_length=10, choices=OperationState.choices, default=OperationState.QUEUED)
    progress = models.PositiveSmallIntegerField(default=0)
    step = models.CharField(max_length=40, blank=True)
    log = models.JSONField(default=list)
    requested_by = models.CharField(max_length=80)
    created_at = models.DateTimeField()
    not_before = models.DateTimeField(null=True)
    finished_at = models.DateTimeField(null=True)

    class Meta:
        indexes = [
            models.Index(fields=["instance", "-id"], name="operation_instance"),
            models.Index(
                fields=["instance", "id"],
                condition=models.Q(state__in=["queued", "running"]),
                name="operation_open",
            ),
        ]


class MachineRole(models.TextChoices):
    """What a machine is for: it carries the service, alone (primary), with others (member) or in front of them; a
    backup is tried out on it and it is thrown away (proof); it is to carry the service next; or it did before a
    restore, and is kept as a way back. One that waits for an order (warm) is nobody's yet.
    """

    PRIMARY = "primary"
    MEMBER = "member"
    FRONT = "front"
    PROOF = "proof"
    NEXT = "next"
    FORMER = "former"
    WARM = "warm"


class Duty(models.TextChoices):
    """What a member was last seen to do: lead, hold all that is acknowledged, or follow; nothing if it was not seen."""

    LEADS = "leads"
    SYNCHRONOUS = "synchronous"
    FOLLOWS = "follows"
    UNSEEN = ""


class Machine(Row):
    """A machine of the engine, with a row and an address of its own before it is made.

    Members are numbered; a former one is `kept_until`. `fingerprint` is of the image that it was made from, `version`
    what its software says it is; both are empty until they were asked for. A warm one has no instance, and
    belongs to no organization.
    """

    organization_id = models.UUIDField(null=True)
    instance = models.ForeignKey(ServiceInstance, on_delete=models.PROTECT, related_name="machines", null=True)
    site_id = models.UUIDField()
    name = models.SlugField(max_length=63, unique=True)
    address = models.GenericIPAddressField(protocol="IPv4")
    image = models.CharField(max_length=120)
    role = models.CharField(
        max_length=7, choices=MachineRole.choices, default=MachineRole.PRIMARY, db_default=MachineRole.PRIMARY
    )
    number = models.PositiveSmallIntegerField(default=1, db_default=1)
    duty = models.CharField(max_length=11, choices=Duty.choices, default=Duty.UNSEEN, db_default="", blank=True)
    fingerprint = models.CharField(max_length=64, default="", db_default="", blank=True)
    version = models.CharField(max_length=40, default="", db_default="", blank=True)
    created_at = models.DateTimeField()
    kept_until = models.DateTimeField(null=True)
    deleted_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["site_id", "address"],
                condition=models.Q(deleted_at__isnull=True),
                name="machine_address_once",
            ),
            models.UniqueConstraint(
                fields=["instance", "role", "number"],
                condition=models.Q(deleted_at__isnull=True),
                name="machine_role_and_number_once",
            ),
            models.CheckConstraint(
                condition=models.Q(instance__isnull=False, organization_id__isnull=False)
                | models.Q(role="warm", instance__isnull=True, organization_id__isnull=True),
                name="machine_is_somebodys_or_warm",
            ),
        ]


class WarmPool(Row):
    """How many machines of a blueprint and a size wait ready on a site: as many as were ordered in the last hour, but
    at least `least` and at most `most`. Its work item keeps it so.
    """

    site_id = models.UUIDField()
    blueprint = models.CharField(max_length=60)
    vcpus = models.PositiveSmallIntegerField()
    memory = models.BigIntegerField()
    disk = models.BigIntegerField()
    least = models.PositiveSmallIntegerField(default=0)
    most = models.PositiveSmallIntegerField()
    trouble = models.CharField(max_length=300, blank=True, db_default="")

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["site_id", "blueprint", "vcpus", "memory", "disk"], name="warm_pool_once"),
            models.CheckConstraint(condition=models.Q(least__lte=models.F("most")), name="warm_pool_least_below_most"),
        ]

    @property
    def size(self) -> Size:
        """What each of its machines has."""
        return Size(self.vcpus, self.memory, self.disk)


class WarmMachine(Row):
    """A machine that waits ready for an order, or did.

    `made_from` tells the image and all that it was given; `sealed_password` makes it a customer's, once, and is gone
    when it was `taken_at` by one, or given up.
    """

    pool = models.ForeignKey(WarmPool, on_delete=models.CASCADE, related_name="machines")
    machine = models.OneToOneField(Machine, on_delete=models.CASCADE, related_name="warmth")
    made_from = models.CharField(max_length=200)
    sealed_password = models.BinaryField()
    certificate = models.TextField()
    certificate_expires_at = models.DateTimeField()
    ready_at = models.DateTimeField(null=True)
    taken_at = models.DateTimeField(null=True)

    class Meta:
        indexes = [
            models.Index(
                fields=["pool", "ready_at"],
                condition=models.Q(ready_at__isnull=False, taken_at__isnull=True),
                name="warm_machine_waits",
            )
        ]


class Image(models.Model):
    """What new machines of a site are made from, by the alias that their blueprint asks for: the newest image, the
    version of the software in it, if it tells, and since when it was seen there. Nobody's data: it has no wall.
    """

    site_id = models.UUIDField()
    alias = models.CharField(max_length=120)
    fingerprint = models.CharField(max_length=64)
    version = models.CharField(max_length=40, blank=True)
    since = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["site_id", "alias"], name="image_alias_once")]


class Ensemble(Row):
    """What the machines of a highly available instance share: a private network, a user of the site's coordination
    (itself a service instance, which the platform runs), and a secret that they know each other by.

    `first` is the number of the member whose data the others copied when it began. Both secrets are sealed under the
    worker's key.
    """

    organization_id = models.UUIDField()
    instance = models.OneToOneField(ServiceInstance, on_delete=models.PROTECT, related_name="ensemble")
    coordination = models.ForeignKey(ServiceInstance, on_delete=models.PROTECT, related_name="ensembles")
    network = models.CharField(max_length=15)
    username = models.CharField(max_length=63)
    prefix = models.CharField(max_length=80)
    sealed_password = models.BinaryField()
    sealed_secret = models.BinaryField()
    first = models.PositiveSmallIntegerField(default=1)
    created_at = models.DateTimeField()
    granted_at = models.DateTimeField(null=True)


class Endpoint(Row):
    """The address and the stable DNS name of a service instance; `names` are others that are in its certificate."""

    organization_id = models.UUIDField()
    instance = models.OneToOneField(ServiceInstance, on_delete=models.CASCADE, related_name="endpoint")
    hostname = models.CharField(max_length=200, unique=True)
    address = models.GenericIPAddressField(protocol="IPv4")
    port = models.PositiveIntegerField()
    certificate = models.TextField()
    certificate_expires_at = models.DateTimeField()
    names = models.JSONField(default=list, db_default=models.Value([], models.JSONField()))


class OwnName(Row):
    """A DNS name of the customer's own for a service, as DNS has it: lowercase letters, digits, hyphens and dots.

    Whoever can publish the `token` at the name controls it: then it is `proved_at`, and the certificate gets it. A name
    that is proved belongs to one service at a time; one that is not keeps nobody from proving it.
    """

    organization_id = models.UUIDField()
    instance = models.ForeignKey(ServiceInstance, on_delete=models.CASCADE, related_name="own_names")
    name = models.CharField(max_length=240)
    token = models.CharField(max_length=60)
    created_at = models.DateTimeField()
    proved_at = models.DateTimeField(null=True)
    removed_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["instance", "name"],
                condition=models.Q(removed_at__isnull=True),
                name="own_name_once_for_an_instance",
            ),
            models.UniqueConstraint(
                fields=["name"],
                condition=models.Q(removed_at__isnull=True, proved_at__isnull=False),
                name="own_name_proved_once",
            ),
        ]


class Binding(Row):
    """Credentials for a consumer of a service instance, good for a role in a database. The password is sealed under the
    worker's key.

    Further ones work once `granted_at` is set. A rotation first makes the next ones, then puts them in place; those of
    `former_username` work on until `former_until`.
    """

    organization_id = models.UUIDField()
    instance = models.ForeignKey(ServiceInstance, on_delete=models.CASCADE, related_name="bindings")
    name = models.CharField(max_length=60)
    username = models.CharField(max_length=63)
    database = models.CharField(max_length=63, blank=True)
    role = models.CharField(max_length=6, default="owner", db_default="owner")
    sealed_password = models.BinaryField()
    created_at = models.DateTimeField()
    granted_at = models.DateTimeField(null=True)
    next_username = models.CharField(max_length=63, blank=True, db_default="")
    sealed_next_password = models.BinaryField(null=True)
    rotated_at = models.DateTimeField(null=True)
    former_username = models.CharField(max_length=63, blank=True, db_default="")
    former_until = models.DateTimeField(null=True)
    revoked_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["instance", "name"],
                condition=models.Q(revoked_at__isnull=True),
                name="binding_name_once",
            )
        ]


class Repository(Row):
    """Where an instance's backups go, with a passphrase that encrypts what is put there: a bucket of its own on a
    site's object storage (itself a service instance, which the platform runs), with a key for this bucket alone; or,
    without `storage`, a folder of its own in the operator's bucket at an `endpoint` outside, whose key is in the
    settings.

    Both secrets are sealed under the worker's key. Without the passphrase the backups can't be read by anybody:
    destroying it erases them all.
    """

    organization_id = models.UUIDField()
    instance = models.OneToOneField(ServiceInstance, on_delete=models.PROTECT, related_name="repository")
    storage = models.ForeignKey(ServiceInstance, on_delete=models.PROTECT, null=True, related_name="repositories")
    endpoint = models.CharField(max_length=200, blank=True, db_default="")
    bucket = models.CharField(max_length=63)
    folder = models.CharField(max_length=120, blank=True, db_default="")
    access_key = models.CharField(max_length=63)
    sealed_secret_key = models.BinaryField()
    sealed_passphrase = models.BinaryField()
    created_at = models.DateTimeField()
    attached_at = models.DateTimeField(null=True)
    erased_at = models.DateTimeField(null=True)


class BackupState(models.TextChoices):
    """running → available, then expired; or failed."""

    RUNNING = "running"
    AVAILABLE = "available"
    EXPIRED = "expired"
    FAILED = "failed"


class Backup(Row):
    """A copy of an instance's data in its repository; `size` is what it restores, `stored` what it takes, in bytes.

    It was `proved_at` when it was restored into a machine of its own and what could be read there was what the service
    held at the same instant.
    """

    organization_id = models.UUIDField()
    instance = models.ForeignKey(ServiceInstance, on_delete=models.PROTECT, related_name="backups")
    operation = models.OneToOneField(Operation, on_delete=models.PROTECT, related_name="backup")
    kind = models.CharField(max_length=12)
    state = models.CharField(max_length=9, choices=BackupState.choices, default=BackupState.RUNNING)
    started_at = models.DateTimeField()
    finished_at = models.DateTimeField(null=True)
    size = models.BigIntegerField(null=True)
    stored = models.BigIntegerField(null=True)
    proved_at = models.DateTimeField(null=True)

    class Meta:
        indexes = [models.Index(fields=["instance", "-id"], name="backup_instance")]


class Reveal(Row):
    """A request to see a binding's password: the worker posts it into the asker's one-use box, and it is gone soon."""

    organization_id = models.UUIDField()
    binding = models.ForeignKey(Binding, on_delete=models.CASCADE, related_name="reveals")
    box = models.BinaryField()
    answer = models.BinaryField(null=True)
    created_at = models.DateTimeField(db_default=Now())
