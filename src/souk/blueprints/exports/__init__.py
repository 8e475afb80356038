"""What puts a file into a service's bucket while it is being written, encrypted on the way."""

from pathlib import Path

from souk.kernel import signing

FILES = Path(__file__).parent / "files"
"""What an image gets of it."""

EXTRAS = (("usr/lib/souk/signing.py", Path(signing.__file__)),)
"""The signatures that a file is put into a bucket with."""
