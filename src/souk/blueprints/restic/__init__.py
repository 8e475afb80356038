"""What keeps a machine's files in a repository: programs in the machine, and the archivist that calls them."""

from pathlib import Path

FILES = Path(__file__).parent / "files"
"""What an image gets of it."""
