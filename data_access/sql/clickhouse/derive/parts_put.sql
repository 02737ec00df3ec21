-- purpose: puts what is kept of parts of the baskets in place, anew; what is none any more goes
-- grain: one row a tested pair of a part and direction; one row a bundle
-- params: account String, row_version DateTime64(6)
CREATE OR REPLACE TEMPORARY TABLE parts_before ENGINE = Memory AS
SELECT
    (SELECT max(updated_at) FROM basket_relationships WHERE klaviyo_public_id = :account) AS related,
    (SELECT max(updated_at) FROM basket_bundles WHERE klaviyo_public_id = :account) AS bundled
-- @next
INSERT INTO basket_relationships (
    klaviyo_public_id, part, item_a, item_b, baskets_a, baskets_b, baskets, first_date, last_date, kind, support, lift,
    lift_low, lift_high, false_discovery_rate, updated_at, is_deleted
)
SELECT
    :account, part, item_a, item_b, baskets_a, baskets_b, baskets, first_date, last_date, kind, support, lift,
    lift_low, lift_high, false_discovery_rate, :row_version, 0
FROM part_relationships
-- @next
INSERT INTO basket_relationships (klaviyo_public_id, part, item_a, item_b, updated_at, is_deleted)
SELECT :account, part, item_a, item_b, :row_version, 1
FROM basket_relationships
WHERE klaviyo_public_id = :account AND updated_at <= (SELECT related FROM parts_before)
-- @next
INSERT INTO basket_bundles (klaviyo_public_id, items, place, baskets, lift, updated_at, is_deleted)
SELECT :account, items, place, baskets, lift, :row_version, 0 FROM part_bundles
-- @next
INSERT INTO basket_bundles (klaviyo_public_id, items, updated_at, is_deleted)
SELECT :account, items, :row_version, 1
FROM basket_bundles
WHERE klaviyo_public_id = :account AND updated_at <= (SELECT bundled FROM parts_before)
