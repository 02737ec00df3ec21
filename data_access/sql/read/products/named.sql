-- purpose: what one product is called
-- grain: one row, none where no such product was sold
-- params: product String
-- reads: products_master
SELECT product_name FROM products_master WHERE product_id = :product
