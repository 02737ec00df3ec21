-- purpose: who was erased, as keyed digests
-- grain: one row an account, kind and digest, in the order of their forgetting
SELECT klaviyo_public_id, kind, digest, pseudonym, sealed_key, forgotten_at, forgotten_by
FROM forgotten
ORDER BY forgotten_at, klaviyo_public_id, kind, digest
