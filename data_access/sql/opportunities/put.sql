-- purpose: keep where a promotion would pay; one that is there has the new figures
-- grain: one row an opportunity
-- params: id String, department String, channel String, start Date32, end Date32, discount Decimal(5, 2)
-- params: , ebit Decimal(18, 2), share Nullable(Decimal(18, 2)), reason String, details String
INSERT INTO opportunities (
    id, department, channel, date_start, date_end, discount_pct, expected_ebit_delta, gap_share_pct, reason, details,
    created_at
)
VALUES (
    CAST(:id AS UUID), :department, :channel, :start, :end, :discount, :ebit, :share, :reason, CAST(:details AS JSON),
    now()
)
ON CONFLICT (id)
DO UPDATE SET expected_ebit_delta = excluded.expected_ebit_delta, gap_share_pct = excluded.gap_share_pct,
    reason = excluded.reason, details = excluded.details, created_at = excluded.created_at
