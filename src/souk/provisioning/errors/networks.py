"""Private networks. Each docstring is the sentence that is shown."""

from __future__ import annotations

from souk.kernel.errors import Conflict, NotFound, Problem


class NetworkMissing(NotFound):
    """There is no such private network."""

    field = "network"


class InvalidNetworkName(Problem):
    """A network's name has 1 to 63 characters, in any script, on one line."""

    status = 422
    field = "name"


class NetworkNameTaken(Conflict):
    """The project has a network “{name}” already. Choose another name."""

    field = "name"


class TooManyPrivateNetworks(Conflict):
    """A project has at most {most} private networks. Delete one first."""


class NoSubnet(Conflict):
    """The region has no addresses left for another private network. Tell the operator."""


class NetworkFull(Conflict):
    """All addresses of “{name}” are in use. Choose another network."""

    field = "network"


class NetworkInUse(Conflict):
    """These services are in “{name}”: {services}. Take them out of it or delete them first."""


class NetworkElsewhere(Problem):
    """“{name}” is another project's network, or in another region. Choose one of the service's project and region."""

    status = 422
    field = "network"


class AlreadyAttached(Conflict):
    """“{name}” is in the network “{network}” already. Take it out of that first."""


class NotAttached(Conflict):
    """“{name}” is in no private network. Put it into one first."""


class NotAttachedYet(Conflict):
    """“{name}” is not reached in its private network yet. Close it to others once it is."""


class ReachedInNetworkOnly(Conflict):
    """“{name}” is closed to everyone outside of its private network: taken out of it, nobody could reach it. Open it to
    others first.
    """


class ClosesToOutside(Conflict):
    """Only what is in the network “{network}” will reach “{name}”: every connection from outside ends, from your own
    address {address} too. Confirm that this is meant.
    """

    field = "confirm"
