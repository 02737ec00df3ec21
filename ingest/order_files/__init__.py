"""Orders of an account without Klaviyo, from CSV or Parquet files with one row an order line."""
