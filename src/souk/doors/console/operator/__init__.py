"""The operator's pages: across all organizations, invisible to everybody else."""
