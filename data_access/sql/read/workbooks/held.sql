-- purpose: what the company's tables hold, and from when to when
-- grain: one row
-- reads: sales_aggregated, promo_catalog, targets, segments
SELECT
    (SELECT count(*) FROM sales_aggregated) AS sales_rows,
    (SELECT min(date) FROM sales_aggregated) AS sales_first,
    (SELECT max(date) FROM sales_aggregated) AS sales_last,
    (SELECT count(DISTINCT department) FROM sales_aggregated) AS departments,
    (SELECT count(DISTINCT channel) FROM sales_aggregated) AS channels,
    (SELECT count(*) FROM promo_catalog WHERE is_found IS NOT TRUE) AS named,
    (SELECT count(*) FROM promo_catalog WHERE is_found) AS found,
    (SELECT count(*) FROM targets) AS targets,
    (SELECT min(month) FROM targets) AS target_first,
    (SELECT max(month) FROM targets) AS target_last,
    (SELECT count(*) FROM segments) AS segments
