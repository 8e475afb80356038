"""The first sale: from a small company's sign-up to the last trace of its service, through the public API.

Every step has a fixed idempotency key or a recorded result, so an interrupted run goes on where it was, and a repeated
one makes nothing twice.
"""
