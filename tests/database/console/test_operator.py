"""The operator's pages."""

from __future__ import annotations

import pytest
from django.test import Client
from tests.database.console.desks import at_desk, text
from tests.support import reconciling
from tests.support.world import Customer, customer, operator

from souk.catalog import queries as catalog
from souk.kernel import clock
from souk.kernel.scope import System, acting
from souk.provisioning.contract import Size
from souk.provisioning.pools import ensure_pool, pools
from souk.sites.queries import sites

pytestmark = pytest.mark.django_db
SYSTEM = System("test")


@pytest.fixture
def engineer(db: None) -> Client:
    return at_desk(operator().person)


@pytest.fixture
def version(db: None) -> catalog.VersionRow:
    return catalog.versions(SYSTEM)[0]


def test_the_overview_counts_services_orders_and_what_is_promised(engineer: Client, buyer: Customer) -> None:
    reconciling.order(buyer)
    page = text(engineer.get("/operator/"))
    assert "Services 1 En attente 1 Commandes du jour 1" in page
    assert "1 promis sur" in page
    assert "Aucun service n’est en difficulté" in page
    assert "Le moteur répond" in page


def test_troubled_services_are_listed_with_the_reason(engineer: Client, buyer: Customer) -> None:
    from souk.provisioning.models import ServiceInstance

    instance = reconciling.order(buyer, "site-vitrine")
    with acting(SYSTEM):
        ServiceInstance.objects.filter(id=instance).update(trouble="A step failed and is tried again.")
    page = engineer.get("/operator/")
    assert "site-vitrine" in text(page)
    assert f"/operator/services/{instance}/" in page.content.decode()
    assert "A step failed" not in text(page)


def test_orders_and_services_of_all_organizations_are_listed(engineer: Client, buyer: Customer) -> None:
    reconciling.order(buyer, "à nous")
    reconciling.order(customer("Autre SARL"), "à eux")
    for address in ("/operator/orders/", "/operator/services/"):
        page = text(engineer.get(address))
        assert all(word in page for word in ("à nous", "à eux", "Autre SARL", "Atelier Zellige SARL"))


def test_the_operator_sees_a_service_but_not_its_password(engineer: Client, buyer: Customer) -> None:
    instance = reconciling.order(buyer)
    page = engineer.get(f"/operator/services/{instance}/")
    assert "Voir le client" in text(page)
    assert f"/services/{instance}/credentials/" not in page.content.decode()
    assert engineer.get(f"/services/{instance}/").status_code != 200


def test_customers_are_found_by_name_or_ice(engineer: Client, buyer: Customer) -> None:
    customer("Autre SARL")
    assert "Autre SARL" not in text(engineer.get("/operator/customers/", {"q": "zellige"}))
    assert "Atelier Zellige SARL" in text(engineer.get("/operator/customers/", {"q": "zellige"}))


def test_a_version_moves_along_its_states_and_only_there(engineer: Client, version: catalog.VersionRow) -> None:
    address = f"/operator/catalog/{version.id}/"
    engineer.post(f"{address}move/", {"verb": "suspended"})
    assert "Suspendue" in text(engineer.get(address))
    assert "Exemple géré" not in text(engineer.get("/market/"))
    engineer.post(f"{address}move/", {"verb": "approved"})
    assert catalog.versions(SYSTEM)[0].state == "suspended"
    assert engineer.post(f"{address}move/", {"verb": "exploded"}).status_code == 404


def test_a_new_price_holds_from_now_on_and_keeps_the_tiers(engineer: Client, version: catalog.VersionRow) -> None:
    before = catalog.prices(SYSTEM, version.id, clock.now())[0]
    form = {"plan": f"{before.book} {before.plan}", "per_hour": "1,25", "per_month": "500"}
    assert engineer.post(f"/operator/catalog/{version.id}/price/", form).status_code == 302
    after = catalog.prices(SYSTEM, version.id, clock.now())[0]
    assert (str(after.per_hour.normalize()), after.tiers) == ("1.25", before.tiers)
    assert "500,00 MAD / mois" in text(engineer.get("/market/exemple/"))


def test_a_price_that_could_not_be_explained_is_refused(engineer: Client, version: catalog.VersionRow) -> None:
    before = catalog.prices(SYSTEM, version.id, clock.now())[0]
    form = {"plan": f"{before.book} {before.plan}", "per_hour": "0,01", "per_month": "500"}
    answer = engineer.post(f"/operator/catalog/{version.id}/price/", form)
    assert answer.status_code == 422
    assert "672" in text(answer)


def test_the_audit_trail_is_searched_by_action_and_subject_and_names_who_acted(
    engineer: Client, buyer: Customer
) -> None:
    instance = reconciling.order(buyer)
    page = text(engineer.get("/operator/audit/", {"action": "order."}))
    assert "order.placed" in page
    assert "Aïcha Bennani" in page
    assert "organization.registered" not in page
    assert "order.placed" not in text(engineer.get("/operator/audit/", {"subject": str(instance)}))
    assert engineer.get("/operator/audit/", {"subject": "nonsense", "after": "x"}).status_code == 200


def test_sites_show_engine_racks_and_hosts(engineer: Client) -> None:
    page = text(engineer.get("/operator/sites/"))
    assert "Témara 1" in page
    assert "memory En ligne" in page


def test_the_number_of_waiting_machines_is_changed_from_the_sites_page(engineer: Client) -> None:
    with acting(SYSTEM):
        pool = ensure_pool(sites()[0].id, "example", Size(1, 1024**3, 10 * 1024**3))
    assert "example · 1 vCPU · 1 Gio · 10 Gio" in text(engineer.get("/operator/sites/"))
    answer = engineer.post("/operator/sites/pool/", {"pool": str(pool), "least": "2", "most": "1"})
    assert answer.status_code == 422
    assert "au moins" in text(answer)
    assert engineer.post("/operator/sites/pool/", {"pool": str(pool), "least": "1", "most": "3"}).status_code == 302
    assert [(row.least, row.most) for row in pools(operator())] == [(1, 3)]


def test_a_service_is_suspended_with_a_reason_that_its_customer_reads(
    engineer: Client, desk: Client, buyer: Customer
) -> None:
    instance = reconciling.order(buyer)
    here = f"/operator/services/{instance}/"
    answer = engineer.post(here + "suspend/", {"reason": "none of these", "note": ""})
    assert answer.status_code == 422
    engineer.post(here + "suspend/", {"reason": "abuse", "note": "Envoi de courriels en masse"})
    for page in (text(engineer.get(here)), text(desk.get(f"/services/{instance}/"))):
        assert "Ce service est suspendu" in page
        assert "Il a été utilisé contre les règles. Envoi de courriels en masse" in page
    assert "Démarrer" not in text(desk.get(f"/services/{instance}/"))
    assert desk.post(here + "resume/").status_code == 404
    engineer.post(here + "resume/")
    assert "Ce service est suspendu" not in text(desk.get(f"/services/{instance}/"))
