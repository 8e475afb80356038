"""The `souk` command: a client of the REST API and of nothing else."""
