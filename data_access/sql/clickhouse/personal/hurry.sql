-- purpose: has parts that a merge replaced be removed from the disk at once, instead of after eight minutes
-- grain: one table; `the_table` is put in by the caller, from the catalogue
ALTER TABLE the_table MODIFY SETTING
    old_parts_lifetime = 0, cleanup_delay_period = 0, cleanup_delay_period_random_add = 0, max_cleanup_delay_period = 1
