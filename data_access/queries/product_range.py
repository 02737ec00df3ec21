"""The products of a shop beside each other, as products_master has them, with their last weeks."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from datetime import UTC, date
from decimal import Decimal
from typing import Any, Final

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from analytics.product_range import (
    FADING_UNITS,
    FADING_VELOCITY,
    NEW_DAYS,
    WEEKS,
    ProductRange,
    RangeProduct,
    Standing,
    Totals,
    standings,
)
from data_access.repeating import repeatable
from data_access.scope import Right, Scope
from data_access.scoped import scoped_read
from data_access.stores import Stores

SHOWN: Final = 500
# What the figures rest on beside orders: in the cache's key.
DERIVED: Final = ("products",)
_NO_SALES: Final = (tuple([0.0] * WEEKS), Decimal(0))


@repeatable
def product_range(stores: Stores, scope: Scope, account: str, _asked: None = None) -> ProductRange | None:
    """All products that were sold; None before they were computed, or without any. Raises NotPermitted, StoreError."""
    with scoped_read(stores.operational, scope, account) as session:
        state = session.one("read/products/state", derived="products_master")
    if state is None or state["as_of"] is None:
        return None
    as_of: date = state["as_of"]
    told = json.loads(state["details"])
    if "gross_90d_cents" not in told:
        # Computed by an earlier version, which did not keep it: the next computation does.
        return None
    gross = Decimal(told["gross_90d_cents"]).scaleb(-2)
    with scoped_read(stores.warehouse, scope, account) as session:
        found = session.query("read/products/all")
        trends = session.query("read/products/trends")
    if not found.num_rows:
        return None
    kinds, limit = standings(found["quantity_sold_90d"].to_numpy(), found["revenue_90d"].cast(pa.float64()).to_numpy())
    new = pc.less_equal(found["days_on_market"], NEW_DAYS)
    slow = pc.and_(
        pc.fill_null(pc.less(found["velocity_score"], FADING_VELOCITY), False),
        pc.greater_equal(found["quantity_sold_90d"], FADING_UNITS),
    )
    wanted = sorted({*range(min(SHOWN, found.num_rows)), *_places(new), *_places(slow)})
    shown = found.take(pa.array(wanted))
    lately = _lately(trends, shown["product_id"].combine_chunks())
    products = {
        place: _product(row, tuple(Standing)[kinds[place]], lately.get(row["product_id"], _NO_SALES))
        for place, row in zip(wanted, shown.to_pylist(), strict=True)
    }
    fading = sorted((one for one in products.values() if one.fades), key=lambda one: (-one.units_90d, one.id))
    return ProductRange(
        as_of=as_of,
        computed_at=state["computed_at"].astimezone(UTC),
        known=found.num_rows,
        totals=_totals(found, gross),
        limits=limit,
        products=tuple(products[place] for place in range(min(SHOWN, found.num_rows))),
        new=tuple(one for one in products.values() if one.is_new),
        fading=tuple(fading),
        standings={
            kind: (int(at.sum()), pc.sum(found["revenue_90d"].filter(pa.array(at))).as_py() or Decimal(0))
            for number, kind in enumerate(Standing)
            for at in (kinds == number,)
        },
    )


@repeatable
def product_name(stores: Stores, scope: Scope, account: str, product: str) -> str | None:
    """What a product is called; None where none such was sold. Raises NotPermitted, StoreError."""
    with scoped_read(stores.warehouse, scope, account) as session:
        row = session.one("read/products/named", product=product)
    return None if row is None else row["product_name"] or product


@repeatable
def all_products(stores: Stores, scope: Scope, account: str) -> Sequence[Mapping[str, Any]]:
    """Every product with all columns of products_master: for the export. Raises NotPermitted, StoreError."""
    scope.require(Right.EXPORT, account)
    with scoped_read(stores.warehouse, scope, account) as session:
        return session.rows("read/products/all")


def _places(mask: pa.ChunkedArray) -> list[int]:
    return [int(place) for place in pc.indices_nonzero(mask).to_pylist()]


def _lately(trends: pa.Table, wanted: pa.Array) -> dict[str, tuple[tuple[float, ...], Decimal]]:
    """By product: sales of each week, the oldest first, and of 90 days."""
    kept = trends.filter(pc.is_in(trends["product_id"], value_set=wanted))
    sales = kept["weekly_sales"].combine_chunks().flatten().cast(pa.float64()).to_numpy(zero_copy_only=False)
    weeks = np.round(sales, 2).reshape(-1, WEEKS).tolist()
    return {
        id: (tuple(held), gross)
        for id, held, gross in zip(kept["product_id"].to_pylist(), weeks, kept["sales_90d"].to_pylist(), strict=True)
    }


def _product(row: Mapping[str, Any], kind: Standing, trend: tuple[tuple[float, ...], Decimal]) -> RangeProduct:
    return RangeProduct(
        id=row["product_id"],
        name=row["product_name"] or row["product_id"],
        brand=row["brand"] or "",
        category=row["category"] or "",
        standing=kind,
        revenue_30d=row["revenue_30d"],
        revenue_90d=row["revenue_90d"],
        gross_90d=trend[1],
        units_30d=int(row["quantity_sold_30d"]),
        units_90d=int(row["quantity_sold_90d"]),
        customers_90d=int(row["unique_customers_90d"]),
        average_price=row["avg_price"],
        conversion_rate=row["conversion_rate"],
        repurchase_rate=row["repurchase_rate"],
        discount_rate=row["discount_rate"],
        velocity=row["velocity_score"],
        first_sold=row["first_sold_date"],
        days_on_market=int(row["days_on_market"]),
        weeks=trend[0],
    )


def _totals(found: pa.Table, gross_90d: Decimal) -> Totals:
    def sum_of(name: str) -> Any:
        return pc.sum(found[name]).as_py()

    units, units_60 = found["quantity_sold_30d"], found["quantity_sold_60d"]
    before = pc.subtract(units_60, units)
    return Totals(
        revenue=sum_of("revenue_30d"),
        revenue_before=sum_of("revenue_60d") - sum_of("revenue_30d"),
        units=int(sum_of("quantity_sold_30d")),
        units_before=int(pc.sum(before).as_py()),
        sold=int(pc.sum(pc.greater(units, 0)).as_py()),
        sold_before=int(pc.sum(pc.greater(before, 0)).as_py()),
        gross_90d=gross_90d,
        revenue_90d=sum_of("revenue_90d"),
    )
