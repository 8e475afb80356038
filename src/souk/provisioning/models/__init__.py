"""Service instances and all that makes them run: the tables and their constraints, no orchestration."""

from souk.provisioning.models.addresses import PublicAddress, PublicRange
from souk.provisioning.models.backups import Backup, BackupState, Repository
from souk.provisioning.models.balancing import Balance
from souk.provisioning.models.contents import ImageContents
from souk.provisioning.models.convergence import Convergence, WorkKind
from souk.provisioning.models.endpoints import Binding, Endpoint, Leads, OwnName, Reveal
from souk.provisioning.models.exports import Export, Ticket
from souk.provisioning.models.instances import Desired, InstanceState, Quota, ServiceInstance, Suspension
from souk.provisioning.models.machines import Duty, Ensemble, Image, Machine, MachineRole
from souk.provisioning.models.networks import Attachment, PrivateNetwork
from souk.provisioning.models.operations import (
    FORGOTTEN,
    MOVES,
    OPEN,
    SETTLED,
    SIZING,
    WATCHED,
    Operation,
    OperationKind,
    OperationState,
)
from souk.provisioning.models.pools import WarmMachine, WarmPool
from souk.provisioning.models.publishing import Publication
from souk.provisioning.models.snapshots import Snapshot
from souk.provisioning.models.zones import Delegation, RecordSet, Zone

__all__ = [
    "FORGOTTEN",
    "MOVES",
    "OPEN",
    "SETTLED",
    "SIZING",
    "WATCHED",
    "Attachment",
    "Backup",
    "BackupState",
    "Balance",
    "Binding",
    "Convergence",
    "Delegation",
    "Desired",
    "Duty",
    "Endpoint",
    "Ensemble",
    "Export",
    "Image",
    "ImageContents",
    "InstanceState",
    "Leads",
    "Machine",
    "MachineRole",
    "Operation",
    "OperationKind",
    "OperationState",
    "OwnName",
    "PrivateNetwork",
    "PublicAddress",
    "PublicRange",
    "Publication",
    "Quota",
    "RecordSet",
    "Repository",
    "Reveal",
    "ServiceInstance",
    "Snapshot",
    "Suspension",
    "Ticket",
    "WarmMachine",
    "WarmPool",
    "WorkKind",
    "Zone",
]
