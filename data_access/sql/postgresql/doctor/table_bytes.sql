-- purpose: the space that a table takes: told with the list of tables already
-- grain: no row
-- params: table String
SELECT 0 AS bytes WHERE :table = ''
