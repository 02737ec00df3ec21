-- Prices of a piece that are less than a cent: screws, grams, litres in parts. They are computed anew with the products.
ALTER TABLE products_master ALTER COLUMN avg_price SET DATA TYPE DECIMAL(18, 4);
ALTER TABLE products_master ALTER COLUMN min_price SET DATA TYPE DECIMAL(18, 4);
ALTER TABLE products_master ALTER COLUMN max_price SET DATA TYPE DECIMAL(18, 4);
