"""A customer's services: what a page shows while they are made, run, stop and go."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path
from uuid import UUID

import pytest
from django.test import Client
from tests.database.console.desks import ORDER, at_desk, order_form, ready_service, text, worker_answers
from tests.support import reconciling
from tests.support.following import catch_up
from tests.support.vault import vault
from tests.support.world import PASSWORD, Customer, customer

from souk.kernel import clock
from souk.kernel.scope import System
from souk.kernel.trail import search
from souk.parties import commands
from souk.parties.queries import projects
from souk.provisioning.networks import networks
from souk.provisioning.platform import ensure_storage
from souk.provisioning.queries import service
from souk.ui.format import FISCAL_ZONE


@pytest.fixture
def owner(own_database: str) -> Customer:
    return customer()


@pytest.fixture
def instance(owner: Customer, tmp_path: Path) -> UUID:
    return ready_service(owner, tmp_path)


def main(client: Client, address: str) -> str:
    return client.get(address).content.decode().partition("<main")[2]


def test_without_a_service_the_list_says_what_to_do(buyer: Customer, desk: Client) -> None:
    page = text(desk.get("/services/"))
    assert "Pas encore de service" in page
    assert "Vers la place de marché" in page


def test_the_list_shows_the_organizations_services_and_nobody_elses(buyer: Customer, desk: Client) -> None:
    reconciling.order(buyer, "à nous")
    reconciling.order(customer("Autre SARL"), "à eux")
    page = text(desk.get("/services/"))
    assert "à nous" in page
    assert "à eux" not in page


def test_somebody_elses_service_does_not_exist_for_the_reader(buyer: Customer, desk: Client) -> None:
    theirs = reconciling.order(customer("Autre SARL"))
    for address in (f"/services/{theirs}/", f"/services/{theirs}/delete/", f"/services/{theirs}/ca.pem"):
        assert desk.get(address).status_code == 404
    assert desk.post(f"/services/{theirs}/stop/").status_code == 404
    assert desk.post(f"/services/{theirs}/credentials/").status_code == 404


def test_a_page_asks_again_while_its_service_moves_and_rests_when_it_does(owner: Customer, tmp_path: Path) -> None:
    desk, instance = at_desk(owner.person), reconciling.order(owner)
    for address in ("/services/", f"/services/{instance}/"):
        assert 'hx-trigger="every' in main(desk, address)
    ready_service(owner, tmp_path, "autre")
    for address in ("/services/", f"/services/{instance}/"):
        assert 'hx-trigger="every' not in main(desk, address)


def test_what_is_asked_again_is_only_the_moving_part(buyer: Customer, desk: Client) -> None:
    instance = reconciling.order(buyer)
    part = desk.get(f"/services/{instance}/", headers={"HX-Request": "true"}).content.decode()
    assert part.startswith('<div id="service"')
    assert "<html" not in part


def test_a_service_being_made_shows_its_steps(buyer: Customer, desk: Client) -> None:
    page = text(desk.get(f"/services/{reconciling.order(buyer)}/"))
    assert "Adresse, identifiants et certificat" in page
    assert "Le service répond" in page


def test_a_ready_service_shows_how_to_reach_it_and_what_it_costs(owner: Customer, instance: UUID) -> None:
    page = text(at_desk(owner.person).get(f"/services/{instance}/"))
    row = service(owner.scope, instance)
    assert f"Adresse {row.hostname}" in page
    assert "Python connect('owner')" in page
    assert "Depuis la dernière facture 1,20 MAD" in page
    assert "Mois complet 490,00 MAD" in page
    assert "Opération État Demandée Durée Création Terminée" in page


def test_the_authoritys_certificate_is_a_download(owner: Customer, instance: UUID) -> None:
    answer = at_desk(owner.person).get(f"/services/{instance}/ca.pem")
    assert answer.content.startswith(b"-----BEGIN CERTIFICATE-----")
    assert answer["Content-Disposition"] == 'attachment; filename="souk-ca.pem"'


@pytest.mark.parametrize("headers", [{}, {"HX-Request": "true"}])
def test_the_password_is_shown_on_demand_recorded_and_never_kept(
    owner: Customer, instance: UUID, headers: dict[str, str]
) -> None:
    with worker_answers():
        answer = at_desk(owner.person).post(f"/services/{instance}/credentials/", headers=headers)
    assert answer.status_code == 200
    assert answer["Cache-Control"] == "no-store"
    (looked,) = search(System("test"), action="credentials.revealed", subject=instance)
    assert looked.actor == f"person:{owner.person}"


def test_a_viewer_gets_neither_the_password_nor_the_buttons(owner: Customer, instance: UUID) -> None:
    person = commands.sign_up("viewer@client.example", PASSWORD, "Lectrice")
    _, token = commands.invite(owner.scope, owner.person, owner.organization, "viewer@client.example", "viewer")
    commands.accept_invitation(person, token)
    viewer = at_desk(person)
    page = text(viewer.get(f"/services/{instance}/"))
    assert "Mot de passe" not in page
    assert "Coût" not in page
    assert "Redémarrer" not in page
    assert viewer.post(f"/services/{instance}/credentials/").status_code == 403
    assert viewer.post(f"/services/{instance}/stop/").status_code == 403


def test_a_service_is_stopped_and_started_again(owner: Customer, instance: UUID, tmp_path: Path) -> None:
    desk, place = at_desk(owner.person), reconciling.ground(tmp_path)
    assert "Le service s’arrête." in desk.post(f"/services/{instance}/stop/", follow=True).content.decode()
    reconciling.work(place)
    assert "Arrêté" in text(desk.get(f"/services/{instance}/"))
    desk.post(f"/services/{instance}/start/")
    assert service(owner.scope, instance).desired == "running"


def test_deleting_needs_the_services_name(owner: Customer, instance: UUID) -> None:
    desk = at_desk(owner.person)
    answer = desk.post(f"/services/{instance}/delete/", {"name": "autre"})
    assert answer.status_code == 422
    assert "Rien n’a été supprimé" in text(answer)
    assert service(owner.scope, instance).desired == "running"
    desk.post(f"/services/{instance}/delete/", {"name": " compta "})
    assert service(owner.scope, instance).desired == "soft_deleted"


def test_a_deleted_service_is_recovered_with_one_press_or_erased_for_good(
    owner: Customer, instance: UUID, tmp_path: Path
) -> None:
    desk, place = at_desk(owner.person), reconciling.ground(tmp_path)
    desk.post(f"/services/{instance}/delete/", {"name": "compta"})
    reconciling.work(place)
    page = text(desk.get(f"/services/{instance}/"))
    assert "Ce service est supprimé et peut être récupéré" in page
    assert "Récupérer le service" in page
    desk.post(f"/services/{instance}/recover/")
    assert service(owner.scope, instance).desired == "running"
    desk.post(f"/services/{instance}/delete/", {"name": "compta", "erase": "on"})
    assert service(owner.scope, instance).desired == "deleted"


def test_a_protected_service_offers_no_deletion_and_refuses_it(owner: Customer, instance: UUID) -> None:
    desk = at_desk(owner.person)
    desk.post(f"/services/{instance}/protect/")
    assert f"/services/{instance}/delete/" not in main(desk, f"/services/{instance}/")
    answer = desk.post(f"/services/{instance}/delete/", {"name": "compta"})
    assert "protégé de la suppression" in text(answer)
    desk.post(f"/services/{instance}/unprotect/")
    assert f"/services/{instance}/delete/" in main(desk, f"/services/{instance}/")


def test_a_plan_is_changed_from_a_page_that_shows_what_each_costs(
    owner: Customer, instance: UUID, tmp_path: Path
) -> None:
    desk = at_desk(owner.person)
    page = desk.get(f"/services/{instance}/plan/").content.decode()
    assert "1\u202f690" in page
    key = page.partition('name="key" value="')[2].partition('"')[0]
    for _ in range(2):
        answer = desk.post(f"/services/{instance}/plan/", {"plan": "m", "key": key})
        assert answer.status_code == 302
    reconciling.work(reconciling.ground(tmp_path))
    assert service(owner.scope, instance).vcpus == 2
    assert "est en train" not in text(desk.get(f"/services/{instance}/plan/"))
    assert desk.post(f"/services/{instance}/plan/", {"plan": "xxl"}).status_code == 422


def test_disk_and_its_ceiling_are_changed_on_the_plans_page(owner: Customer, instance: UUID, tmp_path: Path) -> None:
    desk, here = at_desk(owner.person), f"/services/{instance}/plan/"
    key = desk.get(here).content.decode().partition('name="key" value="')[2].partition('"')[0]
    priced = text(desk.post(f"{here}price/", {"plan": "s", "extra_gib": "10"}))
    assert "73,00" in priced
    assert desk.post(here, {"plan": "s", "extra_gib": "10", "key": key}).status_code == 302
    reconciling.work(reconciling.ground(tmp_path))
    assert desk.post(f"{here}growth/", {"ceiling_gib": "15"}).status_code == 422
    assert desk.post(f"{here}growth/", {"ceiling_gib": "٣٠"}).status_code == 302
    row = service(owner.scope, instance)
    assert (row.disk, row.grow_to) == (20 * 2**30, 30 * 2**30)
    assert "20" in main(desk, f"/services/{instance}/")


def test_credentials_are_made_shown_rotated_and_revoked_from_their_page(
    owner: Customer, instance: UUID, tmp_path: Path
) -> None:
    desk, place = at_desk(owner.person), reconciling.ground(tmp_path)
    here = f"/services/{instance}/bindings/"
    assert "default" in text(desk.get(here))
    assert desk.post(here, {"name": "Rapport !"}).status_code == 422
    desk.post(here, {"name": "rapports", "role": "owner"})
    assert "en cours de création" in text(desk.get(here))
    reconciling.work(place)
    with worker_answers():
        shown = desk.post(f"{here}rapports/reveal/", headers={"HX-Request": "true"})
    assert shown["Cache-Control"] == "no-store"
    desk.post(f"{here}rapports/rotate/")
    reconciling.work(place)
    page = text(desk.get(here))
    assert "rapports_2" in page
    assert "valable jusqu’au" in page
    desk.post(f"{here}rapports/revoke/")
    reconciling.work(place)
    assert "rapports" not in text(desk.get(here))


def test_databases_are_made_from_their_page_and_deleted_once_their_name_was_typed(
    owner: Customer, instance: UUID, tmp_path: Path
) -> None:
    desk, place = at_desk(owner.person), reconciling.ground(tmp_path)
    here = f"/services/{instance}/databases/"
    assert desk.post(here, {"name": "Boutique !"}).status_code == 422
    desk.post(here, {"name": "boutique"})
    reconciling.work(place)
    assert "boutique Prêt" in text(desk.get(here))
    wrong = desk.post(f"{here}boutique/delete/", {"name": "autre"})
    assert (wrong.status_code, "Rien n’a été supprimé" in text(wrong)) == (422, True)
    desk.post(f"{here}boutique/delete/", {"name": "boutique"})
    reconciling.work(place)
    assert "boutique" not in text(desk.get(here))


def test_who_may_reach_a_service_is_said_and_changed(owner: Customer, instance: UUID, tmp_path: Path) -> None:
    desk, place = at_desk(owner.person), reconciling.ground(tmp_path)
    here = f"/services/{instance}/access/"
    assert "Seul le réseau de la plateforme l’atteint" in text(desk.get(f"/services/{instance}/"))
    wrong = desk.post(here, {"who": "listed", "lines": "203.0.113.300 Rabat"})
    assert (wrong.status_code, "n’est ni une adresse ni un réseau" in text(wrong)) == (422, True)
    listed = {"who": "listed", "lines": "203.0.113.0/24 Bureau de Rabat\n198.51.100.7"}
    outside = desk.post(here, listed, REMOTE_ADDR="192.0.2.1")
    assert "n’est pas dans cette liste" in text(outside)
    assert 'type="checkbox" name="confirm"' in outside.content.decode()
    desk.post(here, {**listed, "confirm": "on"}, REMOTE_ADDR="192.0.2.1")
    reconciling.work(place)
    assert "203.0.113.0/24 Bureau de Rabat" in text(desk.get(here))
    assert "Seuls 2 réseaux peuvent l’atteindre" in text(desk.get(f"/services/{instance}/"))
    desk.post(here, {"who": "nobody"})
    reconciling.work(place)
    assert "Personne ne peut l’atteindre" in text(desk.get(here))


def test_a_private_network_is_made_by_putting_a_service_into_it_and_the_service_is_closed_to_the_outside(
    owner: Customer, instance: UUID, tmp_path: Path
) -> None:
    desk, place = at_desk(owner.person), reconciling.ground(tmp_path)
    here = f"/services/{instance}/network/"
    assert "Pas encore de réseau privé" in text(desk.get("/networks/"))
    assert "Un nouveau réseau pour ce projet" in text(desk.get(here))
    assert "réseau privé «" not in text(desk.get(f"/services/{instance}/access/"))
    desk.post(here, {"network": "default"})
    reconciling.work(place)
    assert "Joignable dans le réseau" in text(desk.get(here))
    page = text(desk.get(f"/services/{instance}/"))
    assert ".private." in page
    assert "Adresse dans le réseau privé" in page
    closing = {"who": "nobody"}
    asked = desk.post(f"/services/{instance}/access/", closing)
    assert "toute connexion de l’extérieur sera coupée" in text(asked)
    desk.post(f"/services/{instance}/access/", {**closing, "confirm": "on"})
    reconciling.work(place)
    assert "Seul ce qui est dans le réseau privé « default » le joint" in text(desk.get(f"/services/{instance}/"))
    desk.post(f"{here}leave/")
    assert "personne ne pourrait plus le joindre" in desk.get(here).content.decode()
    desk.post(f"/services/{instance}/access/", {"who": "everyone"})
    reconciling.work(place)
    (network,) = networks(owner.scope)
    desk.post(f"/networks/{network.id}/delete/")
    assert "Ces services sont dans" in desk.get(f"/networks/{network.id}/").content.decode()
    desk.post(f"{here}leave/")
    reconciling.work(place)
    desk.post(f"/networks/{network.id}/", {"name": "arrière-boutique"})
    assert "arrière-boutique" in text(desk.get("/networks/"))
    desk.post(f"/networks/{network.id}/delete/")
    assert "Pas encore de réseau privé" in text(desk.get("/networks/"))


def test_a_private_network_is_made_from_its_page_and_chosen_in_an_order(
    owner: Customer, instance: UUID, tmp_path: Path
) -> None:
    desk, place = at_desk(owner.person), reconciling.ground(tmp_path)
    project = str(projects(owner.scope, owner.organization)[0].id)
    desk.post("/networks/", {"name": "interne", "region": "ma-temara", "project": project})
    (network,) = networks(owner.scope)
    desk.post(ORDER, {**order_form(desk), "name": "ventes", "network": str(network.id)})
    reconciling.work(place)
    assert "ventes" in text(desk.get(f"/networks/{network.id}/"))
    wrong = desk.post("/networks/", {"name": "interne", "region": "ma-temara", "project": project})
    assert (wrong.status_code, "Choisissez un autre nom" in text(wrong)) == (422, True)


def test_settings_that_may_change_are_changed_from_a_page(owner: Customer, instance: UUID, tmp_path: Path) -> None:
    desk, here = at_desk(owner.person), f"/services/{instance}/settings/"
    assert "more" not in main(desk, here)
    assert desk.post(here, {"p-flavour": "salt"}).status_code == 422
    desk.post(here, {"p-flavour": "mint"})
    reconciling.work(reconciling.ground(tmp_path))
    assert service(owner.scope, instance).parameters["flavour"] == "mint"


def test_what_credentials_may_do_is_chosen_and_changed(owner: Customer, instance: UUID, tmp_path: Path) -> None:
    desk, place = at_desk(owner.person), reconciling.ground(tmp_path)
    here = f"/services/{instance}/bindings/"
    desk.post(here, {"name": "rapports", "role": "reader"})
    reconciling.work(place)
    assert "Lit seulement" in main(desk, here)
    assert 'value="reader" selected' in desk.get(f"{here}rapports/change/").content.decode()
    desk.post(f"{here}rapports/change/", {"role": "writer"})
    desk.post(f"{here}rapports/reset/")
    reconciling.work(place)
    assert "Lit et écrit main" in text(desk.get(here))
    assert desk.get(f"{here}personne/change/").status_code == 404


def test_what_waits_for_its_turn_can_be_taken_back(owner: Customer, instance: UUID, tmp_path: Path) -> None:
    desk = at_desk(owner.person)
    desk.post(f"/services/{instance}/bindings/", {"name": "rapports", "role": "owner"})
    page = main(desk, f"/services/{instance}/")
    assert "Ce qui peut encore être annulé" in page
    address = page.partition(f'action="/services/{instance}/cancel/')[2].partition('"')[0]
    desk.post(f"/services/{instance}/cancel/{address}")
    assert "Ce qui peut encore être annulé" not in main(desk, f"/services/{instance}/")


def test_a_renamed_service_is_shown_under_its_new_name(owner: Customer, instance: UUID) -> None:
    desk = at_desk(owner.person)
    desk.post(f"/services/{instance}/rename/", {"name": "قاعدة المحاسبة"})
    assert "قاعدة المحاسبة" in text(desk.get("/services/"))


def test_usage_lists_what_each_service_used_and_cost(owner: Customer, instance: UUID) -> None:
    page = text(at_desk(owner.person).get("/usage/"))
    assert "compta" in page
    assert "1,20 MAD" in page


def test_a_service_in_trouble_says_why_in_the_readers_language(buyer: Customer, desk: Client) -> None:
    from souk.kernel.scope import acting
    from souk.provisioning.models import ServiceInstance

    instance = reconciling.order(buyer)
    with acting(System("test")):
        ServiceInstance.objects.filter(id=instance).update(
            state="failed", trouble="The engine does not answer; this goes on as soon as it does."
        )
    page = text(desk.get(f"/services/{instance}/"))
    assert "Le service n’a pas pu être créé" in page
    assert "The engine" not in page


def test_the_list_narrows_to_the_chosen_project_and_says_so(buyer: Customer, desk: Client) -> None:
    reconciling.order(buyer, "en production")
    desk.post("/organization/projects/", {"name": "Essais"})
    essays = next(each for each in projects(buyer.scope, buyer.organization) if each.name == "Essais")
    desk.post("/organization/switch/", {"organization": str(buyer.organization), "project": str(essays.id)})
    page = text(desk.get("/services/"))
    assert "Seul ce projet est affiché : Essais" in page
    assert "en production" not in page
    desk.post("/organization/switch/", {"organization": str(buyer.organization)})
    assert "en production" in text(desk.get("/services/"))


def test_a_service_is_restored_in_place_and_back_from_its_pages(owner: Customer, tmp_path: Path) -> None:
    desk, place = at_desk(owner.person), reconciling.ground(tmp_path)
    with vault():
        ensure_storage()
        instance = reconciling.order(owner)
        reconciling.work(place)
        catch_up()
        here = f"/services/{instance}/backups/"
        desk.post(f"{here}new/")
        reconciling.forget_leases()
        reconciling.work(place)
        assert desk.post(f"{here}in-place/", {"until": "2001-01-01T00:00:00"}).status_code == 422
        later = clock.now() + timedelta(seconds=2)
        until = later.astimezone(FISCAL_ZONE).isoformat(timespec="seconds")[:19]
        with clock.at(later):
            assert desk.post(f"{here}in-place/", {"until": until}).status_code == 302
        reconciling.work(place)
        assert "Annuler la restauration" in text(desk.get(here))
        assert "Abandonner l’état d’avant la dernière restauration" in text(desk.get(f"{here}in-place/"))
        desk.post(f"{here}undo/")
        reconciling.work(place)
        assert service(owner.scope, instance).state == "ready"


def test_a_service_is_backed_up_and_restored_from_its_page(owner: Customer, tmp_path: Path) -> None:
    desk, place = at_desk(owner.person), reconciling.ground(tmp_path)
    with vault():
        ensure_storage()
        instance = reconciling.order(owner)
        reconciling.work(place)
        catch_up()
        here = f"/services/{instance}/backups/"
        assert "Il n’y a pas encore de sauvegarde" in text(desk.get(here))
        desk.post(f"{here}new/")
        reconciling.forget_leases()
        reconciling.work(place)
        page = desk.get(here).content.decode()
        assert "Complète" in page
        key = page.partition('name="key" value="')[2].partition('"')[0]
        wrong = desk.post(here, {"name": "copie", "until": "2001-01-01T00:00:00", "key": key})
        assert wrong.status_code == 422
        assert "peut être restauré à tout instant" in text(wrong)
        made = [desk.post(here, {"name": "copie", "until": "", "key": key}).url for _ in range(2)]
        assert made[0] == made[1]
        reconciling.work(place)
        assert "copie" in text(desk.get(made[0]))
