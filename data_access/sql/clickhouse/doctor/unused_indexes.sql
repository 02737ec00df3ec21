-- purpose: indexes that no query has used; a warehouse here has none but its sorting keys
-- grain: no row
SELECT '' AS index_name, '' AS table_name, 0 AS bytes WHERE 1 = 0
