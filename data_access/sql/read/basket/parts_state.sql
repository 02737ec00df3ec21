-- purpose: what is kept of parts of the baskets, and which pairs are there now
-- grain: one row, none before the first computation
-- reads: derived_states, data_versions
SELECT s.as_of AS as_of, s.details AS details, s.computed_at AS computed_at, v.version AS version
FROM derived_states AS s
JOIN data_versions AS v ON v.dataset = 'pairs'
WHERE s.derived = 'basket_parts' AND s.computed_at IS NOT NULL AND NOT s.dirty
