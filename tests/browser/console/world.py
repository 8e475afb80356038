"""A console with something in every state, and the addresses of all its pages."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from uuid import UUID

from django.db import connection
from playwright.sync_api import Page
from tests.browser.conftest import Visit
from tests.support import reconciling
from tests.support.following import catch_up
from tests.support.vault import ExampleUpgrader
from tests.support.world import PASSWORD, Customer, customer, operator

from souk.billing import invoicing, queries, rendering, settling
from souk.catalog.queries import versions
from souk.engines.contract import Image, Usage
from souk.kernel import clock
from souk.kernel.money import Money
from souk.kernel.scope import System, acting
from souk.metering.commands import take_samples
from souk.monitoring import incidents, rounds, samples
from souk.monitoring.alerts import commands as alerts
from souk.monitoring.alerts.evaluating import judge
from souk.monitoring.models import IncidentCause, LastLook, SlowStatements
from souk.monitoring.samples import Sample
from souk.ordering import commands as ordering
from souk.ordering.queries import subscription_of
from souk.parties import commands
from souk.parties.models import Person
from souk.provisioning import commands as provisioning
from souk.provisioning.contents import record_contents
from souk.provisioning.contract import BindingRole, Obstacle
from souk.provisioning.models import ServiceInstance
from souk.provisioning.networks import networks
from souk.provisioning.platform import ensure_storage
from souk.provisioning.queries import machines
from souk.provisioning.reconciler import records
from souk.provisioning.reconciler.converge import Ground
from souk.provisioning.registry import blueprint
from souk.sites.queries import hosts, sites

SYSTEM = System("test")
PARTS = (
    *("plan/", "rename/", "settings/", "access/", "backups/", "backups/in-place/", "delete/", "metrics/", "versions/"),
    *("bindings/", "bindings/rapports/change/", "databases/", "databases/boutique/delete/", "metrics/?range=24h"),
    *("network/", "address/", "names/", "exports/", "health/", "alerts/", "logs/", "logs/?q=rien", "statements/"),
)
LONG = "un-nom-de-service-vraiment-très-long-qui-remplit-toute-la-ligne"


@dataclass(frozen=True)
class World:
    """Somebody with services, invoices and colleagues, and one of the operator's engineers."""

    buyer: Customer
    engineer: str
    ready: UUID
    moving: UUID
    failed: UUID
    deleted: UUID
    suspended: UUID
    invoice: UUID
    note: UUID
    invitation: str
    network: UUID

    def pages(self) -> dict[str, list[str]]:
        """Every page by who opens it."""
        order = subscription_of(SYSTEM, self.ready).order_id
        services = [
            f"/services/{each}/" for each in (self.ready, self.moving, self.failed, self.deleted, self.suspended)
        ]
        of_one = [f"/services/{self.ready}/{part}" for part in PARTS]
        documents = [f"/invoices/{each}/" for each in (self.invoice, self.note)]
        return {
            "visitor": ["/market/", "/market/?q=rien", "/market/exemple/", "/accounts/login/?next=/services/"],
            "member": [
                *("/market/", "/market/exemple/", "/market/exemple/order/?plan=m", "/services/", "/usage/"),
                *(*services, *of_one, f"/services/{self.deleted}/delete/", "/orders/", f"/orders/{order}/"),
                *(
                    "/invoices/",
                    *documents,
                    "/organization/",
                    "/organization/edit/",
                    "/organization/new/",
                    "/webhooks/",
                ),
                *(
                    "/people/",
                    self.invitation,
                    "/tokens/",
                    "/nothing-here/",
                    "/networks/",
                    "/addresses/",
                    f"/networks/{self.network}/",
                ),
                f"/services/{self.moving}/network/",
            ],
            "operator": [
                *("/operator/", "/operator/orders/", f"/operator/orders/{order}/", "/operator/services/"),
                *(f"/operator/services/{each}/" for each in (self.ready, self.failed, self.suspended)),
                "/operator/customers/",
                *(f"/operator/customers/{self.buyer.organization}/", "/operator/invoices/"),
                *(f"/operator{documents[0]}", "/operator/catalog/", f"/operator/catalog/{versions(SYSTEM)[0].id}/"),
                *("/operator/sites/", "/operator/audit/", "/operator/incidents/"),
                *(f"/operator/hosts/{each.id}/" for each in hosts()),
                *("/operator/versions/", "/operator/images/"),
            ],
        }


