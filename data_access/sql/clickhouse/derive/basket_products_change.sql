-- purpose: puts changed products in place; one that no basket holds any more has none
-- grain: one row a product that changed
-- params: account String, row_version DateTime64(6)
INSERT INTO basket_products (
    klaviyo_public_id, product_id, code, product_name, category, named_at, named_by, baskets, baskets_with_others,
    updated_at, is_deleted
)
SELECT
    :account, product_id, code, product_name, category, named_at, named_by, baskets, baskets_with_others,
    :row_version, if(baskets > 0, 0, 1)
FROM changed_products
