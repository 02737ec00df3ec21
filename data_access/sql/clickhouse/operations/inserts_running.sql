-- purpose: how many statements are putting rows in at this moment
-- grain: one row; `the_processes` is put in by the caller: those of one server, or of all nodes of a cluster
SELECT toInt64(count()) AS running FROM the_processes WHERE query_kind IN ('Insert', 'AsyncInsertFlush')