def inhabited(folder: Path) -> World:
    """A console that has been in use for a while, inside `vault()`."""
    place = reconciling.ground(folder)
    ensure_storage()
    _build_images()
    buyer = customer("Coopérative « Zellige & Tadelakt » de l’Ounein")
    names = ("قاعدة بيانات المتجر", "ancienne-boutique", "boutique-de-noël")
    ready, deleted, suspended = (reconciling.order(buyer, name) for name in names)
    reconciling.work(place)
    catch_up()
    _use(ready)
    listed = [provisioning.Network("203.0.113.0/24", "Bureau de Rabat"), provisioning.Network("198.51.100.7", "VPN")]
    provisioning.allow_networks(buyer.scope, ready, listed)
    provisioning.attach_instance(buyer.scope, ready)
    provisioning.add_range(operator(), sites()[0].id, "203.0.113.0/28")
    ordering.give_address(buyer.scope, ready)
    provisioning.add_name(buyer.scope, ready, "قاعدة-البيانات.شبكة")
    provisioning.add_name(buyer.scope, ready, "une-base-de-données-très-longue.comptabilité.exemple.ma")
    provisioning.create_database(buyer.scope, ready, "boutique")
    provisioning.create_binding(buyer.scope, ready, "rapports", BindingRole.READER, "boutique")
    provisioning.back_up_instance(buyer.scope, ready)
    for database in ("main", "boutique"):
        provisioning.export_database(buyer.scope, ready, database)
    provisioning.delete_instance(buyer.scope, deleted)
    note = "Facture 2026-000042, échue depuis soixante jours."
    provisioning.suspend_instance(operator(), suspended, provisioning.Suspension.UNPAID, note)
    for _ in range(2):
        reconciling.forget_leases()
        reconciling.work(place)
    provisioning.rotate_binding(buyer.scope, ready, "rapports")
    reconciling.work(place)
    provisioning.back_up_instance(buyer.scope, ready)
    catch_up()
    _try_upgrades(place, buyer, ready)
    _watch(place, buyer, ready)
    moving, failed = reconciling.order(buyer, LONG), reconciling.order(buyer, "site-vitrine", "m")
    with acting(SYSTEM):
        ServiceInstance.objects.filter(id=failed).update(
            state="failed", trouble="The service's image is missing on the engine; the operator must build it."
        )
    invoice, note = _bill(buyer)
    commands.invite(buyer.scope, buyer.person, buyer.organization, "comptable@fiduciaire-casablanca.example", "billing")
    _, token = commands.invite(buyer.scope, buyer.person, buyer.organization, "karim@client.example", "technical")
    commands.create_token(buyer.person, "déploiement continu", ["read", "order"])
    email = Person.objects.get(id=operator().person).email
    network = networks(buyer.scope)[0].id
    return World(
        buyer, email, ready, moving, failed, deleted, suspended, invoice, note, f"/invitations/{token}/", network
    )


def sign_in(visit: Visit, console: str, email: str) -> Page:
    """Sign in as a person does."""
    page = visit.go(f"{console}/accounts/login/?next=/organization/")
    page.fill("[name=login]", email)
    page.fill("[name=password]", PASSWORD)
    page.click("main form .btn-primary")
    page.wait_for_load_state()
    return page


def _use(instance: UUID) -> None:
    (machine,) = [each for each in machines(SYSTEM) if each.instance_id == instance]
    for hours in range(1, 5):
        with clock.at(clock.now() - timedelta(hours=5 - hours)):
            take_samples([Usage(machine.name, hours * 2**30, hours * 2**28, hours * 30.0, 2**29)])


def _try_upgrades(place: Ground, buyer: Customer, instance: UUID) -> None:
    """The older version, from which an upgrade was tried out in vain, and then well."""
    with acting(SYSTEM):
        ServiceInstance.objects.filter(id=instance).update(parameters={"version": "1"})
    upgrader = blueprint("example").upgrader
    assert isinstance(upgrader, ExampleUpgrader)
    for obstacles in (
        [Obstacle("Your data has columns of a type that is gone.", ["boutique.public.produit.genre"])],
        [],
    ):
        upgrader.obstacles = obstacles
        provisioning.rehearse_upgrade(buyer.scope, instance, "2")
        for _ in range(2):
            reconciling.forget_leases()
            reconciling.work(place)


