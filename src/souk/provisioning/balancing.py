"""Load balancers: who of them is woken when somebody comes into a network or goes, and what they told of members."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict
from uuid import UUID

from django.db import connection

from souk.kernel import clock
from souk.provisioning.contract import MemberSeen
from souk.provisioning.models import Balance, ServiceInstance
from souk.provisioning.registry import balancers

# A stopped one is told when it starts.
_WAKE = """
update provisioning_convergence set generation = generation + 1, next_at = now(), attempts = 0
where subject = any(select id from provisioning_serviceinstance
                    where project_id = %s and site_id = %s and id <> %s and blueprint = any(%s) and desired = 'running')
"""


def wake_beside(row: ServiceInstance) -> None:
    """Have the reconciler look at the load balancers of an instance's project, in the running transaction: the instance
    has come into a private network, or goes out of it.
    """
    with connection.cursor() as cursor:
        cursor.execute(_WAKE, [row.project_id, row.site_id, row.id, balancers()])
        if cursor.rowcount:
            cursor.execute("select pg_notify('souk_convergence', '')")


def note(instance: UUID, organization: UUID, found: Sequence[MemberSeen]) -> None:
    """Keep how members were seen, in the transaction that the caller has open."""
    members = [{**asdict(each), "since": each.since.isoformat() if each.since else None} for each in found]
    Balance.objects.update_or_create(
        instance_id=instance,
        defaults={"organization_id": organization, "at": clock.now(), "members": members},
    )
