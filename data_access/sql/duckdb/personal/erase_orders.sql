-- purpose: puts pseudonyms in the place of a person in the warehouse: whatever an order came to stays as it is
-- grain: the rows of `erased_names` (name, pseudonym)
-- params: account String
UPDATE klaviyo_orders SET
    customer_id = e.pseudonym, customer_email = e.pseudonym, shipping_city = '', shipping_state = '', shipping_zip = '',
    customer_tags = []
FROM erased_names AS e
WHERE klaviyo_orders.klaviyo_public_id = :account AND klaviyo_orders.customer_id = e.name
-- @next
UPDATE refund_cancelled_orders SET
    customer_id = e.pseudonym, customer_email = e.pseudonym, event_properties = '{}', profile_properties = '{}'
FROM erased_names AS e
WHERE refund_cancelled_orders.klaviyo_public_id = :account AND refund_cancelled_orders.customer_id = e.name
-- @next
UPDATE refund_cancelled_orders SET profile_id = e.pseudonym, event_properties = '{}', profile_properties = '{}'
FROM erased_names AS e
WHERE refund_cancelled_orders.klaviyo_public_id = :account AND refund_cancelled_orders.profile_id = e.name
-- @next
UPDATE order_deductions SET customer_id = e.pseudonym
FROM erased_names AS e
WHERE order_deductions.klaviyo_public_id = :account AND order_deductions.customer_id = e.name
-- @next
UPDATE segment_memberships SET profile_id = e.pseudonym
FROM erased_names AS e
WHERE segment_memberships.klaviyo_public_id = :account AND segment_memberships.profile_id = e.name
-- @next
UPDATE customer_profiles SET customer_id = e.pseudonym, customer_email = e.pseudonym
FROM erased_names AS e
WHERE customer_profiles.klaviyo_public_id = :account AND customer_profiles.customer_id = e.name
-- @next
UPDATE customer_states SET customer_id = e.pseudonym, customer_email = e.pseudonym
FROM erased_names AS e
WHERE customer_states.klaviyo_public_id = :account AND customer_states.customer_id = e.name
-- @next
UPDATE customer_histories SET customer_id = e.pseudonym
FROM erased_names AS e
WHERE customer_histories.klaviyo_public_id = :account AND customer_histories.customer_id = e.name
-- @next
UPDATE customer_values SET customer_id = e.pseudonym
FROM erased_names AS e
WHERE customer_values.klaviyo_public_id = :account AND customer_values.customer_id = e.name
