-- purpose: statistics of all tables; rows that were removed give their room back, the log is written into the file
-- grain: the database
ANALYZE
-- @next
CHECKPOINT
