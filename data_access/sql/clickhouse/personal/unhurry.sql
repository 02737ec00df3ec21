-- purpose: takes back that replaced parts are removed at once
-- grain: one table; `the_table` is put in by the caller, from the catalogue
ALTER TABLE the_table RESET SETTING
    old_parts_lifetime, cleanup_delay_period, cleanup_delay_period_random_add, max_cleanup_delay_period
