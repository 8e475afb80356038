"""An instance's private network: its name, and the addresses in it."""

from __future__ import annotations

from souk.provisioning.reconciler.records import Subject, own_network

PRIVATE = "169.254.77."
"""Each private network has these addresses, and none of them leaves it: members by their number, below ten."""

_FIRST, _MOST = 10, 230


def network_of(subject: Subject) -> str:
    """The name of the instance's private network."""
    return own_network(subject.row.label)


def pair(leader: str, follower: str) -> tuple[str, str]:
    """The addresses of two machines of an instance that are there at once, by their names, whose numbers go on rising.
    One that led has the address that it had when it followed, and no two share one.
    """
    first, second = (int(name.rpartition("-")[2]) % _MOST for name in (leader, follower))
    if second == first:
        second = (second + 1) % _MOST
    return f"{PRIVATE}{_FIRST + first}", f"{PRIVATE}{_FIRST + second}"
