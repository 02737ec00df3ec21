-- Prices of a piece that are less than a cent: screws, grams, litres in parts. They are computed anew with the products.
ALTER TABLE {local products_master} MODIFY COLUMN avg_price Nullable(Decimal(18, 4)),
    MODIFY COLUMN min_price Nullable(Decimal(18, 4)),
    MODIFY COLUMN max_price Nullable(Decimal(18, 4));
ALTER TABLE products_master {on_cluster} MODIFY COLUMN avg_price Nullable(Decimal(18, 4)),
    MODIFY COLUMN min_price Nullable(Decimal(18, 4)),
    MODIFY COLUMN max_price Nullable(Decimal(18, 4));
