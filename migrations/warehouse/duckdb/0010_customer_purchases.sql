-- What customers bought, as numbers: the state of a customer is made anew from it without a look at the lines of all
-- orders, whose ids are texts.

-- The number by which the customer stands in customer_purchases.
ALTER TABLE customer_states ADD COLUMN code INTEGER;

-- key: klaviyo_public_id, code. Names of categories and brands and ids of products, by number.
CREATE TABLE purchase_names (
    klaviyo_public_id VARCHAR NOT NULL,
    code INTEGER NOT NULL,
    name VARCHAR NOT NULL
);

-- key: klaviyo_public_id, customer, order_date, product, category, brand. Line totals of orders that count, in cents of
-- the account's currency, by customer and day; a name that a line has not is number 0.
CREATE TABLE customer_purchases (
    klaviyo_public_id VARCHAR NOT NULL,
    customer INTEGER NOT NULL,
    order_date DATE NOT NULL,
    product INTEGER NOT NULL,
    category INTEGER NOT NULL,
    brand INTEGER NOT NULL,
    cents BIGINT NOT NULL
);
