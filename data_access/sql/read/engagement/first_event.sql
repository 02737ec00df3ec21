-- purpose: how far back events of e-mail are counted by people and machines apart
-- grain: one row; NULL without any
-- reads: mailbox_days
SELECT min(sent_on) AS first_day FROM mailbox_days WHERE channel = 'email' AND received > 0
