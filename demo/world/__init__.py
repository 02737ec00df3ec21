"""The generator of the synthetic accounts: everything here is decided by (seed, events, since) and nothing else."""
