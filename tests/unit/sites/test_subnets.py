"""Private networks are cut out of a range: none twice, none where somebody else is."""

from ipaddress import IPv4Network

from hypothesis import given
from hypothesis import strategies as st

from souk.sites import subnets

_RANGE = IPv4Network("10.192.0.0/18")
_OTHERS = st.lists(
    st.builds(
        lambda start, length: IPv4Network((int(_RANGE.network_address) + start, length), strict=False),
        st.integers(-(2**14), 2**15),
        st.integers(12, 32),
    ),
    max_size=5,
)


@given(st.sets(st.integers(0, 63), max_size=64), _OTHERS)
def test_what_is_free_is_in_the_range_and_touches_nobody(own: set[int], others: list[IPv4Network]):
    mine = [subnets.host(str(_RANGE.network_address), number * 256) for number in own]
    found = subnets.free(str(_RANGE), mine, map(str, others))
    left = [
        each
        for each in _RANGE.subnets(new_prefix=24)
        if str(each.network_address) not in mine and not any(each.overlaps(other) for other in others)
    ]
    assert found == (left[0] if left else None)
