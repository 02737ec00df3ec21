"""What is done by the clock: how often, by whom, how it went."""
