-- purpose: the space that the database takes; the server does not tell how much is free on its disk
-- grain: one row
SELECT pg_database_size(current_database()) AS bytes, 0::bigint AS reusable, NULL::bigint AS free
