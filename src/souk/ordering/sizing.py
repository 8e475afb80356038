"""From a plan and disk beyond it to a size, as far as the price knows such disk."""

from __future__ import annotations

from souk.catalog.pricing import EXTRA_DISK, PUBLIC_ADDRESS, FrozenPrice
from souk.catalog.queries import Sellable
from souk.ordering import errors
from souk.provisioning.contract import GIB, Size

MOST_GIB = 16 * 1024
"""How many gibibytes a machine may have beyond its plan."""

LEAST_MARGIN, MARGIN_SHARE = GIB, 0.10
"""What a smaller disk must leave beyond what is on it: a tenth of that, a gibibyte at least."""


def size(sold: Sellable, extra_gib: int) -> Size:
    """The size of a plan with whole gibibytes of disk beyond it.

    Raises:
        ExtraDiskOutOfRange, ExtraDiskNotSold.
    """
    extra = beyond(extra_gib)
    if extra:
        priced(sold.price)
    return Size(sold.vcpus, sold.memory, sold.disk + extra, sold.members, extra)


def beyond(gib: int) -> int:
    """So many gibibytes beyond the plan, in bytes.

    Raises:
        ExtraDiskOutOfRange.
    """
    if not 0 <= gib <= MOST_GIB:
        raise errors.ExtraDiskOutOfRange(most=MOST_GIB)
    return gib * GIB


def priced(price: FrozenPrice) -> None:
    """See that a price knows disk beyond the plan.

    Raises:
        ExtraDiskNotSold.
    """
    if EXTRA_DISK not in price.tiers:
        raise errors.ExtraDiskNotSold


def addressed(price: FrozenPrice) -> None:
    """See that a price knows public addresses.

    Raises:
        PublicAddressNotSold.
    """
    if PUBLIC_ADDRESS not in price.tiers:
        raise errors.PublicAddressNotSold


def roomy(name: str, used: int, disk: int) -> None:
    """See that a smaller disk leaves room beyond what is on it.

    Raises:
        DiskTooSmall.
    """
    needed = used + max(LEAST_MARGIN, int(used * MARGIN_SHARE))
    if disk < needed:
        raise errors.DiskTooSmall(name=name, used=shown(used), needed=shown(needed), given=shown(disk))


def shown(count: int) -> str:
    """Bytes as a reader of a sentence wants them."""
    return f"{count / GIB:.1f} GiB"
