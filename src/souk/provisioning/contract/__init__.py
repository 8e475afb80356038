"""How a managed service is produced: what a blueprint declares, and what it is given to work with.

Blueprints are found by the entry point group `souk.blueprints`; provisioning never imports one.
"""

from souk.provisioning.contract.abilities import Abilities
from souk.provisioning.contract.access import KEPT, Binder, BindingRole, DatabaseKeeper, Keeps
from souk.provisioning.contract.backups import (
    Archivist,
    BackupFound,
    BackupKind,
    Brancher,
    Extent,
    Fingerprint,
    Repository,
    Timelines,
)
from souk.provisioning.contract.beginning import Beginner, Beginning, Standing
from souk.provisioning.contract.blueprint import Blueprint
from souk.provisioning.contract.composing import Composed, Composer, Part
from souk.provisioning.contract.domains import CertificateServer, Certified, DomainKeeper, WebNames
from souk.provisioning.contract.elsewhere import Away, Claim, Commission, Consumer, Elsewhere, Later, Producer
from souk.provisioning.contract.ensembles import Coordinator, Ensemble, Member, MemberState
from souk.provisioning.contract.exporting import Exported, Exporter, Vessel
from souk.provisioning.contract.keeping import SnapshotKeeper
from souk.provisioning.contract.leading import HighAvailability
from souk.provisioning.contract.machineless import Machineless
from souk.provisioning.contract.observing import (
    STORED,
    Curve,
    Interruption,
    LogLine,
    LogPart,
    Look,
    Metric,
    Observer,
    OnlyLooks,
    Panel,
    PendingUpdates,
    Reading,
    Severity,
    Statement,
)
from souk.provisioning.contract.publishing import Published, Publisher, Release, Source
from souk.provisioning.contract.selling import FRONT, GIB, Size, StartingOffering, StartingPlan
from souk.provisioning.contract.serving import (
    ADVANCED,
    CHANGEABLE,
    ConfigurationFailed,
    Connection,
    Credentials,
    Declined,
    Guest,
    Health,
    Identity,
    ServerCertificate,
    Snippet,
    Unfit,
    Wanted,
)
from souk.provisioning.contract.succession import Succession, Way
from souk.provisioning.contract.versions import (
    VERSION,
    Converted,
    ExtensionRaised,
    Obstacle,
    Settled,
    Upgrader,
    Version,
)
from souk.provisioning.contract.warming import Warmer
from souk.provisioning.contract.zones import RestoredZones, ZoneHeld, ZoneKeeper, ZoneRoom, ZoneServed, ZoneText

__all__ = [
    "ADVANCED",
    "CHANGEABLE",
    "FRONT",
    "GIB",
    "KEPT",
    "STORED",
    "VERSION",
    "Abilities",
    "Archivist",
    "Away",
    "BackupFound",
    "BackupKind",
    "Beginner",
    "Beginning",
    "Binder",
    "BindingRole",
    "Blueprint",
    "Brancher",
    "CertificateServer",
    "Certified",
    "Claim",
    "Commission",
    "Composed",
    "Composer",
    "ConfigurationFailed",
    "Connection",
    "Consumer",
    "Converted",
    "Coordinator",
    "Credentials",
    "Curve",
    "DatabaseKeeper",
    "Declined",
    "DomainKeeper",
    "Elsewhere",
    "Ensemble",
    "Exported",
    "Exporter",
    "ExtensionRaised",
    "Extent",
    "Fingerprint",
    "Guest",
    "Health",
    "HighAvailability",
    "Identity",
    "Interruption",
    "Keeps",
    "Later",
    "LogLine",
    "LogPart",
    "Look",
    "Machineless",
    "Member",
    "MemberState",
    "Metric",
    "Observer",
    "Obstacle",
    "OnlyLooks",
    "Panel",
    "Part",
    "PendingUpdates",
    "Producer",
    "Published",
    "Publisher",
    "Reading",
    "Release",
    "Repository",
    "RestoredZones",
    "ServerCertificate",
    "Settled",
    "Severity",
    "Size",
    "SnapshotKeeper",
    "Snippet",
    "Source",
    "Standing",
    "StartingOffering",
    "StartingPlan",
    "Statement",
    "Succession",
    "Timelines",
    "Unfit",
    "Upgrader",
    "Version",
    "Vessel",
    "Wanted",
    "Warmer",
    "Way",
    "WebNames",
    "ZoneHeld",
    "ZoneKeeper",
    "ZoneRoom",
    "ZoneServed",
    "ZoneText",
]
