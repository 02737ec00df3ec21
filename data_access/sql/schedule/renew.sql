-- purpose: says that the one who works on these still lives
-- grain: one row a piece of work that this scheduler runs
-- params: owner String, until DateTime64(6)
UPDATE scheduled_work SET lease_until = :until WHERE lease_owner = :owner AND state = 'running'
