"""What a site is made of in its machine. An image whose sites are made of more has a file of its own in its
place.
"""

from __future__ import annotations

import subprocess
from collections.abc import Callable

PARTS = {
    "releases": "/srv/site/releases",
    "kept": "/srv/site/kept",
    "private": "/srv/site/private",
    "git": "/srv/git",
}
"""Where each folder of a copy is in the machine."""

PASSING = ("private/sessions", "private/tmp", "private/releases.lock", "releases/new")
"""What whoever misses it makes anew."""

UNDER_WAY = ("private/tmp", "private/releases.lock", "releases/new")
"""What another machine that takes over needs nothing of, while this one serves."""


def copy(each: Callable[[str, str], None]) -> None:
    """Copy the parts, each by its place and under its name, so that they belong together."""
    for name, place in PARTS.items():
        each(place, name)


def release() -> str:
    """The version of what serves."""
    done = subprocess.run(["apache2", "-v"], capture_output=True, text=True)
    return done.stdout.partition("Apache/")[2].split()[0]


def write_down() -> None:
    """Have all of it lie in its parts, once nothing serves any more."""
