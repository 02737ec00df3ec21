-- purpose: profiles by the number of messages that they got a week, over the weeks that end within some days
-- grain: one row a channel ('' all of them together) and number of messages
-- params: start Date32, end Date32
-- reads: contact_weeks
SELECT channel, messages, CAST(sum(profiles) AS BIGINT) AS profiles
FROM contact_weeks
WHERE week + 6 BETWEEN :start AND :end
GROUP BY channel, messages
