"""What sees in a machine how much its disk has left."""

from pathlib import Path

FILES = Path(__file__).parent / "files"
"""What an image gets of it."""
