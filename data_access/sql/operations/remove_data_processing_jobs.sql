-- purpose: removes what of data_processing_jobs is older than the cutoff
-- grain: its rows
-- params: cutoff DateTime64(6)
DELETE FROM data_processing_jobs WHERE created_at < :cutoff AND status IN ('completed', 'failed')
