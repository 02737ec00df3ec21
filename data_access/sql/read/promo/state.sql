-- purpose: how new the company's data are
-- grain: one row a dataset
-- reads: company_versions
SELECT dataset, version, changed_at FROM company_versions ORDER BY dataset
