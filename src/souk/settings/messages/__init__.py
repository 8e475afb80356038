"""Keeping the translations whole: what each room says, and its French and Arabic beside it."""
