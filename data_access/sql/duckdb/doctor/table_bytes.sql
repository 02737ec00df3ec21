-- purpose: the space that a table takes in the file
-- grain: one row
-- params: table String
SELECT count(DISTINCT block_id) * 262144 AS bytes FROM pragma_storage_info(:table) WHERE persistent AND block_id >= 0
