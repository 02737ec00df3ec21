-- purpose: people of holdouts whose days were over before the cutoff, or that were named before it and never sent
-- grain: one row
-- params: account String, cutoff DateTime64(6)
SELECT count(*) AS expired, min(h.created_at) AS oldest, max(h.created_at) AS newest
FROM holdout_people AS p
JOIN holdouts AS h ON h.klaviyo_public_id = :account AND h.campaign_id = p.campaign_id
WHERE p.klaviyo_public_id = :account
    AND coalesce(CAST(h.sent_on + h.days AS TIMESTAMPTZ), h.created_at) <= :cutoff
