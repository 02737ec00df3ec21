-- purpose: closes the earlier database file
-- grain: the file
DETACH earlier
