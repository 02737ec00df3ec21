-- purpose: people who opened and clicked e-mail that was sent on some days; machines and bots are out
-- grain: one row a day of sending and kind (campaign, flow)
-- params: start Date32, end Date32, compared_start Nullable(Date32), compared_end Nullable(Date32)
-- params: , recent_start Date32, recent_end Date32
-- reads: mailbox_days
SELECT
    sent_on AS date, source_type AS kind, CAST(sum(openers) AS BIGINT) AS opens, CAST(sum(clickers) AS BIGINT) AS clicks
FROM mailbox_days
WHERE channel = 'email' AND (
    sent_on BETWEEN :start AND :end OR sent_on BETWEEN :compared_start AND :compared_end
    OR sent_on BETWEEN :recent_start AND :recent_end
)
GROUP BY sent_on, source_type
