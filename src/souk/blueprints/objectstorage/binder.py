"""Bindings: each has a bucket of its own, and a key that opens this bucket and no other."""

from __future__ import annotations

from souk.blueprints import guests
from souk.blueprints.objectstorage import naming
from souk.provisioning.contract import BindingRole, Credentials, Guest, Wanted

_BIND = "/usr/lib/souk/bind"
_BIND_WITHIN = 60.0


class BucketBinder:
    """The binding's name is its access key; the bucket is what its credentials call the database."""

    roles = (BindingRole.OWNER,)

    def binding(self, wanted: Wanted, name: str, password: str) -> Credentials:
        """The key and the bucket of a binding.

        Raises:
            Declined: the name is reserved, or can't become a bucket's.
        """
        del wanted
        return Credentials(name, password, naming.bucket(name))

    def grant(
        self, guest: Guest, wanted: Wanted, credentials: Credentials, role: BindingRole = BindingRole.OWNER
    ) -> None:
        """Have the bucket, and let the key read, write and list it; ends when the server accepts the key.

        Raises:
            ConfigurationFailed.
        """
        del role
        document = {
            **_endpoint(wanted),
            "access_key": credentials.username,
            "secret_key": credentials.password,
            "bucket": credentials.database,
        }
        guests.run(guest, _BIND, document, timeout=_BIND_WITHIN)

    def revoke(self, guest: Guest, wanted: Wanted, username: str) -> None:
        """Let the key open nothing any more; the bucket stays, with all that is in it.

        Raises:
            ConfigurationFailed.
        """
        guests.run(guest, _BIND, {**_endpoint(wanted), "access_key": username}, timeout=_BIND_WITHIN)


def _endpoint(wanted: Wanted) -> dict[str, object]:
    return {"address": wanted.address, "hostname": wanted.hostname, "timeout": _BIND_WITHIN - 10}
