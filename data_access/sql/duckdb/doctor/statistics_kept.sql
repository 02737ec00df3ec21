-- purpose: whether the database keeps the times of its statements, and whether it could be told to; the embedded one does not
-- grain: one row
SELECT false AS kept, false AS could_be
