-- purpose: which sales and targets are there: how many rows, when the last of them was written; which settings count
-- grain: one row
-- reads: sales_aggregated, targets, promo_settings
SELECT
    s.sales AS sales, s.sales_at AS sales_at, t.targets AS targets, t.targets_at AS targets_at, p.version AS settings
FROM (SELECT count(*) AS sales, max(updated_at) AS sales_at FROM sales_aggregated) AS s
CROSS JOIN (SELECT count(*) AS targets, max(updated_at) AS targets_at FROM targets) AS t
CROSS JOIN (SELECT max(version) AS version FROM promo_settings) AS p
