"""Settings of the tests: as in production, with key rings of their own, fast password hashes and mail in memory."""

from __future__ import annotations

import atexit
import os
import shutil
import tempfile
from pathlib import Path

if "SOUK_KEYS" not in os.environ:
    _keys = Path(tempfile.mkdtemp(prefix="souk-test-keys-"))
    os.environ["SOUK_KEYS"] = str(_keys)
    atexit.register(shutil.rmtree, _keys, ignore_errors=True)

from souk.kernel.secrets import KeyRing
from souk.settings.django import *  # noqa: F403

for _ring in ("master", "identity"):
    _file = Path(os.environ["SOUK_KEYS"]) / f"{_ring}.key"
    if not _file.exists():
        _file.write_text(KeyRing.generate_line() + "\n")

PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
EMAIL_BACKEND = "django.core.mail.backends.locmem.EmailBackend"
SECRET_KEY = "tests-only"  # noqa: S105
LOGGING = {"level": "WARNING", "process": "owner"}
# Tests count machines; those about machines that wait ask for them.
WARM_MOST = 0
