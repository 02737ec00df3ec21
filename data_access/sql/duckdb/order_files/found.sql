-- purpose: what a checked file comes to
-- grain: one row
SELECT
    (SELECT count(*) FROM seen_orders) AS orders_seen,
    (SELECT count(*) FROM refused_orders) AS orders_refused,
    (SELECT count(DISTINCT line) FROM refused_lines) AS lines_refused,
    (SELECT count(DISTINCT line) FROM refused_lines WHERE is_cause) AS lines_wrong,
    (SELECT count(*) FROM repeated_lines WHERE is_same) AS lines_repeated
