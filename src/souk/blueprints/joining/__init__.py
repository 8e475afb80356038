"""What has a machine be in its service's private network, where another one follows it."""

from pathlib import Path

FILES = Path(__file__).parent / "files"
"""What an image gets of it."""
