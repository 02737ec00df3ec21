-- purpose: how many lines and refunds a slice brings, and how many of its entries cannot become rows
-- grain: one row
SELECT
    (SELECT count(*) FROM incoming_lines WHERE reason IS NULL) AS lines,
    (SELECT count(*) FROM incoming_refunds WHERE reason IS NULL) AS refunds,
    (SELECT count(*) FROM incoming_orders WHERE reason IS NOT NULL)
    + (SELECT count(*) FROM incoming_lines WHERE reason IS NOT NULL)
    + (SELECT count(*) FROM incoming_refunds WHERE reason IS NOT NULL) AS rejected
