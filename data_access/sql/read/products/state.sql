-- purpose: when products, or relationships of products, were last computed, and what the computation found out
-- grain: one row, none before the first
-- params: derived String
-- reads: derived_states
SELECT as_of, details, computed_at
FROM derived_states
WHERE derived = :derived AND computed_at IS NOT NULL
