-- purpose: what each derived table of an account rests on
-- grain: one row a derived table that was computed, or begun
-- params: account String
SELECT derived, seq, as_of, edition, dirty, details, computed_at
FROM derived_states
WHERE klaviyo_public_id = :account
