-- purpose: events of e-mail that was sent on some days, by mailbox domain
-- grain: one row a domain
-- params: start Date32, end Date32, kind String
-- reads: mailbox_days
SELECT
    domain, CAST(sum(received) AS BIGINT) AS received, CAST(sum(opened) AS BIGINT) AS opened,
    CAST(sum(machine_opened) AS BIGINT) AS machine_opened, CAST(sum(openers) AS BIGINT) AS openers,
    CAST(sum(clicked) AS BIGINT) AS clicked, CAST(sum(bot_clicked) AS BIGINT) AS bot_clicked,
    CAST(sum(clickers) AS BIGINT) AS clickers, CAST(sum(bounced) AS BIGINT) AS bounced,
    CAST(sum(unsubscribed) AS BIGINT) AS unsubscribed, CAST(sum(marked_spam) AS BIGINT) AS marked_spam
FROM mailbox_days
WHERE channel = 'email' AND sent_on BETWEEN :start AND :end AND (:kind = '' OR source_type = :kind)
GROUP BY domain
