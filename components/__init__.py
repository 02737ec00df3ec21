"""What pages are built from. Components take data and return values; they never query."""
