"""Two million orders on one day: every figure stays exact, on each warehouse."""

from __future__ import annotations

from decimal import Decimal
from pathlib import Path

import numpy as np
import pyarrow as pa
import pytest

from data_access.derived import customer_profiles, product_relationships, products_master
from data_access.derived.frame import compute
from data_access.stores import Stores
from tests.embedded_clickhouse import WAREHOUSES
from tests.warehouse_rows import ACCOUNT, insert, line, migrated, order, store

ORDERS, CUSTOMERS, PRODUCTS = 2_000_000, 400_000, 100
# Lines are told of every tenth order.
BASKETS = ORDERS // 10

# Order i is of customer i modulo CUSTOMERS;
# order 10 i holds the products p and q of i modulo PRODUCTS, for 6 and 4 euros.
FILL = f"""
INSERT INTO klaviyo_orders
SELECT o.* REPLACE (
    concat('o', r.i) AS order_id, concat('e', r.i) AS event_id,
    concat('c', r.i % {CUSTOMERS}) AS customer_id, concat('c', r.i % {CUSTOMERS}, '@example.com') AS customer_email
)
FROM klaviyo_orders AS o CROSS JOIN numbered AS r
"""
FILL_LINES = f"""
INSERT INTO klaviyo_order_line_items
SELECT l.* REPLACE (
    concat('o', 10 * r.i) AS order_id, concat('o', 10 * r.i, l.line_item_id) AS line_item_id,
    concat(left(l.product_id, 1), r.i % {PRODUCTS}) AS product_id,
    concat(left(l.product_id, 1), r.i % {PRODUCTS}) AS product_name
)
FROM klaviyo_order_line_items AS l CROSS JOIN numbered AS r
WHERE r.i < {BASKETS}
"""


@pytest.mark.slow
@pytest.mark.parametrize("warehouse", WAREHOUSES)
def test_every_figure_is_exact(tmp_path: Path, warehouse: str) -> None:
    with migrated(tmp_path, warehouse) as stores:
        insert(stores, "stores", store())
        first = {"customer_id": "c0", "customer_email": "c0@example.com"}
        insert(stores, "klaviyo_orders", order("o0", "10.00", "2026-03-02T12:00", **first))
        for kind, value in (("p", "6.00"), ("q", "4.00")):
            told = line("o0", f"{kind}0", value, "2026-03-02")
            insert(stores, "klaviyo_order_line_items", told | {"line_item_id": kind, "product_name": f"{kind}0"})
        with stores.warehouse.write() as session:
            session.stage("numbered", pa.table({"i": np.arange(1, ORDERS)}))
            session.execute_text(FILL)
            session.execute_text(FILL_LINES)
        for table in (customer_profiles.TABLE, products_master.TABLE, product_relationships.TABLE):
            assert compute(stores, ACCOUNT, table).how == "rebuilt"

        # All are equal in every measure: a score of 3 in each.
        assert asked(
            stores,
            "SELECT DISTINCT total_orders, total_revenue, net_revenue, rfm_score, favorite_category, count(*) OVER ()"
            " FROM customer_profiles",
        ) == [(5, Decimal("50.00"), Decimal("50.00"), "333", None, CUSTOMERS)]
        sold = BASKETS // PRODUCTS
        assert asked(
            stores,
            "SELECT left(product_id, 1), count(*), min(quantity_sold_30d), max(quantity_sold_90d), min(revenue_30d),"
            " max(revenue_rank) FROM products_master GROUP BY ALL ORDER BY ALL",
        ) == [
            ("p", PRODUCTS, sold, sold, Decimal(sold * 6), 1),
            ("q", PRODUCTS, sold, sold, Decimal(sold * 4), PRODUCTS + 1),
        ]
        # Each p is always bought with its own q: 1 % of the baskets, a hundred times as often as by chance.
        assert asked(
            stores,
            "SELECT count(*), min(co_purchase_count), max(co_purchase_count), min(confidence), round(max(lift), 9),"
            " round(max(support), 12) FROM product_relationships_optimized",
        ) == [(2 * PRODUCTS, sold, sold, 1.0, 100.0, 0.01)]


def asked(stores: Stores, sql: str) -> list[tuple[object, ...]]:
    with stores.warehouse.read() as session:
        return [tuple(row.values()) for row in session.query_text(sql, {}).to_pylist()]
