"""What keeps the databases in order: retention, upkeep, backup and restore, and the record of their runs."""
