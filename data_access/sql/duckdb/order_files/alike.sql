-- purpose: lines without an id that are the same in every column as another line of their order; each of them counts
-- grain: one row
SELECT coalesce(sum(times - 1), 0) AS lines
FROM (
    SELECT count(*) AS times
    FROM read_lines
    WHERE line_item_id IS NULL AND order_id IS NOT NULL AND wrong IS NULL
    GROUP BY hash(order_id), content
    HAVING count(*) > 1
) AS alike
