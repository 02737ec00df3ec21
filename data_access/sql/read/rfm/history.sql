-- purpose: what customers are scored by at any date: their orders that count
-- grain: one row a block of customers; cents: net of what was deducted, in the account's currency
-- reads: customer_history_blocks
SELECT block, customers, orders_bytes, orders, days_bytes, days, cents_bytes, cents
FROM customer_history_blocks
