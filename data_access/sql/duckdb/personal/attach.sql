-- purpose: opens an earlier database file beside this one, to be read
-- grain: the file; `the_file` is put in by the caller, quoted
ATTACH the_file AS earlier (READ_ONLY)
