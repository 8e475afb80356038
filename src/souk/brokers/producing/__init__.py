"""Services ordered from brokers: the provisioning contract, kept by asking somebody else."""
