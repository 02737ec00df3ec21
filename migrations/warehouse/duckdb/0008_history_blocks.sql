-- What the page RFM reads of all customers' orders: few rows of long lists, since a row a customer takes many times as
-- long. It is made from customer_histories whenever customer_profiles is computed.

-- key: klaviyo_public_id, block. Up to 65,536 customers: how many orders everyone has, and of all of these orders,
-- customer by customer and each by day, the days since 1970 and the net revenue in cents. In every number of a list are
-- 8, 4, 2 or 1 values of the bytes that `…_bytes` tells, the first in the lowest.
CREATE TABLE customer_history_blocks (
    klaviyo_public_id VARCHAR NOT NULL,
    block INTEGER NOT NULL,
    customers INTEGER NOT NULL,
    orders_bytes INTEGER NOT NULL,
    orders BIGINT[] NOT NULL,
    days_bytes INTEGER NOT NULL,
    days BIGINT[] NOT NULL,
    cents_bytes INTEGER NOT NULL,
    cents BIGINT[] NOT NULL
);

-- Where the customer stands in the blocks, the first at 0.
ALTER TABLE customer_profiles ADD COLUMN place INTEGER;
