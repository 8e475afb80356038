"""Verifiers that a server accepts, without it or anyone else learning the password."""

from __future__ import annotations

import base64
import hashlib
import hmac

import pytest

from souk.blueprints.postgresql.scram import scram_keys, scram_verifier

# RFC 7677, section 3: user "user", password "pencil".
SALT = base64.b64decode("W22ZaJ0SNY7soEsUEjb6gQ==")
MESSAGE = (
    b"n=user,r=rOprNGfwEbeRWgbNEkqO,"
    b"r=rOprNGfwEbeRWgbNEkqO%hvYDpWUa2RaTCAfuxFIlj)hNlF$k0,s=W22ZaJ0SNY7soEsUEjb6gQ==,i=4096,"
    b"c=biws,r=rOprNGfwEbeRWgbNEkqO%hvYDpWUa2RaTCAfuxFIlj)hNlF$k0"
)
PROOF = base64.b64decode("dHzbZapWIk4jUhN+Ute9ytag9zjfMHgsqmmiz7AndVQ=")
SIGNATURE = base64.b64decode("6rriTRBi23WpRR/wtup+mMhUZUn/dB5nLTJRsjl95G4=")


def test_the_stored_key_accepts_the_proof_of_the_rfc() -> None:
    stored, _ = scram_keys("pencil", SALT, 4096)
    mask = hmac.digest(stored, MESSAGE, "sha256")
    client_key = bytes(a ^ b for a, b in zip(PROOF, mask, strict=True))
    assert hashlib.sha256(client_key).digest() == stored


def test_the_server_key_makes_the_signature_of_the_rfc() -> None:
    _, server = scram_keys("pencil", SALT, 4096)
    assert hmac.digest(server, MESSAGE, "sha256") == SIGNATURE


def test_a_verifier_has_the_form_that_postgresql_stores() -> None:
    assert scram_verifier("pencil", SALT) == (
        "SCRAM-SHA-256$4096:W22ZaJ0SNY7soEsUEjb6gQ==$"
        "WG5d8oPm3OtcPnkdi4Uo7BkeZkBFzpcXkuLmtbsT4qY=:wfPLwcE6nTWhTAmQ7tl2KeoiWGPlZqQxSrmfPwDl2dU="
    )


@pytest.mark.parametrize("password", ["пароль", "tab\tbed", "été"])
def test_a_password_that_would_need_normalizing_is_refused(password: str) -> None:
    with pytest.raises(ValueError, match="printable ASCII"):
        scram_verifier(password, SALT)
