"""Where an Incus server listens."""

from __future__ import annotations

import functools
import socket
import ssl
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit

import httpx

_HTTPS_PORT = 8443


@dataclass(frozen=True)
class UnixSocket:
    """The server of this host."""

    path: Path = Path("/var/lib/incus/unix.socket")

    @property
    def base_url(self) -> str:
        """What requests are relative to; the host's name is never looked up."""
        return "http://incus"

    def transport(self, limits: httpx.Limits) -> httpx.HTTPTransport:
        """How httpx gets there."""
        return httpx.HTTPTransport(uds=str(self.path), limits=limits)

    def dial(self, timeout: float) -> socket.socket:
        """A connected socket."""
        connected = socket.socket(socket.AF_UNIX)
        connected.settimeout(timeout)
        try:
            connected.connect(str(self.path))
        except OSError:
            connected.close()
            raise
        return connected


@dataclass(frozen=True)
class Https:
    """A server elsewhere: PEM files of our certificate and key, and of the certificate the server must show."""

    base_url: str
    certificate: Path
    key: Path
    authority: Path

    def transport(self, limits: httpx.Limits) -> httpx.HTTPTransport:
        """How httpx gets there."""
        return httpx.HTTPTransport(verify=self._context, limits=limits)

    def dial(self, timeout: float) -> socket.socket:
        """A connected socket, with TLS."""
        url = urlsplit(self.base_url)
        host = url.hostname or ""
        plain = socket.create_connection((host, url.port or _HTTPS_PORT), timeout)
        try:
            return self._context.wrap_socket(plain, server_hostname=host)
        except OSError:
            plain.close()
            raise

    @functools.cached_property
    def _context(self) -> ssl.SSLContext:
        context = ssl.create_default_context(cafile=str(self.authority))
        context.load_cert_chain(str(self.certificate), str(self.key))
        return context
