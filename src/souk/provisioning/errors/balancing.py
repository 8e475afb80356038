"""What load balancers refuse."""

from __future__ import annotations

from souk.kernel.errors import Conflict, NotFound, Problem


class NoPools(Conflict):
    """This service leads to no other ones: it has no pools."""


class PoolMissing(NotFound):
    """There is no pool “{pool}”."""


class MemberMissing(NotFound):
    """There is no member “{member}” in the pool “{pool}”."""


class MemberUnknown(Problem):
    """There is no service “{name}” in this project. Members are services of the same project, or addresses in its
    private network.
    """

    status = 422
    field = "service"


class MemberItself(Problem):
    """“{name}” is this service itself, which can't lead to itself."""

    status = 422
    field = "service"


class MemberNotInNetwork(Problem):
    """“{name}” is not in the private network “{network}”. Put it into that network first."""

    status = 422
    field = "service"


class BalancerNotInNetwork(Problem):
    """This service is in no private network, where it would reach its members. Put it into one first."""

    status = 422
    field = "service"


class MemberAddressOutside(Problem):
    """{address} is not in the private network “{network}” ({subnet}): nothing outside of it may be a member."""

    status = 422
    field = "address"


class MemberAddressOwn(Problem):
    """{address} is this service's own address, or none that a machine can have in its private network."""

    status = 422
    field = "address"


class WeightOutOfBounds(Problem):
    """A weight is a whole number from 1 to 256."""

    status = 422
    field = "weight"


class UnknownMode(Problem):
    """A member is active, draining or in maintenance."""

    status = 422
    field = "mode"
