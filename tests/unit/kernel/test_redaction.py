"""What was sealed or opened is blotted out of a text, in the forms in which it is quoted."""

from __future__ import annotations

import base64

import pytest

from souk.kernel import redaction
from souk.kernel.secrets import KeyRing

SECRET = b"s3cret-0f-a-service"


@pytest.mark.parametrize("form", [SECRET.decode(), base64.b64encode(SECRET).decode(), SECRET.hex()])
def test_a_value_that_was_sealed_is_blotted_out(form: str) -> None:
    ring = KeyRing({"k1": bytes(32)})
    ring.seal(SECRET, "test")
    assert redaction.clean(f"before {form} after").rstrip("=").startswith(f"before {redaction.BLOT}")
    assert form not in redaction.clean(f"before {form} after")


def test_each_line_of_a_key_is_a_secret_and_its_heading_is_none() -> None:
    redaction.remember(b"-----BEGIN PRIVATE KEY-----\nMIGHAgEAMBMGByqGSM49\n-----END PRIVATE KEY-----\n")
    cleaned = redaction.clean(r"{\"key\": \"-----BEGIN PRIVATE KEY-----\nMIGHAgEAMBMGByqGSM49\n\"}")
    assert "BEGIN PRIVATE KEY" in cleaned
    assert "MIGHAgEAMBMGByqGSM49" not in cleaned


def test_ordinary_words_stay_and_only_so_many_secrets_are_remembered() -> None:
    redaction.remember(b"table")
    assert redaction.clean("a table") == "a table"
    redaction.remember(b"the-oldest-secret")
    for number in range(redaction.REMEMBERED + 1):
        redaction.remember(f"secret-number-{number:06d}".encode())
    assert redaction.clean("the-oldest-secret") == "the-oldest-secret"
