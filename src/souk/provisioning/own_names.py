"""What is known of a service's names of its customer's own."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from uuid import UUID

from souk.kernel import clock
from souk.kernel.scope import Scope, acting
from souk.provisioning import acme, errors, names
from souk.provisioning.models import OPEN, Endpoint, Leads, Operation, OperationKind, OwnName, ServiceInstance
from souk.provisioning.queries import service
from souk.provisioning.registry import blueprint


@dataclass(frozen=True)
class OwnNameRow:
    """A name of the customer's own, as people and as DNS write it: pending until proved, then updating until the
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
    created_at: datetime
    proved_at: datetime | None
    main: bool = False
    leads: str = ""
    found: list[str] = field(default_factory=list)
    looked_at: datetime | None = None
    strayed_at: datetime | None = None
    certificate: str = ""
    certified_until: datetime | None = None
    reason: str = ""
    trouble: str = ""
    next_try_at: datetime | None = None


@dataclass(frozen=True)
class WebNamesRow:
    """How a web service answers to its names. Each of them must lead to `address` (IPv4; nothing until the service has
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


def own_names(scope: Scope, instance: UUID) -> list[OwnNameRow]:
    """A service's names of its customer's own, the oldest first.

    Raises:
        NotFound.
    """
    row = service(scope, instance)
    web = row.plan_id is None and blueprint(row.blueprint).domains is not None
    with acting(scope):
        certified = set(Endpoint.objects.filter(instance_id=instance).values_list("names", flat=True).first() or ())
        rows = list(OwnName.objects.filter(instance_id=instance, removed_at__isnull=True).order_by("id"))
        chosen = ServiceInstance.objects.values_list("web_names", flat=True).get(id=instance) or {}
    return [
        OwnNameRow(
            names.shown(row.name),
            row.name,
            "pending" if row.proved_at is None else "ready" if row.name in certified else "updating",
            names.record(row.name),
            names.text(row.token),
            row.created_at,
            row.proved_at,
            row.proved_at is not None and row.name == chosen.get("main"),
            row.leads,
            row.found,
            row.looked_at,
            row.strayed_at,
            _certificate(row) if web else "",
            row.certified_until,
            row.certificate_reason,
            row.certificate_trouble,
            row.next_try_at,
        )
        for row in rows
    ]


def web_names(scope: Scope, instance: UUID) -> WebNamesRow:
    """How a web service answers to its names.

    Raises:
        NotFound, NoWebNames.
    """
    row = service(scope, instance)
    keeper = None if row.plan_id is not None else blueprint(row.blueprint).domains
    if keeper is None:
        raise errors.NoWebNames
    with acting(scope):
        chosen = ServiceInstance.objects.values_list("web_names", flat=True).get(id=instance) or {}
        endpoint = Endpoint.objects.filter(instance_id=instance).first()
        asked = Operation.objects.filter(instance_id=instance, kind=OperationKind.ARRANGE_NAMES, state__in=OPEN)
        changing = asked.exists()
        proved = OwnName.objects.filter(instance_id=instance, removed_at__isnull=True, proved_at__isnull=False)
        main = chosen.get("main", "")
        there = main if main and proved.filter(name=main).exists() else ""
    public = endpoint.public_address if endpoint else None
    return WebNamesRow(
        address=public or (endpoint.address if endpoint else ""),
        public=public is not None,
        main=there,
        https_only=chosen.get("https_only", True),
        hsts=chosen.get("hsts", False),
        issuer=acme.has_server(),
        most=keeper.most,
        changing=changing,
    )


def _certificate(row: OwnName) -> str:
    if row.certified_until is not None and row.certified_until > clock.now():
        return "valid"
    if row.certificate_trouble:
        return "failed"
    if row.certified_until is not None:
        return "ended"
    return "asked" if acme.has_server() and row.proved_at is not None and row.leads == Leads.HERE else "own"
