"""What reads service instances, by noun."""

from souk.provisioning.models import SETTLED
from souk.provisioning.queries.access import (
    AccessRow,
    AllowedRow,
    BindingRow,
    ConnectionRow,
    DatabaseRow,
    access,
    asked_access,
    bindings,
    connection_of,
    databases,
)
from souk.provisioning.queries.backups import BackupRow, BackupsRow, ExportRow, backups, export, exports
from souk.provisioning.queries.hosts import StandingRow, spread, standing
from souk.provisioning.queries.machines import CrewRow, MachineRow, ReleaseRow, machines, members, release
from souk.provisioning.queries.operations import (
    FirstBootRow,
    OperationRow,
    cancellable,
    first_boot,
    operation,
    operations,
)
from souk.provisioning.queries.publishing import PublicationRow, PublishedRow, releases
from souk.provisioning.queries.services import ServiceRow, asked_parameters, service, service_counts, services, troubled
from souk.provisioning.queries.snapshots import SnapshotRow, SnapshotsRow, snapshots

__all__ = [
    "SETTLED",
    "AccessRow",
    "AllowedRow",
    "BackupRow",
    "BackupsRow",
    "BindingRow",
    "ConnectionRow",
    "CrewRow",
    "DatabaseRow",
    "ExportRow",
    "FirstBootRow",
    "MachineRow",
    "OperationRow",
    "PublicationRow",
    "PublishedRow",
    "ReleaseRow",
    "ServiceRow",
    "SnapshotRow",
    "SnapshotsRow",
    "StandingRow",
    "access",
    "asked_access",
    "asked_parameters",
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
    "releases",
    "service",
    "service_counts",
    "services",
    "snapshots",
    "spread",
    "standing",
    "troubled",
]
