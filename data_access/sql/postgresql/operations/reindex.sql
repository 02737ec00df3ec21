-- purpose: builds an index anew beside the old one, without stopping anybody
-- grain: one index; `the_table` is the index, put in by the caller, from the catalogue
REINDEX INDEX CONCURRENTLY the_table
