"""Buckets: made and deleted in a running server, under names that their customer chooses."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Any

from souk.blueprints import guests
from souk.blueprints.objectstorage import parameters
from souk.provisioning.contract import Guest, Keeps, Wanted

_BUCKET = "/usr/lib/souk/bucket"
_WITHIN = 120.0


class Buckets:
    """No name is taken by anybody else: each service has a server of its own."""

    keeps = Keeps.BUCKETS
    most = parameters.MOST_BUCKETS

    def allows(self, name: str) -> bool:
        """Whether a bucket may be called so."""
        return re.search(parameters.BUCKET_NAME, name) is not None

    def names(self, given: Mapping[str, Any]) -> Sequence[str]:
        """The buckets, in the order in which they were asked for."""
        return parameters.buckets(given) or [parameters.FIRST]

    def naming(self, given: Mapping[str, Any], names: Sequence[str]) -> dict[str, Any]:
        """The parameters of a service with these buckets."""
        return {**given, "buckets": list(names)}

    def create(self, guest: Guest, wanted: Wanted, name: str) -> None:
        """Have the bucket; one that was made through S3 is kept as it is.

        Raises:
            ConfigurationFailed.
        """
        guests.run(guest, _BUCKET, {**_endpoint(wanted), "do": "make", "name": name}, timeout=_WITHIN)

    def drop(self, guest: Guest, wanted: Wanted, name: str) -> None:
        """Delete the bucket, with all objects and all of their versions.

        Raises:
            Declined: objects are locked.
            ConfigurationFailed.
        """
        document = {**_endpoint(wanted), "do": "drop", "name": name}
        guests.run(guest, _BUCKET, document, timeout=_WITHIN, refusals={"locked": _LOCKED})


def _endpoint(wanted: Wanted) -> dict[str, object]:
    return {"address": wanted.address, "hostname": wanted.hostname, "timeout": _WITHIN - 10}


def _(message: str) -> str:
    """Marks a message id; whoever shows it translates it."""
    return message


_LOCKED = _("Objects in this bucket are locked until a date that lies ahead, or are held. It can't be deleted before.")
