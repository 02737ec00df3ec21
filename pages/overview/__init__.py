"""Where the month stands, what moved it, and what needs a person."""