def _watch(place: Ground, buyer: Customer, instance: UUID) -> None:
    """A day of samples with a gap, a look, and a machine that ended and was started again."""
    now = clock.now()
    for minutes in [each for each in range(0, 24 * 60, 4) if not 400 < each < 500]:
        wave = 1 + (minutes % 360) / 360
        values = [minutes * 20.0, wave * 2**29, 2**31 + minutes * 2**20, minutes * 2**22]
        samples.write([Sample(instance, buyer.organization, values)], now - timedelta(minutes=24 * 60 - minutes))
    rounds.take_round(place.engine)
    alerts.add_webhook(buyer.scope, buyer.organization, "https://hooks.example.ma/souk/production?canal=astreinte")
    with acting(SYSTEM):
        LastLook.objects.filter(instance_id=instance).update(vals=[0.0, 0.0, 9.5 * 2**30, 0.0])
        _write(instance, buyer.organization)
    for minutes in (-200, -197, 0, 3):
        with clock.at(now + timedelta(minutes=minutes)):
            judge()
    with acting(SYSTEM):
        incidents.open_incident(instance, IncidentCause.MACHINE_ENDED, now)
        incidents.add(instance, "machine_started", now + timedelta(seconds=1))
        incidents.close_incident(instance, "answered", now + timedelta(seconds=4))


def _write(instance: UUID, organization: UUID) -> None:
    """Some lines of a log, and slow queries."""
    with connection.cursor() as cursor:
        cursor.execute(
            "insert into monitoring_logline (instance_id, organization_id, at, severity, text)"
            " select %s, %s, now() - make_interval(mins => 40 - n), case n %% 7 when 3 then 'error' else 'info' end,"
            " case n %% 7 when 3 then '81 app@app 10.0.0.9 ERROR:  duplicate key value violates unique constraint'"
            " else '81 app@app 10.0.0.9 LOG:  connection authorized: user=app database=app SSL enabled' end"
            " from generate_series(1, 40) n",
            [instance, organization],
        )
    query = "select * from commandes join lignes on lignes.commande = commandes.id where client = $1 and date > $2"
    slow = {"database": "app", "text": query, "calls": 12_300, "seconds": 812.5, "rows": 1_200_000}
    fast = {"database": "app", "text": "update paniers set vu = $1", "calls": 9, "seconds": 0.0021, "rows": 9}
    SlowStatements.objects.create(
        instance_id=instance, organization_id=organization, at=clock.now(), statements=[slow, fast]
    )


def _bill(buyer: Customer) -> tuple[UUID, UUID]:
    invoice = invoicing.bill(System("billing"), buyer.organization, clock.now())
    line, *_ = queries.invoice_lines(SYSTEM, invoice)
    note = invoicing.credit_line(SYSTEM, line.id, Money(20, "MAD"), "Interruption")
    details = settling.PaymentDetails(
        buyer.organization, sites()[0].issuer_id, "transfer", "VIR-1", clock.now().date(), Money(100, "MAD")
    )
    settling.allocate(SYSTEM, settling.record_payment(SYSTEM, details), invoice, Money(50, "MAD"))
    for each in (invoice, note):
        rendering.write(each)
    return invoice, note


def _build_images() -> None:
    """An image whose contents are known, and a newer one with other packages."""
    told = [{"name": "debian:architecture", "value": "amd64"}, {"name": "debian:source", "value": "x"}]
    for fingerprint, found in (("1" * 64, {"openssl": "3.5.1-1"}), ("2" * 64, {"openssl": "3.5.2-1~deb13u1"})):
        records.note_images([Image(fingerprint, ["souk/example-with-a-long-name"], 1, {"souk.version": "17.7 16.11"})])
        components = [{"type": "library", "name": n, "version": v, "properties": told} for n, v in found.items()]
        record_contents(SYSTEM, "souk/example-with-a-long-name", fingerprint, {"components": components})
