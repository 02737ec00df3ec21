-- purpose: puts what is kept of parts of the baskets in place, anew
-- grain: one row a tested pair of a part and direction; one row a bundle
-- params: account String
DELETE FROM basket_relationships WHERE klaviyo_public_id = :account
-- @next
INSERT INTO basket_relationships BY NAME SELECT :account AS klaviyo_public_id, r.* FROM part_relationships AS r
-- @next
DELETE FROM basket_bundles WHERE klaviyo_public_id = :account
-- @next
INSERT INTO basket_bundles BY NAME SELECT :account AS klaviyo_public_id, b.* FROM part_bundles AS b
