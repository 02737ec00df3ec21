-- purpose: which table must be filled before which; without foreign keys none
-- grain: one row a reference
SELECT '' AS table_name, '' AS needs WHERE 1 = 0
