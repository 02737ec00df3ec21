-- purpose: gives the memory of a checked file back: what goes into the warehouse is written
-- grain: none
DROP TABLE read_lines
-- @next
DROP TABLE scattered
-- @next
DROP TABLE sequenced
-- @next
SET memory_limit = '96MB'
