"""A site's certificate authority: one key, sealed for the worker, that signs its endpoints' certificates."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import timedelta
from uuid import UUID

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from souk.kernel import clock, secrets
from souk.kernel.errors import NotFound
from souk.sites.models import CertificateAuthority, Site

LIFETIME = timedelta(days=3650)


@dataclass(frozen=True)
class Authority:
    """PEM texts of a site's authority; the key is clear only in the worker."""

    certificate: str
    key: str = field(repr=False)


def ensure(site: Site) -> None:
    """Make the site's authority if it has none."""
    if CertificateAuthority.objects.filter(site=site).exists():
        return
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, f"Souk {site.name} CA")])
    now = clock.now()
    certificate = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - timedelta(hours=1))
        .not_valid_after(now + LIFETIME)
        .add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
        .add_extension(
            x509.KeyUsage(
                digital_signature=False,
                content_commitment=False,
                key_encipherment=False,
                data_encipherment=False,
                key_agreement=False,
                key_cert_sign=True,
                crl_sign=True,
                encipher_only=False,
                decipher_only=False,
            ),
            critical=True,
        )
        .add_extension(x509.SubjectKeyIdentifier.from_public_key(key.public_key()), critical=False)
        .sign(key, hashes.SHA256())
    )
    pem = key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
    CertificateAuthority.objects.create(
        site=site,
        certificate=certificate.public_bytes(serialization.Encoding.PEM).decode(),
        sealed_key=secrets.ring("master").seal(pem, f"ca:{site.id}"),
        expires_at=now + LIFETIME,
    )


def certificate(site: UUID) -> str:
    """The authority's certificate, for clients to trust."""
    row = CertificateAuthority.objects.filter(site_id=site).only("certificate").first()
    if row is None:
        raise NotFound
    return row.certificate


def unlock(site: UUID) -> Authority:
    """The authority with its key; only the worker holds what opens it."""
    row = CertificateAuthority.objects.get(site_id=site)
    key = secrets.ring("master").open(bytes(row.sealed_key), f"ca:{site}")
    return Authority(row.certificate, key.decode())
