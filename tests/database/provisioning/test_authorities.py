"""A site's authority: what it signed is renewed in time, and its own end is said."""

from __future__ import annotations

from datetime import datetime, timedelta
from uuid import UUID

from django.utils import translation
from tests.support.reconciling import forget_leases, order, work
from tests.support.world import Customer

from souk.kernel import clock
from souk.kernel.scope import System, acting
from souk.provisioning.models import Endpoint
from souk.provisioning.queries import service
from souk.provisioning.reconciler.converge import Ground
from souk.sites import authority


def _ends(instance: UUID) -> datetime:
    with acting(System("test")):
        return Endpoint.objects.values_list("certificate_expires_at", flat=True).get(instance_id=instance)


def test_a_certificate_is_renewed_before_it_ends(place: Ground, instance: UUID) -> None:
    first = _ends(instance)
    with clock.at(first - timedelta(days=20)):
        forget_leases()
        work(place)
        assert _ends(instance) > first


def test_an_authority_that_has_ended_is_told_and_goes_on_when_there_is_another(place: Ground, buyer: Customer) -> None:
    instance = order(buyer)
    with clock.at(clock.now() + authority.LIFETIME + timedelta(days=1)):
        work(place, rounds=1)
    with translation.override("en"):
        assert "certificate authority has ended" in service(buyer.scope, instance).trouble
    forget_leases()
    work(place)
    assert (service(buyer.scope, instance).state, service(buyer.scope, instance).trouble) == ("ready", "")
