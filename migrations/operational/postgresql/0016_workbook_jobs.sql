-- Who loads workbooks, how far a load is and until when its process counts as alive; promotions that were found in sales.

ALTER TABLE data_processing_jobs ADD COLUMN started_by VARCHAR COLLATE "C";
ALTER TABLE data_processing_jobs ADD COLUMN lease_owner VARCHAR COLLATE "C";
ALTER TABLE data_processing_jobs ADD COLUMN lease_until TIMESTAMPTZ;
ALTER TABLE data_processing_jobs ADD COLUMN doing VARCHAR COLLATE "C";
ALTER TABLE data_processing_jobs ADD COLUMN progress DOUBLE PRECISION;
ALTER TABLE promo_catalog ADD COLUMN is_found BOOLEAN;
UPDATE promo_catalog SET is_found = promo_name IS NULL AND mechanics IS NOT NULL;
