-- purpose: whether an opportunity is there
-- grain: one row, none where it is not
-- params: opportunity String
SELECT 1 AS found FROM opportunities WHERE id = CAST(:opportunity AS UUID)
