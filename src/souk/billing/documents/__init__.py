"""Issued documents on paper (PDF) and for machines (UBL 2.1, EN 16931): pure functions from a value to bytes."""
