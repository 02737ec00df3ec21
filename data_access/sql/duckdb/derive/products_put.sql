-- purpose: puts the account's products in place, anew
-- grain: one row a product that was sold
-- params: account String
DELETE FROM products_master WHERE klaviyo_public_id = :account
-- @next
INSERT INTO products_master BY NAME
SELECT :account AS klaviyo_public_id, p.*, now() AS last_updated FROM made_products AS p
-- @next
DELETE FROM product_trends WHERE klaviyo_public_id = :account
-- @next
INSERT INTO product_trends BY NAME
SELECT :account AS klaviyo_public_id, t.* FROM made_trends AS t
