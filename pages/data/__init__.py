"""Is the data right and fresh; who did what."""
