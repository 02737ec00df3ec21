"""How much was sold, to whom, through what."""
