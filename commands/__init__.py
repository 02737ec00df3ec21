"""What the command line offers, by subject; `cli` puts it together."""
