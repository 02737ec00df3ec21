-- Orders and lines come by time and are read by span of days: a span then reads the blocks of its days, not all of them.
-- The day is not in the key. FINAL therefore reads, beside the blocks that the index finds, those in which other versions
-- of their rows may be (use_skip_indexes_if_final_exact_mode): a row that moved to another day is not counted by its old
-- one. Parts from before get the index with their next merge.
ALTER TABLE {local klaviyo_orders} ADD INDEX IF NOT EXISTS by_day order_date TYPE minmax GRANULARITY 1;

ALTER TABLE {local klaviyo_order_line_items} ADD INDEX IF NOT EXISTS by_day order_date TYPE minmax GRANULARITY 1;
