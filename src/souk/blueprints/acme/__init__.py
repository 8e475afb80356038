"""Names of a customer's own, and certificates for them by ACME: programs in a machine, and the keeper that calls them.
An image that has them has a module of its own beside them, `answering`, by which its server is told.
"""

from pathlib import Path

FILES = Path(__file__).parent / "files"
"""What an image gets of it."""
