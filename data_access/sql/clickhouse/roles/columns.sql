-- purpose: personal columns of a table, which analytics_reader does not read and pii_reader does
-- grain: one table; `the_table` and `the_columns` are put in by the caller
REVOKE {on_cluster} SELECT(the_columns) ON the_table FROM analytics_reader;
-- @next
GRANT {on_cluster} SELECT(the_columns) ON the_table TO pii_reader;
