"""What a machine is recognized by: the SSH host key that it made itself."""

from __future__ import annotations

from collections.abc import Sequence

from souk.blueprints.ssh import keys
from souk.provisioning.contract import ConfigurationFailed, Guest, Wanted

HOST_KEY = "/etc/ssh/ssh_host_ed25519_key.pub"
_LONGEST = 4096
_READ_WITHIN = 20.0


class HostKey:
    """Read from a machine whose customer is root, and may have put anything there."""

    def read(self, guest: Guest, wanted: Wanted) -> Sequence[str]:
        """The public host key, without its comment.

        Raises:
            ConfigurationFailed: there is none.
        """
        del wanted
        done = guest.execute(["head", "--bytes", str(_LONGEST), HOST_KEY], timeout=_READ_WITHIN)
        try:
            key = keys.parse(done.stdout)
        except keys.BadKey:
            raise ConfigurationFailed(f"{HOST_KEY} holds no host key") from None
        return [keys.PublicKey(key.kind, key.blob, "").line]
