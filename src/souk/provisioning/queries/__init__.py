"""What reads service instances, by noun."""

from souk.provisioning.models import SETTLED
from souk.provisioning.queries.access import (
    AccessRow,
    BindingRow,
    ConnectionRow,
    DatabaseRow,
    NetworkRow,
    access,
    bindings,
    connection_of,
    databases,
)
from souk.provisioning.queries.backups import BackupRow, BackupsRow, ExportRow, backups, export, exports
from souk.provisioning.queries.hosts import StandingRow, spread, standing
from souk.provisioning.queries.machines import MachineRow, MemberRow, ReleaseRow, machines, members, release
from souk.provisioning.queries.operations import (
    FirstBootRow,
    OperationRow,
    cancellable,
    first_boot,
    operation,
    operations,
)
from souk.provisioning.queries.services import ServiceRow, service, service_counts, services, troubled
from souk.provisioning.queries.snapshots import SnapshotRow, SnapshotsRow, snapshots

__all__ = [
    "SETTLED",
    "AccessRow",
    "BackupRow",
    "BackupsRow",
    "BindingRow",
    "ConnectionRow",
    "DatabaseRow",
    "ExportRow",
    "FirstBootRow",
    "MachineRow",
    "MemberRow",
    "NetworkRow",
    "OperationRow",
    "ReleaseRow",
    "ServiceRow",
    "SnapshotRow",
    "SnapshotsRow",
    "StandingRow",
    "access",
    "backups",
    "bindings",
    "cancellable",
    "connection_of",
    "databases",
    "export",
    "exports",
    "first_boot",
    "machines",
    "members",
    "operation",
    "operations",
    "release",
    "service",
    "service_counts",
    "services",
    "snapshots",
    "spread",
    "standing",
    "troubled",
]
