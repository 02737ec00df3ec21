-- purpose: how far a piece of work has come, while it is done
-- grain: one row, none where nobody does it
-- params: account String, work String, result String
UPDATE scheduled_work SET result = json_extract(CAST(:result AS VARCHAR), '$')
WHERE klaviyo_public_id = :account AND work = :work AND state = 'running'
