"""Public addresses and the rules of what passes. Each docstring is the sentence that is shown."""

from __future__ import annotations

from souk.kernel.errors import Conflict, NotFound, Problem


class AddressMissing(NotFound):
    """There is no such public address."""

    field = "address"


class RangeMissing(NotFound):
    """There is no such range of public addresses."""


class InvalidRange(Problem):
    """“{given}” is no range of public IPv4 addresses. Write it like 203.0.113.0/24, from /16 to /32."""

    status = 422
    field = "network"


class RangeTaken(Conflict):
    """{network} overlaps {other}, which is in use already. Choose a range that is routed to this site only."""

    field = "network"


class RangeInUse(Conflict):
    """{count} addresses of {network} belong to customers. Withdraw it once they have given them back."""


class NoPublicAddress(Conflict):
    """The region has no public address left. Tell the operator."""


class AddressQuotaExceeded(Conflict):
    """Your organization may have {limit} public addresses, and has {used}. Give one back, or ask for more."""


class HasPublicAddress(Conflict):
    """“{name}” has the public address {address} already. Take that away first."""


class HasNoPublicAddress(Conflict):
    """“{name}” has no public address. Give it one first."""


class AddressElsewhere(Problem):
    """{address} belongs to another project, or is in another region. Choose one of the service's project and region."""

    status = 422
    field = "address"


class AddressInUse(Conflict):
    """{address} still leads to “{name}”. Take it away there first."""

    field = "address"


class NoFirewall(Conflict):
    """This kind of service is reached at the ports at which it serves, and nowhere else. Choose the networks that may
    reach it instead.
    """


class InvalidDirection(Problem):
    """“{given}” is no direction. Write in for what reaches the machine, out for what it begins."""

    status = 422
    field = "direction"


class InvalidProtocol(Problem):
    """“{given}” is no protocol that can be let through. Choose tcp, udp, icmp or any."""

    status = 422
    field = "protocol"


class InvalidPorts(Problem):
    """“{given}” are no ports. Write one like 443, a range like 8000-8010, or nothing for all of them."""

    status = 422
    field = "ports"


class PortsWithoutProtocol(Problem):
    """Only tcp and udp have ports, “{protocol}” has none. Leave them out, or choose another protocol."""

    status = 422
    field = "ports"


class NoNetworks(Problem):
    """A rule without any network lets nobody through. Name one, let everyone through, or leave the rule out."""

    status = 422
    field = "networks"


class TooManyNetworksInRule(Problem):
    """A rule has at most {most} networks. Put them together into larger ones, or write another rule."""

    status = 422
    field = "networks"


class TooManyRules(Problem):
    """A machine has at most {most} rules. Put some of them together."""

    status = 422
    field = "rules"


class MailFromSharedAddress(Conflict):
    """Mail between servers (port 25) leaves only from a public address of the machine's own. Give “{name}” one first,
    or hand mail to your provider at port 587.
    """

    field = "rules"


class NothingToUndo(Conflict):
    """The rules of “{name}” were never changed."""
