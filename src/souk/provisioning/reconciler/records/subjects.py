"""An instance as the reconciler reads it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from django.contrib.postgres.expressions import ArraySubquery
from django.db.models import Exists, F, OuterRef, Q

from souk.kernel import clock
from souk.kernel.scope import System, acting
from souk.provisioning.contract import Wanted
from souk.provisioning.models import (
    OPEN,
    SETTLED,
    Binding,
    InstanceState,
    Machine,
    MachineRole,
    Operation,
    OwnName,
    ServiceInstance,
)
from souk.sites.models import Site

WORKER = System("reconciler")


RENEW_BEFORE = timedelta(days=30)
"""A certificate is renewed this long before it ends."""


CARRYING = (MachineRole.PRIMARY, MachineRole.FRONT, MachineRole.MEMBER)


@dataclass(frozen=True)
class Assigned:
    """An instance's machine: its row exists before the machine does."""

    name: str
    address: str
    image: str
    fresh: bool
    role: MachineRole = MachineRole.PRIMARY
    number: int = 1
    fingerprint: str = ""


@dataclass(frozen=True)
class Subject:
    """An instance as the reconciler needs it.

    `settling`: something was asked of its state that is not reached yet; `asked`: something is to be done to it, or
    falls due. `certificate_until` is when its endpoint's certificate ends, if it has one; `certified` are the names of
    the customer's own that are in it, `own_names` those that should be.
    """

    row: ServiceInstance
    domain: str
    machines: tuple[Assigned, ...]
    binding: Binding | None
    settling: bool
    asked: bool
    certificate_until: datetime | None
    own_names: tuple[str, ...] = ()
    certified: tuple[str, ...] = ()

    @property
    def steady(self) -> bool:
        """Whether it should just run as it did: nothing to configure, no certificate to make anew."""
        renewed = self.certificate_until is not None and self.certificate_until - RENEW_BEFORE > clock.now()
        certified = renewed and self.own_names == self.certified
        return not self.settling and certified and self.row.state == InstanceState.READY and self.faces is not None

    @property
    def machine(self) -> Assigned | None:
        """The machine that carries the service alone, if one does."""
        return self.machine_as(MachineRole.PRIMARY)

    @property
    def faces(self) -> Assigned | None:
        """The machine that clients connect to."""
        return self.machine or self.machine_as(MachineRole.FRONT)

    @property
    def carriers(self) -> tuple[Assigned, ...]:
        """Every machine that carries the service, the one in front first; none that is beside them."""
        return tuple(one for one in self.machines if one.role in CARRYING)

    @property
    def members(self) -> tuple[Assigned, ...]:
        """The machines that run the service together, by number."""
        return tuple(one for one in self.machines if one.role == MachineRole.MEMBER)

    def machine_as(self, role: MachineRole, number: int = 1) -> Assigned | None:
        """The machine of a role, if it has a row."""
        return next((one for one in self.machines if (one.role, one.number) == (role, number)), None)

    @property
    def hostname(self) -> str:
        """The endpoint's stable DNS name."""
        return f"{self.row.label}.{self.domain}"

    def wanted(self, address: str) -> Wanted:
        """What the blueprint is asked to produce on the machine at `address`."""
        return Wanted(
            instance=self.row.id,
            name=self.row.name,
            parameters=self.row.parameters,
            size=self.row.size,
            hostname=self.hostname,
            address=address,
        )


def load(instance: UUID) -> Subject:
    """Read an instance with its site's domain, its machine, and whether something is to be done to it."""
    open_ones = Operation.objects.filter(instance=OuterRef("id"), state__in=OPEN)
    due = Binding.objects.filter(instance=OuterRef("id"), revoked_at__isnull=True, former_until__lte=clock.now())
    kept = Machine.objects.filter(instance=OuterRef("id"), deleted_at__isnull=True, kept_until__lte=clock.now())
    proved = OwnName.objects.filter(instance=OuterRef("id"), proved_at__isnull=False, removed_at__isnull=True)
    with acting(WORKER):
        row = ServiceInstance.objects.annotate(
            settling=Exists(open_ones.filter(kind__in=SETTLED)),
            asked=Exists(open_ones.exclude(Q(kind__in=SETTLED) | Q(not_before__gt=clock.now())))
            | Exists(due)
            | Exists(kept),
            certificate_until=F("endpoint__certificate_expires_at"),
            certified=F("endpoint__names"),
            proved=ArraySubquery(proved.order_by("name").values("name")),
        ).get(id=instance)
        domain = Site.objects.values_list("domain", flat=True).get(id=row.site_id)
        machines = machines_of(instance)
        binding = Binding.objects.filter(instance=row, name="default", revoked_at__isnull=True).first()
    names = tuple(row.proved), tuple(row.certified or ())
    return Subject(row, domain, machines, binding, row.settling, row.asked, row.certificate_until, *names)


def machines_of(instance: UUID) -> tuple[Assigned, ...]:
    """The instance's machines that have a row, each role's by number."""
    with acting(WORKER):
        rows = Machine.objects.filter(instance_id=instance, deleted_at__isnull=True).order_by("role", "number")
        return tuple(
            Assigned(
                row.name,
                row.address,
                row.image,
                fresh=False,
                role=MachineRole(row.role),
                number=row.number,
                fingerprint=row.fingerprint,
            )
            for row in rows
        )
