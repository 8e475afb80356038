"""`souk-manage`: Django's commands and Souk's own for the host's administrator."""

from __future__ import annotations

import os
import sys


def main() -> None:
    """Run a management command; `worker` runs as the worker's role, everything else as the owner's.

    A command may be written with hyphens.
    """
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "souk.settings.django")
    if sys.argv[1:2] == ["worker"]:
        os.environ.setdefault("SOUK_PROCESS", "worker")
    if len(sys.argv) > 1 and not sys.argv[1].startswith("-"):
        sys.argv[1] = sys.argv[1].replace("-", "_")
    from django.core.management import execute_from_command_line

    execute_from_command_line(sys.argv)


if __name__ == "__main__":
    main()
