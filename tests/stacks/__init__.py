"""The same store on both stacks: all embedded, and PostgreSQL with ClickHouse."""
