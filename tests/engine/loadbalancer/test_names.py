"""A load balancer's own names: certificates by ACME from a real server in the world outside."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from cryptography import x509
from tests.engine.loadbalancer.conftest import Balanced, pool
from tests.support.dns import zone
from tests.support.outside import outside
from tests.support.street import LASTS, NAME, WWW, Street, at_street, soon

pytestmark = pytest.mark.engine


@pytest.fixture(scope="module")
def street(balanced: Balanced, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Street]:
    with (
        outside() as world,
        zone(world.host) as served,
        at_street(balanced, world, served, tmp_path_factory.mktemp("acme")) as there,
    ):
        yield there


def test_names_get_certificates_are_renewed_and_lead_to_the_main_one_while_clients_are_served(
    street: Street, balanced: Balanced
) -> None:
    before = street.shown()
    street.serve(NAME, WWW, main=NAME, hsts=True)
    assert soon(lambda: street.certified(NAME).until and street.certified(WWW).until), street.story
    assert soon(lambda: street.shown().issuer != before.issuer and street.shown(WWW).issuer != before.issuer)
    named = street.shown(WWW).extensions.get_extension_for_class(x509.SubjectAlternativeName).value
    assert named.get_values_for_type(x509.DNSName) == [WWW]
    status, headers, _body = street.asked(f"https://{NAME}/")
    assert (status, headers["strict-transport-security"]) == (200, "max-age=31536000")
    for url in (f"http://{WWW}/a?b=c", f"http://{NAME}/a?b=c", f"https://{WWW}/a?b=c"):
        status, headers, _ = street.asked(url)
        assert (status, headers["location"]) == (308, f"https://{NAME}/a?b=c")
    first = street.shown().serial_number
    assert soon(lambda: street.shown().serial_number != first, within=2 * LASTS), street.story
    # Configured anew, it has them still; told of none, it answers to its own name alone.
    balanced.configure(pools=[pool("un", "deux", sticky=True)])
    assert street.shown().issuer != before.issuer
    street.serve()
    assert soon(lambda: street.shown().issuer == before.issuer)
    balanced.configure(pools=[pool("un", "deux")])
