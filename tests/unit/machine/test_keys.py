"""OpenSSH public keys as people paste them."""

from __future__ import annotations

import base64
import re
import subprocess
from pathlib import Path

import pytest

from souk.blueprints.ssh import keys
from souk.blueprints.ssh.keys import BadKey

ED25519 = "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIGPKSUTyz1HwHReFVvD5obVsALAgJRNarH4TRpNePnAS aicha@laptop"
OTHER = "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIM5ivV0DJcRPkEFMv8y3BkEWwBkGlcYvVPqfBh7p5Cfh"


def _blob(*parts: bytes) -> str:
    return base64.b64encode(b"".join(len(part).to_bytes(4, "big") + part for part in parts)).decode()


SECURITY_KEY = "sk-ssh-ed25519@openssh.com " + _blob(b"sk-ssh-ed25519@openssh.com", b"x" * 32, b"ssh:")


def refusal(*lines: str) -> str:
    with pytest.raises(BadKey) as found:
        keys.parse_all(lines)
    return found.value.sentence.format(**found.value.values)


def made(folder: Path, *options: str) -> str:
    file = folder / "key"
    subprocess.run(["ssh-keygen", "-q", "-N", "", "-f", file, *options], check=True)
    return file.with_suffix(".pub").read_text()


def test_several_keys_with_and_without_comments_between_empty_and_remark_lines() -> None:
    found = keys.parse_all(["# the office", ED25519, "", f"  {OTHER}  "])
    assert [(key.kind, key.comment) for key in found] == [("ssh-ed25519", "aicha@laptop"), ("ssh-ed25519", "")]
    assert [key.line for key in found] == [ED25519, OTHER]


def test_a_comment_may_have_several_words_in_any_script() -> None:
    assert keys.parse(ED25519 + "  سلمى   at work").comment == "aicha@laptop سلمى at work"


@pytest.mark.parametrize("kind", ["ed25519", "ecdsa", "rsa"])
def test_what_openssh_makes_is_taken(tmp_path: Path, kind: str) -> None:
    line = made(tmp_path, "-t", kind, "-C", "me")
    assert keys.parse(line).line == line.strip()


def test_a_security_keys_public_key_is_taken() -> None:
    assert keys.parse(SECURITY_KEY).kind == "sk-ssh-ed25519@openssh.com"


@pytest.mark.parametrize(
    "text",
    [
        "-----BEGIN OPENSSH PRIVATE KEY-----",
        "-----BEGIN RSA PRIVATE KEY-----",
        "-----BEGIN ENCRYPTED PRIVATE KEY-----",
        "PuTTY-User-Key-File-3: ssh-ed25519",
    ],
)
def test_a_private_key_is_named_as_one_and_never_repeated(text: str) -> None:
    said = refusal(text, "b3BlbnNzaC1rZXktdjEAAAAABG5vbmUAAAAEbm9uZQ")
    assert "private key" in said
    assert "b3Blbn" not in said


@pytest.mark.parametrize(
    ("lines", "why"),
    [
        ([], "nobody could sign in"),
        (["", "# none yet"], "nobody could sign in"),
        ([ED25519, "---- BEGIN SSH2 PUBLIC KEY ----"], "Line 2: this key is in another form"),
        (["-----BEGIN PUBLIC KEY-----"], "in another form"),
        (["ssh-dss AAAAB3NzaC1kc3M="], "no DSA keys"),
        (["ssh-ed25519-cert-v01@openssh.com AAAA"], "a certificate"),
        ([f'from="10.0.0.0/8" {ED25519}'], "options before a key"),
        (["restrict,pty " + ED25519], "options before a key"),
        (["hello"], "Line 1: this is no public key of OpenSSH"),
        ([ED25519.split()[1]], "no public key of OpenSSH"),
        (["ssh-ed25519"], "cut short or damaged"),
        ([ED25519[:60]], "cut short or damaged"),
        ([ED25519.replace("IGPK", "IG!K")], "cut short or damaged"),
        (["ssh-rsa " + ED25519.split()[1]], "cut short or damaged"),
        (
            ["ecdsa-sha2-nistp256 " + _blob(b"ecdsa-sha2-nistp256", b"nistp256", b"\x04nonsense")],
            "cut short or damaged",
        ),
        (["sk-ssh-ed25519@openssh.com " + _blob(b"sk-ssh-ed25519@openssh.com")], "cut short or damaged"),
        ([f"{ED25519}\n{OTHER}"], "one line"),
        ([f"{ED25519}\x00"], "one line"),
        ([ED25519, OTHER, ED25519 + " again"], "Line 3: this is the key of line 1"),
    ],
)
def test_each_mistake_has_its_sentence(lines: list[str], why: str) -> None:
    assert why in refusal(*lines)


def test_a_weak_rsa_key_is_refused(tmp_path: Path) -> None:
    assert re.search(r"1024 bits is too weak. It needs 2048", refusal(made(tmp_path, "-t", "rsa", "-b", "1024")))


def test_fingerprints_are_as_openssh_shows_them(tmp_path: Path) -> None:
    line = made(tmp_path, "-t", "ed25519")
    shown = subprocess.run(["ssh-keygen", "-lf", tmp_path / "key"], check=True, capture_output=True, text=True).stdout
    assert keys.parse(line).fingerprint == shown.split()[1]
