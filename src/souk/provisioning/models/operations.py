"""What changes a service instance, and how far that is."""

from __future__ import annotations

from django.db import models

from souk.kernel.models import Row
from souk.provisioning.models.instances import ServiceInstance


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
    EXPORT = "export"
    RESTORE = "restore"
    SWITCHOVER = "switchover"
    FAILOVER = "failover"
    UNDO = "undo"
    UPDATE = "update"
    REHEARSE = "rehearse"
    UPGRADE = "upgrade"
    PROVE_NAME = "prove_name"
    REMOVE_NAME = "remove_name"
    ARRANGE_NAMES = "arrange_names"
    ATTACH = "attach"
    DETACH = "detach"
    FIRST_BOOT = "first_boot"
    SNAPSHOT = "snapshot"
    ROLL_BACK = "roll_back"
    DROP_SNAPSHOT = "drop_snapshot"
    MOVE = "move"
    GIVE_ADDRESS = "give_address"
    TAKE_ADDRESS = "take_address"
    FIREWALL = "firewall"
    RELEASE = "release"
    STAGE = "stage"
    PUBLISH = "publish"


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
        OperationKind.ATTACH,
        OperationKind.DETACH,
        OperationKind.GIVE_ADDRESS,
        OperationKind.TAKE_ADDRESS,
    }
)


SIZING = frozenset({OperationKind.RESIZE, OperationKind.GROW})
"""Those that change the size; an instance has one of them at a time."""


FORGOTTEN = "forgotten"
"""In the details of a deletion: that whoever produces the service is asked for nothing any more."""


WATCHED = frozenset({OperationKind.FIRST_BOOT})
"""Those that follow what a machine does by itself: there is nothing to take back."""


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
