-- purpose: the notes on days of a range, the newest days first
-- grain: one row a note
-- params: start Date32, end Date32
-- reads: annotations
SELECT CAST(id AS VARCHAR) AS id, date_start, date_end, note, coalesce(created_by, '') AS created_by
FROM annotations
WHERE date_start <= :end AND date_end >= :start
ORDER BY date_start DESC, date_end DESC, created_at DESC, id
