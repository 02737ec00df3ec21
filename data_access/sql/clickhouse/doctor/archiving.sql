-- purpose: whether the database's log is archived; a warehouse is computed anew from the operational store
-- grain: one row
SELECT false AS applies, false AS archives
