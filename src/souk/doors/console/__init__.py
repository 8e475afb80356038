"""The web console: pages over the rooms' commands and queries, for customers, visitors and the operator."""
