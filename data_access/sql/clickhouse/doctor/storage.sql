-- purpose: the space that the database takes, and what is free on the fullest of its disks
-- grain: one row
SELECT
    (SELECT toInt64(sum(bytes_on_disk)) FROM system.parts WHERE active AND database = currentDatabase()) AS bytes,
    toInt64(0) AS reusable,
    (SELECT toInt64(min(free_space)) FROM system.disks) AS free
