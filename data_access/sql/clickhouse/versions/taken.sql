-- purpose: up to where versions of rows have been taken, by whatever writer
-- grain: one row; NULL where none has been taken
SELECT max(upto) AS upto FROM row_versions
