"""Certificates of endpoints, signed by their site's authority."""

from __future__ import annotations

import ipaddress
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

from souk.kernel import clock, redaction
from souk.sites.authority import Authority

LIFETIME = timedelta(days=397)


class AuthorityEnded(Exception):
    """The site's authority has ended: what it signs now is worth nothing."""


@dataclass(frozen=True)
class Issued:
    """A server's certificate and key as PEM texts, and when it expires."""

    certificate: str
    key: str = field(repr=False)
    expires_at: datetime


def issue(authority: Authority, hostname: str, address: str, others: Sequence[str] = ()) -> Issued:
    """A fresh key and a certificate for it, naming the endpoint by DNS name, by address, and by `others` of both kinds.

    Raises:
        AuthorityEnded: nobody would trust it.
    """
    signer = serialization.load_pem_private_key(authority.key.encode(), None)
    if not isinstance(signer, ec.EllipticCurvePrivateKey):
        raise TypeError("a site's authority has an elliptic-curve key")
    parent = x509.load_pem_x509_certificate(authority.certificate.encode())
    key = ec.generate_private_key(ec.SECP256R1())
    now = clock.now()
    expires = min(now + LIFETIME, parent.not_valid_after_utc)
    if expires <= now:
        raise AuthorityEnded(f"the site's authority ended on {expires:%Y-%m-%d}")
    named = [_general(name) for name in (hostname, *others, address)]
    names = sorted(named, key=lambda name: isinstance(name, x509.IPAddress))
    certificate = (
        x509.CertificateBuilder()
        .subject_name(x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, hostname[:64])]))
        .issuer_name(parent.subject)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - timedelta(hours=1))
        .not_valid_after(expires)
        .add_extension(x509.SubjectAlternativeName(names), critical=False)
        .add_extension(x509.BasicConstraints(ca=False, path_length=None), critical=True)
        .add_extension(x509.ExtendedKeyUsage([ExtendedKeyUsageOID.SERVER_AUTH]), critical=False)
        .add_extension(
            x509.AuthorityKeyIdentifier.from_issuer_public_key(parent.public_key()),  # type: ignore[arg-type]
            critical=False,
        )
        .sign(signer, hashes.SHA256())
    )
    pem = key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
    redaction.remember(pem)
    return Issued(certificate.public_bytes(serialization.Encoding.PEM).decode(), pem.decode(), expires)


def _general(name: str) -> x509.DNSName | x509.IPAddress:
    try:
        return x509.IPAddress(ipaddress.ip_address(name))
    except ValueError:
        return x509.DNSName(name)
