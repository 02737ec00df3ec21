-- purpose: makes a month's partition of sales_aggregated, and moves the rows that waited for it
-- grain: one row: how many partitions were made
-- params: month Date
SELECT sales_partitions(:month, :month) AS made
