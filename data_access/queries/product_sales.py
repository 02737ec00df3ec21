"""What one product sold, and in which orders: the page behind a row of the products' table."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from analytics.product_sales import ProductSales, Sold
from data_access.queries.revenue import RevenueQuery
from data_access.repeating import repeatable
from data_access.scope import Right, Scope
from data_access.scoped import scoped_read
from data_access.stores import Stores

NEWEST_ORDERS = 100
ALL_ORDERS = 2**31 - 1


@dataclass(frozen=True, slots=True)
class ProductQuery:
    """The revenue page's question, asked of one product by its id."""

    revenue: RevenueQuery
    product: str

    def bound(self, most: int) -> dict[str, Any]:
        """The values of all parameters that the statements name."""
        return self.revenue.bound() | {"product": self.product, "most": most}


@repeatable
def product_sales(stores: Stores, scope: Scope, account: str, asked: ProductQuery) -> ProductSales:
    """The product by day, and its newest orders. Raises NotPermitted, StoreError."""
    bound = asked.bound(NEWEST_ORDERS)
    with scoped_read(stores.warehouse, scope, account) as session:
        rows = session.rows("read/revenue/product_days", **bound)
        orders = session.rows("read/revenue/product_orders", **bound)
    named: Mapping[str, Any] = max(rows, key=lambda row: row["order_date"], default={})
    days = {
        span: {
            row["order_date"]: Sold(row["sales"], int(row["units"]), int(row["orders"]))
            for row in rows
            if row["span"] == span
        }
        for span in ("this", "compared")
    }
    return ProductSales(
        id=asked.product,
        name=named.get("product_name") or asked.product,
        brand=named.get("product_brand") or "",
        days=days["this"],
        compared=days["compared"] if asked.revenue.comparison else None,
        orders=tuple(orders),
    )


@repeatable
def product_orders(stores: Stores, scope: Scope, account: str, asked: ProductQuery) -> Sequence[Mapping[str, Any]]:
    """Every order of the period that holds the product, newest first: for the export.

    Raises NotPermitted, StoreError.
    """
    scope.require(Right.EXPORT, account)
    with scoped_read(stores.warehouse, scope, account) as session:
        return session.rows("read/revenue/product_orders", **asked.bound(ALL_ORDERS))
