"""What monitoring reads: for the operator, and for nobody else."""

from __future__ import annotations

import pytest
from django.test import Client
from tests.support.reconciling import order
from tests.support.world import customer, operator

from souk.parties.commands import create_token

pytestmark = pytest.mark.django_db


def test_an_operator_reads_the_platforms_state() -> None:
    order(customer())
    token = create_token(operator().person, "prometheus").token
    answer = Client().get("/metrics", headers={"Authorization": f"Bearer {token}"})
    text = answer.content.decode()
    assert answer.status_code == 200
    assert 'souk_service_instances{state="pending"} 1.0' in text
    assert "souk_convergence_due 1.0" in text
    assert 'souk_capacity_promised_ratio{resource="vcpus",site="tem1"}' in text


@pytest.mark.parametrize("signed_in", [False, True])
def test_nobody_else_does(signed_in: bool) -> None:
    headers = {"Authorization": f"Bearer {customer().token()}"} if signed_in else {}
    assert Client().get("/metrics", headers=headers).status_code == (404 if signed_in else 401)
