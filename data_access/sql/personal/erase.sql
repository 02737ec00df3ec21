-- purpose: puts pseudonyms in the place of a person's profiles, and takes away all that tells who it was
-- grain: the rows of `erased_names` (name, pseudonym) and `reduced_events` (id, properties)
-- params: account String
UPDATE klaviyo_events SET properties = CAST(r.properties AS JSON), raw_data = CAST('{}' AS JSON), profile_id = e.pseudonym
FROM reduced_events AS r, erased_names AS e
WHERE klaviyo_events.klaviyo_public_id = :account AND klaviyo_events.profile_id = e.name AND klaviyo_events.id = r.id
-- @next
UPDATE klaviyo_profiles SET
    id = e.pseudonym, email = NULL, phone_number = NULL, external_id = NULL, first_name = NULL, last_name = NULL,
    properties = NULL, location = NULL, subscriptions = NULL, predictive_analytics = NULL, is_stub = true
FROM erased_names AS e
WHERE klaviyo_profiles.klaviyo_public_id = :account AND klaviyo_profiles.id = e.name
-- @next
UPDATE klaviyo_profiles SET merged_into = e.pseudonym
FROM erased_names AS e
WHERE klaviyo_profiles.klaviyo_public_id = :account AND klaviyo_profiles.merged_into = e.name
-- @next
UPDATE profile_reactions SET profile_id = e.pseudonym
FROM erased_names AS e
WHERE profile_reactions.klaviyo_public_id = :account AND profile_reactions.profile_id = e.name
-- @next
UPDATE holdout_people SET profile_id = e.pseudonym
FROM erased_names AS e
WHERE holdout_people.klaviyo_public_id = :account AND holdout_people.profile_id = e.name
-- @next
UPDATE holdout_people SET person_id = e.pseudonym
FROM erased_names AS e
WHERE holdout_people.klaviyo_public_id = :account AND holdout_people.person_id = e.name
-- @next
UPDATE merged_before SET profile_id = e.pseudonym
FROM erased_names AS e
WHERE merged_before.klaviyo_public_id = :account AND merged_before.profile_id = e.name
-- @next
UPDATE merged_before SET target = e.pseudonym
FROM erased_names AS e
WHERE merged_before.klaviyo_public_id = :account AND merged_before.target = e.name
-- @next
UPDATE reach_changed SET profile_id = e.pseudonym
FROM erased_names AS e
WHERE reach_changed.klaviyo_public_id = :account AND reach_changed.profile_id = e.name
-- @next
-- Nobody sends anything to a person who was forgotten; the next refresh counts without them.
DELETE FROM reachable_people
WHERE klaviyo_public_id = :account AND profile_id IN (SELECT name FROM erased_names)
-- @next
INSERT INTO reach_changed (klaviyo_public_id, profile_id) SELECT :account, pseudonym FROM erased_names
-- @next
UPDATE touched SET key = e.pseudonym
FROM erased_names AS e
WHERE touched.klaviyo_public_id = :account AND touched.kind IN ('profile', 'customer') AND touched.key = e.name
-- @next
INSERT INTO touched (klaviyo_public_id, dataset, kind, key, seq)
VALUES (:account, 'profiles', 'rows', 'profiles', nextval('ingest_seq'))
-- @next
UPDATE derived_work SET key = e.pseudonym
FROM erased_names AS e
WHERE derived_work.klaviyo_public_id = :account AND derived_work.kind = 'customer' AND derived_work.key = e.name
-- @next
UPDATE data_versions SET version = version + 1, changed_at = now()
WHERE klaviyo_public_id = :account AND dataset IN ('orders', 'engagement', 'profiles', 'segments', 'customers', 'values', 'holdouts')
