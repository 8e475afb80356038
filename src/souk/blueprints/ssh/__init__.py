"""Machines that one signs in to by SSH: how they are recognized, and the keys that open them."""

from pathlib import Path

FILES = Path(__file__).parent / "files"
"""What an image gets of it: the host key is each machine's own."""
