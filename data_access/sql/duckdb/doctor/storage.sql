-- purpose: the space that the database takes, and how much of it is free within the file; not told: free on its disk
-- grain: one row
SELECT total_blocks * block_size AS bytes, free_blocks * block_size AS reusable, CAST(NULL AS BIGINT) AS free
FROM pragma_database_size()
WHERE database_name = current_database()
