"""Sentences of django-allauth that the console says in its own words: kept here so that they stay translated."""

from __future__ import annotations

from django.utils.translation import gettext_noop

OWN_WORDS = (
    gettext_noop("Authenticator App"),
    gettext_noop("Change Password"),
    gettext_noop("Email"),
)
