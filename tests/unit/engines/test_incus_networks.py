"""Which networks the host has a way to, as the kernel lists them."""

from souk.engines.incus.networks import routed

_TABLE = """eth0\t00000000\t010200C0\t0003\t0\t0\t0\t00000000\t0\t0\t0
eth0\t000200C0\t00000000\t0001\t0\t0\t0\t00FFFFFF\t0\t0\t0
souk-demo\t0040400A\t00000000\t0001\t0\t0\t0\t00FFFFFF\t0\t0\t0
vpn0\t0000100A\t00000000\t0001\t0\t0\t0\t0000F0FF\t0\t0\t0
vpn0\t070010AC\t00000000\t0005\t0\t0\t0\tFFFFFFFF\t0\t0\t0"""


def test_every_route_but_the_default_one_is_a_network():
    assert [str(each) for each in routed(_TABLE.splitlines())] == [
        "192.0.2.0/24",
        "10.64.64.0/24",
        "10.16.0.0/12",
        "172.16.0.7/32",
    ]
