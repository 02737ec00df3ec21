-- purpose: forgets when profiles last reacted, before all events are looked at again
-- grain: one row a profile and channel
-- params: account String
DELETE FROM profile_reactions WHERE klaviyo_public_id = :account
