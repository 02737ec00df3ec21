"""Tables that are derived from orders by the clock: customer profiles, products, products bought together."""
