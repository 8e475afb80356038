"""Serve the gallery on a loopback port that the system picks; the address is printed once it listens."""

from __future__ import annotations

import os
import sys
from socketserver import ThreadingMixIn
from wsgiref.simple_server import WSGIRequestHandler, WSGIServer, make_server

import django
from django.contrib.staticfiles.handlers import StaticFilesHandler
from django.core.wsgi import get_wsgi_application


class Threaded(ThreadingMixIn, WSGIServer):
    """A browser asks for a dozen files at once."""

    daemon_threads = True


class Quiet(WSGIRequestHandler):
    """No access log."""

    def log_message(self, format: str, *args: object) -> None:
        """Nothing."""


def main() -> None:
    """Serve until this process is ended."""
    os.environ["DJANGO_SETTINGS_MODULE"] = "tests.browser.gallery.settings"
    django.setup()
    application = StaticFilesHandler(get_wsgi_application())
    port = int(sys.argv[1]) if len(sys.argv) > 1 else 0
    server = make_server("127.0.0.1", port, application, server_class=Threaded, handler_class=Quiet)
    sys.stdout.write(f"http://127.0.0.1:{server.server_port}\n")
    sys.stdout.flush()
    server.serve_forever()


if __name__ == "__main__":
    main()
