"""What may be in a DNS zone, how it is written and read. Pure: no rows, no network."""
