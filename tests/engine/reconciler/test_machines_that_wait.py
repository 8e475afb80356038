"""A machine that waits ready, taken by an order on the real engine: the customer's alone, and like any other."""

from __future__ import annotations

import psycopg
import pytest
from django.db import connection
from tests.engine.reconciler.conftest import Shop
from tests.engine.reconciler.test_killed_for_real import until
from tests.support.connecting import signed_in

from souk.blueprints.postgresql import probing
from souk.blueprints.postgresql.warmer import PREPARER
from souk.kernel import secrets
from souk.kernel.scope import System, acting
from souk.provisioning import commands
from souk.provisioning.models import WarmMachine
from souk.provisioning.queries import operations, service

pytestmark = pytest.mark.engine


def _waiting() -> WarmMachine | None:
    with acting(System("test")):
        return (
            WarmMachine.objects.filter(ready_at__isnull=False, taken_at__isnull=True).select_related("machine").first()
        )


def test_a_waiting_machine_becomes_the_customers_alone(shop_with_waiting_machine: Shop) -> None:
    shop = shop_with_waiting_machine
    shop.worker.start()
    assert until(_waiting), shop.worker.log
    waited = _waiting()
    assert waited is not None
    password = secrets.ring("master").open(bytes(waited.sealed_password), f"warm:{waited.id}").decode()
    instance = shop.order("compta")
    assert until(lambda: service(shop.buyer.scope, instance).state == "ready"), shop.worker.log
    row = service(shop.buyer.scope, instance)
    assert row.address == waited.machine.address
    assert [entry["step"] for entry in operations(shop.buyer.scope, instance)[0].log] == [
        "prepare",
        "configure",
        "probe",
    ]
    with signed_in(shop.buyer.scope, instance) as options:
        with psycopg.connect(**options) as client:
            client.execute("create table essai as select generate_series(1, 3) as n")
            rows = client.execute("select rolname from pg_roles where rolsuper").fetchall()
            bases = client.execute("select datname from pg_database where not datistemplate order by 1").fetchall()
        assert rows == [("postgres",)]
        assert bases == [("app",), ("postgres",)]
        with pytest.raises(psycopg.OperationalError, match="authentication failed"):
            psycopg.connect(**{**options, "user": PREPARER, "password": password, "dbname": "postgres"})
        commands.restart_instance(shop.buyer.scope, instance)
        assert until(lambda: operations(shop.buyer.scope, instance)[0].state == "succeeded"), shop.worker.log
        with psycopg.connect(**options) as client:
            assert client.execute("select count(*) from essai").fetchone() == (3,)
    observed = shop.engine.machine(waited.machine.name)
    assert observed is not None
    assert observed.labels["instance"] == str(instance)


def test_nobody_but_the_platform_signs_in_to_a_machine_that_waits(shop_with_waiting_machine: Shop) -> None:
    shop = shop_with_waiting_machine
    shop.worker.start()
    assert until(_waiting), shop.worker.log
    waited = _waiting()
    assert waited is not None
    with connection.cursor() as cursor:
        cursor.execute("select certificate from sites_certificateauthority")
        authority = cursor.fetchone()[0]
    with probing.certificate_file(authority) as file:
        for user in ("app", "postgres", "souk_pooler", PREPARER):
            with pytest.raises(psycopg.OperationalError, match=r"authentication failed|rejects connection"):
                psycopg.connect(
                    hostaddr=waited.machine.address,
                    host=f"{waited.machine.name.rpartition('-')[0]}.{_domain()}",
                    user=user,
                    password="app",
                    dbname="postgres",
                    sslmode="verify-full",
                    sslrootcert=file,
                    connect_timeout=5,
                )


def _domain() -> str:
    with connection.cursor() as cursor:
        cursor.execute("select domain from sites_site")
        return str(cursor.fetchone()[0])
