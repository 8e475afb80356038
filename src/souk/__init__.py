"""Souk: the software of a sovereign cloud operator, from the rack to the invoice."""

__version__ = "0.1.0"
