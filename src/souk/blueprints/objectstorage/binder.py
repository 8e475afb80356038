"""Bindings: keys. An owner's may do everything in all buckets; a writer's and a reader's reach objects in one."""

from __future__ import annotations

from souk.blueprints import guests
from souk.blueprints.objectstorage import naming
from souk.provisioning.contract import BindingRole, Credentials, Guest, Wanted

_BIND = "/usr/lib/souk/bind"
_BIND_WITHIN = 60.0


class KeyBinder:
    """The binding's name is its access key; the bucket is what its credentials call the database."""

    roles = tuple(BindingRole)

    def binding(self, wanted: Wanted, name: str, password: str) -> Credentials:
        """The key of a binding, with a bucket of its own unless it is given another one.

        Raises:
            Declined: the name is reserved, or can't become a bucket's.
        """
        del wanted
        return Credentials(name, password, naming.bucket(name))

    def grant(
        self, guest: Guest, wanted: Wanted, credentials: Credentials, role: BindingRole = BindingRole.OWNER
    ) -> None:
        """Let the key do what its role may; a writer's or a reader's bucket is made if it is not there. Ends when the
        server accepts the key.

        Raises:
            ConfigurationFailed.
        """
        document = {
            **_endpoint(wanted),
            "access_key": credentials.username,
            "secret_key": credentials.password,
            "bucket": credentials.database,
            "role": role,
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
