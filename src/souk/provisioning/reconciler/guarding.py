"""Who may reach a machine: its own firewall holds the instance's list, from before its network is up."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from typing import Any
from uuid import UUID

from django.utils.translation import gettext_noop

from souk.provisioning.contract import ConfigurationFailed, Declined, Guest
from souk.provisioning.models import ServiceInstance
from souk.sites.queries import host_address

_GUARD = "/usr/lib/souk/guard"
_MISSING = 127
_WITHIN = 30.0
"""Seconds."""

_TOO_OLD = gettext_noop("This service's machine was made before there were such lists. Restore it into a new service.")


def guard(guest: Guest, row: ServiceInstance) -> None:
    """Have a machine that runs keep the instance's list, if it has one: a fresh machine lets everyone in.

    Raises:
        ConfigurationFailed.
    """
    if row.allowed is not None:
        let_in(guest, row.site_id, row.allowed)


def let_in(guest: Guest, site: UUID, allowed: Sequence[Mapping[str, Any]] | None) -> None:
    """Let these networks in and nobody else, or everyone; the platform itself always comes in.

    Raises:
        Declined: the machine's image knows nothing of this. ConfigurationFailed.
    """
    networks = None if allowed is None else [each["network"] for each in allowed]
    document = {"allowed": networks, "always": [host_address(site)]}
    done = guest.execute([_GUARD], stdin=json.dumps(document).encode(), timeout=_WITHIN)
    if done.exit_code == _MISSING and networks is not None:
        raise Declined(_TOO_OLD)
    if done.exit_code not in (0, _MISSING):
        raise ConfigurationFailed(f"the list did not take effect: {(done.stdout or done.stderr)[:300]}")
