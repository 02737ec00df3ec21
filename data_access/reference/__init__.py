"""Maps that are data, not code: which segment a score belongs to."""
