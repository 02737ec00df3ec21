-- purpose: whether the database's log is archived, so that it can be restored to any moment; the embedded one has none
-- grain: one row
SELECT false AS applies, false AS archives
