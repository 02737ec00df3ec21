-- purpose: those of these accounts that were synced here, wholly or in part
-- grain: one row an account
-- params: accounts Array(String)
SELECT DISTINCT klaviyo_public_id AS account FROM sync_cursors WHERE klaviyo_public_id = ANY (CAST(:accounts AS VARCHAR[]))
