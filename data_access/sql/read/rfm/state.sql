-- purpose: what the last computation of customer_profiles rests on
-- grain: one row, none before the first
-- reads: derived_states
SELECT as_of, details, computed_at, edition
FROM derived_states
WHERE derived = 'customer_profiles' AND computed_at IS NOT NULL AND NOT dirty
