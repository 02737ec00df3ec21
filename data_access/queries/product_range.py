"""The products of a shop beside each other, as products_master has them, with their last weeks."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from datetime import UTC, date, timedelta
from decimal import Decimal
from typing import Any, Final

import pyarrow as pa
import pyarrow.compute as pc

from analytics.product_range import (
    FADING_VELOCITY,
    NEW_DAYS,
    WEEKS,
    WINDOW_DAYS,
    ProductRange,
    RangeProduct,
    Standing,
    Totals,
    limits,
    standing,
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
        variants = {row["line_product"]: row["of_product"] for row in session.rows("read/products/variants")}
    if state is None or state["as_of"] is None:
        return None
    as_of: date = state["as_of"]
    told = json.loads(state["details"])
    if "gross_90d_cents" not in told:
        # Computed by an earlier version, which did not keep it: the next computation does.
        return None
    gross = Decimal(told["gross_90d_cents"]).scaleb(-2)
    start = {"start": as_of - timedelta(days=7 * WEEKS), "start_90d": as_of - timedelta(days=WINDOW_DAYS)}
    with scoped_read(stores.warehouse, scope, account) as session:
        found = session.query("read/products/all")
        weeks = session.query("read/products/weeks", as_of=as_of, leading=SHOWN, variants=list(variants), **start)
    if not found.num_rows:
        return None
    units, revenue = found["quantity_sold_90d"].to_pylist(), found["revenue_90d"].to_pylist()
    limit = limits(units, revenue)
    kinds = [standing(sold, float(earned), limit) for sold, earned in zip(units, revenue, strict=True)]
    counted = {kind: (0, Decimal(0)) for kind in Standing}
    for kind, earned in zip(kinds, revenue, strict=True):
        number, sum_of = counted[kind]
        counted[kind] = (number + 1, sum_of + earned)
    new = pc.less_equal(found["days_on_market"], NEW_DAYS)
    slow = pc.fill_null(pc.less(found["velocity_score"], FADING_VELOCITY), False)
    wanted = sorted({*range(min(SHOWN, found.num_rows)), *_places(new), *_places(slow)})
    trends = _trends(_rolled_up(weeks, variants), set(found["product_id"].take(pa.array(wanted)).to_pylist()))
    products = {
        place: _product(row, kinds[place], trends.get(row["product_id"], _NO_SALES))
        for place, row in zip(wanted, found.take(pa.array(wanted)).to_pylist(), strict=True)
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
        standings=counted,
    )


@repeatable
def all_products(stores: Stores, scope: Scope, account: str) -> Sequence[Mapping[str, Any]]:
    """Every product with all columns of products_master: for the export. Raises NotPermitted, StoreError."""
    scope.require(Right.EXPORT, account)
    with scoped_read(stores.warehouse, scope, account) as session:
        return session.rows("read/products/all")


def _places(mask: pa.ChunkedArray) -> list[int]:
    return [int(place) for place in pc.indices_nonzero(mask).to_pylist()]


def _rolled_up(weeks: pa.Table, variants: Mapping[str, str]) -> pa.Table:
    """The same with variants called as their products, as in products_master."""
    named = weeks["product_id"].combine_chunks().dictionary_encode()
    products = pa.array([variants.get(name, name) for name in named.dictionary.to_pylist()], pa.string())
    return weeks.set_column(weeks.column_names.index("product_id"), "product_id", products.take(named.indices))


def _trends(weeks: pa.Table, wanted: set[str]) -> dict[str, tuple[tuple[float, ...], Decimal]]:
    """By product: sales of each week, the oldest first, and of 90 days."""
    kept = weeks.filter(pc.is_in(weeks["product_id"], value_set=pa.array(sorted(wanted), pa.string())))
    sales: dict[str, list[float]] = {}
    gross: dict[str, Decimal] = {}
    columns = (kept[name].to_pylist() for name in ("product_id", "week", "sales", "sales_90d"))
    for id, week, sold, lately in zip(*columns, strict=True):
        sales.setdefault(id, [0.0] * WEEKS)[WEEKS - 1 - int(week)] += float(sold)
        gross[id] = gross.get(id, Decimal(0)) + lately
    return {id: (tuple(values), gross[id]) for id, values in sales.items()}


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
