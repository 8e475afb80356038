"""Who may open what: visitors sign in, customers do not learn of the operator's pages, only a POST changes anything."""

from __future__ import annotations

import pytest
from django.test import Client
from django.urls import URLPattern, reverse
from django.urls.converters import UUIDConverter
from tests.database.console.desks import visitor
from tests.support.world import Customer, customer

from souk.doors.console.urls import urlpatterns
from souk.kernel.ids import new_id

pytestmark = pytest.mark.django_db
OPEN = {"home", "market", "offering"}
NOT_READ = {
    "order-price",
    "switch",
    "invite",
    "withdraw",
    "change-role",
    "remove-member",
    "token-revoke",
    "project-new",
}
NOT_READ |= {"service-stop", "service-start", "service-restart", "service-credentials", "order-cancel"}
NOT_READ |= {"service-recover", "service-protect", "service-unprotect", "operation-cancel", "backup-now"}
NOT_READ |= {"binding-reveal", "binding-rotate", "binding-revoke", "binding-reset", "restore-undo"}
NOT_READ |= {"service-switchover", "webhook-remove", "webhook-try"}
NOT_READ |= {"operator-bill", "operator-pay", "operator-allocate", "operator-move", "operator-price"}
NOT_READ |= {"service-update", "operator-service-suspend", "operator-service-resume", "operator-pool"}
NOT_READ |= {f"operator-host-{verb}" for verb in ("evacuate", "move", "rack", "take")}
NOT_READ |= {"name-check", "name-remove", "service-growth", "service-plan-price", "export-delete"}
NOT_READ |= {"service-rehearse", "service-upgrade", "network-delete", "service-network-leave"}
NOT_READ |= {"roll-back", "snapshot-delete", "release-take", "stage", "publish"}
NOT_READ |= {"address-release", "service-address-take", "firewall-remove", "firewall-undo"}
NOT_READ |= {"operator-range-add", "operator-range-withdraw"}
NOT_READ |= {"broker-publish", "broker-remove", "broker-try", "broker-usage-key"}
NOT_READ |= {"operator-service-forget", "names-arrange", "names-lead"}
NOT_READ |= {"zone-check", "zone-sign", "zone-remove", "zone-records-remove"}
NOT_READ |= {"pool-delete", "member-change", "listener-delete"}


def address(pattern: URLPattern) -> str:
    texts = {
        "slug": "exemple",
        "token": "x",
        "kind": "pdf",
        "name": "default",
        "form": "text",
        "version": "17",
        "number": "1",
        "zone": "example.ma",
        "pool": "web",
        "port": 443,
    }
    converters = pattern.pattern.converters
    arguments = {
        name: new_id() if isinstance(kind, UUIDConverter) else texts[name] for name, kind in converters.items()
    }
    return reverse(pattern.name or "", kwargs=arguments)


PATTERNS = {pattern.name or "": pattern for pattern in urlpatterns}


@pytest.mark.parametrize("name", sorted(set(PATTERNS) - OPEN - NOT_READ))
def test_a_visitor_is_sent_to_sign_in_and_back(name: str) -> None:
    wanted = address(PATTERNS[name])
    assert visitor().get(wanted).url == f"/accounts/login/?next={wanted}"


@pytest.mark.parametrize("name", sorted(NOT_READ))
def test_what_changes_something_refuses_to_be_read(desk: Client, name: str) -> None:
    assert desk.get(address(PATTERNS[name])).status_code == 405


@pytest.mark.parametrize("name", sorted(name for name in PATTERNS if name.startswith("operator")))
def test_a_customer_does_not_learn_of_the_operators_pages(desk: Client, name: str) -> None:
    method = desk.post if name in NOT_READ else desk.get
    assert method(address(PATTERNS[name])).status_code == 404


@pytest.mark.parametrize("name", ["service", "service-delete", "order", "invoice", "service-authority"])
def test_what_does_not_exist_is_a_page_that_says_so(desk: Client, name: str) -> None:
    answer = desk.get(address(PATTERNS[name]))
    assert answer.status_code == 404
    assert b"sk-problem" in answer.content


def test_a_part_of_a_page_does_not_become_the_sign_in_form(buyer: Customer) -> None:
    assert visitor().get("/services/", headers={"HX-Request": "true"}).status_code == 401


def test_a_form_from_elsewhere_changes_nothing(buyer: Customer) -> None:
    from souk.parties.models import Person

    client = Client(enforce_csrf_checks=True)
    client.force_login(Person.objects.get(id=buyer.person), backend="django.contrib.auth.backends.ModelBackend")
    assert client.post("/organization/projects/", {"name": "Essais"}).status_code == 403


def test_choosing_an_organization_one_does_not_belong_to_changes_nothing(desk: Client, buyer: Customer) -> None:
    other = customer("Autre SARL")
    desk.post("/organization/switch/", {"organization": str(other.organization)})
    assert b"Autre SARL" not in desk.get("/organization/").content


@pytest.mark.parametrize("elsewhere", ["https://example.com/", "//example.com/", "javascript:alert(1)"])
def test_switching_never_leads_to_another_site(desk: Client, buyer: Customer, elsewhere: str) -> None:
    answer = desk.post("/organization/switch/", {"organization": str(buyer.organization), "next": elsewhere})
    assert answer.url == "/"
