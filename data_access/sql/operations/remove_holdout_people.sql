-- purpose: removes people of holdouts whose days were over before the cutoff; what they bought stays, summed by side
-- grain: its rows
-- params: account String, cutoff DateTime64(6)
DELETE FROM holdout_people
WHERE klaviyo_public_id = :account AND campaign_id IN (
    SELECT h.campaign_id FROM holdouts AS h
    WHERE h.klaviyo_public_id = :account
        AND coalesce(CAST(h.sent_on + h.days AS TIMESTAMPTZ), h.created_at) <= :cutoff
)
