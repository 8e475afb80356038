"""A client that trusts one authority."""

from __future__ import annotations

import ssl

import httpx


def trusting(certificate: str) -> httpx.Client:
    """An HTTP client for servers whose certificate this authority (a PEM text) signed."""
    return httpx.Client(verify=ssl.create_default_context(cadata=certificate), timeout=30, trust_env=False)
