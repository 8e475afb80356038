"""How django-allauth is fitted to Souk: sign-ups go through our command, one-time-password seeds are sealed."""

from __future__ import annotations

import base64
from typing import Any

from allauth.account.adapter import DefaultAccountAdapter
from allauth.mfa.adapter import DefaultMFAAdapter

from souk.kernel import secrets

_CONTEXT = "mfa"


class AccountAdapter(DefaultAccountAdapter):  # type: ignore[misc]
    """Keeps people's names and languages when they sign up by the page."""

    def save_user(self, request: Any, user: Any, form: Any, commit: bool = True) -> Any:
        user.full_name = form.cleaned_data.get("full_name", "")
        user.language = getattr(request, "LANGUAGE_CODE", "fr")
        return super().save_user(request, user, form, commit)


class MfaAdapter(DefaultMFAAdapter):  # type: ignore[misc]
    """Seals seeds and recovery codes under the `identity` key ring before they reach the database."""

    def encrypt(self, text: str) -> str:
        return base64.b64encode(secrets.ring("identity").seal(text.encode(), _CONTEXT)).decode()

    def decrypt(self, encrypted_text: str) -> str:
        return secrets.ring("identity").open(base64.b64decode(encrypted_text), _CONTEXT).decode()
