-- purpose: what the last computation of the customers' values found out
-- grain: one row, none before the first
-- reads: derived_states
SELECT as_of, details, computed_at
FROM derived_states
WHERE derived = 'customer_values' AND computed_at IS NOT NULL
