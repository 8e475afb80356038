"""The installer: from a bare Debian 12 or 13 to a running Souk, and back.

Standard library only, run by the system's own Python: `python3 -m install COMMAND`, from the checkout.
Every stage may be interrupted and run again; what it changes on the host is written down in a ledger
(`install.ledger`), which is what `purge` reads.
"""
