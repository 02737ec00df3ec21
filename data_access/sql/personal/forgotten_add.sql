-- purpose: notes who was erased
-- grain: one row an account, kind and digest
INSERT INTO forgotten (klaviyo_public_id, kind, digest, pseudonym, sealed_key, forgotten_at, forgotten_by)
SELECT klaviyo_public_id, kind, digest, pseudonym, sealed_key, forgotten_at, forgotten_by FROM added_forgotten
