"""What somebody hostile would type, and what must not come of it."""
