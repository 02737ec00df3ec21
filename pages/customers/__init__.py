"""Pages about customers: who they are, whether they come back, what they buy."""
