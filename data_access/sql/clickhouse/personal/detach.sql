-- purpose: closes a table, so that it is opened anew and looks for what it no longer needs
-- grain: one table; `the_table` is put in by the caller, from the catalogue
DETACH TABLE the_table SYNC
