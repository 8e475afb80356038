"""Where a webhook may lead, and where not, whatever its name resolves to."""

from __future__ import annotations

import hashlib
import hmac
import socket
from ipaddress import ip_network

import pytest

from souk.monitoring.alerts.sending import Message, Refused, checked, post, signature

MESSAGE = Message("d1", "alert.firing", b'{"a":1}', b"whsec_x", 1_700_000_000)


@pytest.mark.parametrize(
    "url",
    [
        "http://example.com/",
        "ftp://example.com/",
        "https://user:pass@example.com/",
        "https://example.com/#part",
        "https:///nowhere",
        "https://example.com:http/",
        "https://127.0.0.1/",
        "https://10.1.2.3/",
        "https://169.254.169.254/latest/meta-data",
        "https://192.168.1.1:8443/",
        "https://0.0.0.0/",
        "https://[::1]/",
        "https://[fd00::1]/",
        "https://[fe80::1]/",
        "https://[::ffff:127.0.0.1]/",
        "https://[2002:7f00:1::]/",
        "https://100.64.0.1/",
        "https://224.0.0.1/",
    ],
)
def test_an_address_that_leads_inside_or_is_no_https_is_refused(url: str) -> None:
    with pytest.raises(Refused):
        checked(url)


@pytest.mark.parametrize(
    "url", ["https://example.com/hook?x=1", "https://93.184.216.34/", "https://[2606:4700::1111]/"]
)
def test_an_address_of_the_world_outside_is_not(url: str) -> None:
    assert checked(url).scheme == "https"


@pytest.mark.parametrize("resolved", [["127.0.0.1"], ["93.184.216.34", "10.0.0.5"], ["::ffff:10.0.0.5"]])
def test_a_name_that_resolves_to_an_inner_address_is_refused(
    monkeypatch: pytest.MonkeyPatch, resolved: list[str]
) -> None:
    found = [(socket.AF_INET, socket.SOCK_STREAM, 6, "", (address, 443)) for address in resolved]
    monkeypatch.setattr(socket, "getaddrinfo", lambda *given, **more: found)
    with pytest.raises(Refused):
        post("https://hook.example/", MESSAGE)


def test_the_operator_may_allow_a_network_of_its_own(settings) -> None:
    settings.WEBHOOK_NETWORKS = [ip_network("10.1.0.0/16")]
    assert checked("https://10.1.2.3/").hostname == "10.1.2.3"
    with pytest.raises(Refused):
        checked("https://10.2.0.1/")


def test_a_receiver_checks_the_signature_with_the_secret_alone() -> None:
    told = dict(part.split("=") for part in signature(MESSAGE).split(","))
    signed = told["t"].encode() + b"." + MESSAGE.body
    assert told["v1"] == hmac.new(MESSAGE.secret, signed, hashlib.sha256).hexdigest()
