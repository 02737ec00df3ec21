-- purpose: permits a merge to drop the marks of removed rows; only upkeep asks for it
-- grain: one table; `the_table` is put in by the caller, from the catalogue
ALTER TABLE the_table MODIFY SETTING allow_experimental_replacing_merge_with_cleanup = 1
