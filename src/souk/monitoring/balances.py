"""How load balancers see those that they lead to."""

from __future__ import annotations

from souk.kernel.scope import acting
from souk.monitoring.samples import WORKER
from souk.provisioning import balancing
from souk.provisioning.targets import Target


def ask(target: Target) -> None:
    """Ask a service how its members are, if it leads to any.

    Raises:
        ConfigurationFailed: it does not tell.
    """
    balancer = target.blueprint.balancer
    if balancer is None:
        return
    found = balancer.standing(target.wanted, target.credentials, target.authority)
    with acting(WORKER):
        balancing.note(target.instance, target.organization, found)
