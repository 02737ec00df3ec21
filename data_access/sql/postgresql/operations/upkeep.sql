-- purpose: gives removed rows' room back and brings the planner's statistics up to date, without stopping anybody
-- grain: the database
VACUUM (ANALYZE)
