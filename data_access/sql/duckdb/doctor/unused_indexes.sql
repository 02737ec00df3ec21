-- purpose: indexes that no query has used; the embedded database does not count their uses
-- grain: no row
SELECT '' AS index_name, '' AS table_name, 0 AS bytes WHERE false
