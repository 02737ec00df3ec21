"""The move from an earlier system that kept its stores, syncs and campaign statistics in MongoDB."""
