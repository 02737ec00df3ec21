"""products_master and product_trends: what each product sold, to whom, at which prices, and how it does lately.

Sums come from the warehouse in whole cents, so that every engine gives the same; what is divided, ranked or rounded is
made of them here. Every day moves the windows of all products: an update is one pass over the lines, like a rebuild.
"""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal
from typing import Any, Final
from zoneinfo import ZoneInfo

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray
from scipy.stats import rankdata

from analytics.product_range import WEEKS
from data_access.account_days import day_start
from data_access.derived.baskets import variants
from data_access.derived.frame import Changes, DerivedTable, Details, Run

NAME: Final = "products_master"
WINDOWS: Final = (30, 60, 90)
# Days over which people who looked at a product and those who bought it are counted.
VIEWED_DAYS: Final = 30
Whole = NDArray[np.int64]
Floats = NDArray[np.float64]
_MONEY: Final = pa.decimal128(18, 2)
_PRICE: Final = pa.decimal128(18, 4)
_VIEWERS = pa.schema([("product_id", pa.string()), ("viewers", pa.int64())])


def rebuild(run: Run) -> Details:
    """All products that were sold, from all lines. Raises StoreError."""
    names = variants(run)
    as_of = run.as_of or date(1, 1, 1)
    place = {"account": run.account, "as_of": as_of}
    viewers, tags = _looked_at(run, names)
    with run.pair.warehouse() as session:
        session.stage("variant_products", names)
        sold = session.query("derive/products_sold", currency=run.basis.currency, **place)
        buyers = session.query("derive/product_buyers", **place)
        refunds = session.query("derive/product_refunds", **place)
        weeks = session.query(
            "derive/product_weeks", start=as_of - timedelta(days=min(7 * WEEKS, as_of.toordinal() - 1)), **place
        )
        made = _made(as_of, sold, buyers, _refunded(refunds, as_of, sold), viewers, tags)
        session.stage("made_products", made)
        session.stage("made_trends", _trends(sold, weeks))
        session.execute("derive/products_put", account=run.account)
    return {"products": made.num_rows, "gross_90d_cents": int(pc.sum(sold["cents_90d"]).as_py() or 0)}


def update(run: Run, _: Changes) -> Details:
    """The same: the windows of every product have moved. Raises StoreError."""
    return rebuild(run)


def _looked_at(run: Run, names: pa.Table) -> tuple[pa.Table, dict[str, list[str]]]:
    """People who looked at each product in the last days, and the catalog's tags, by product."""
    with run.pair.operational() as session:
        tags: dict[str, list[str]] = {}
        for row in session.rows("derive/product_tags", account=run.account):
            tags.setdefault(row["product_id"], list(dict.fromkeys(row["tags"])))
        if run.as_of is None:
            return _VIEWERS.empty_table(), tags
        session.stage("variant_products", names)
        session.stage("merged_profiles", session.query("project/merged_profiles", account=run.account))
        zone = ZoneInfo(run.basis.timezone)
        span = {
            "start": day_start(run.as_of - timedelta(days=VIEWED_DAYS), zone),
            "end": day_start(run.as_of, zone),
        }
        return session.query("derive/product_viewers", account=run.account, **span).cast(_VIEWERS), tags


def _refunded(refunds: pa.Table, as_of: date, sold: pa.Table) -> dict[int, Whole]:
    """Cents that refunds took off each of the products `sold`: of all its lines (0), and of those of each window.

    A refund is shared out by weight, line after line: each takes what its own and all weights before it come to, less
    what those before it took. So a line is off its exact part by less than a cent, and every cent is shared out.
    """
    event = refunds["event_id"].combine_chunks().dictionary_encode().indices.to_numpy(zero_copy_only=False)
    amount, weight = (refunds[name].to_numpy().astype(object) for name in ("amount", "weight"))
    total = np.zeros(int(event.max()) + 1 if len(event) else 0, object)
    np.add.at(total, event, weight)
    # Lines that are worth nothing, all of them, share alike.
    weight = np.where(total[event] == 0, 1, weight)
    total = np.zeros(len(total), object)
    np.add.at(total, event, weight)
    upto = np.cumsum(weight) - (np.cumsum(total) - total)[event]
    share = amount * upto // total[event] - amount * (upto - weight) // total[event]
    product = pc.index_in(refunds["product_id"], value_set=sold["product_id"].combine_chunks()).to_numpy()
    age = (as_of - date(1970, 1, 1)).days - refunds["order_date"].cast(pa.int32()).to_numpy().astype(np.int64)
    found = {}
    for days in (0, *WINDOWS):
        kept = (age >= 1) & (age <= days) if days else np.ones(len(age), bool)
        found[days] = np.zeros(sold.num_rows, np.int64)
        np.add.at(found[days], product[kept].astype(np.int64), share[kept].astype(np.int64))
    return found


def _made(
    as_of: date,
    sold: pa.Table,
    buyers: pa.Table,
    refunded: dict[int, Whole],
    viewers: pa.Table,
    tags: dict[str, list[str]],
) -> pa.Table:
    """The rows of products_master."""
    ids = sold["product_id"].combine_chunks()
    whole = {name: sold[name].to_numpy().astype(np.int64) for name in sold.column_names if _counts(sold[name].type)}
    bought = _by_product(buyers, ids)
    seen = _by_product(viewers, ids)["viewers"]
    latest = sold["latest"].to_pylist()
    collections = [list(row["collections"] or []) for row in latest]
    first = sold["first_sold_date"].cast(pa.int32()).to_numpy().astype(np.int64)
    units, net = whole["units"], whole["cents"] - refunded[0]
    net_90d = whole["cents_90d"] - refunded[90]
    columns: dict[str, Any] = {
        "product_id": ids,
        "product_name": pa.array([row["product_name"] for row in latest], pa.string()),
        "sku": pa.array([row["sku"] for row in latest], pa.string()),
        "brand": pa.array([row["brand"] for row in latest], pa.string()),
        "category": pa.array(
            [row["product_type"] or next(iter(held), "") for row, held in zip(latest, collections, strict=True)],
            pa.string(),
        ),
        "collections": pa.array(collections, pa.list_(pa.string())),
        "tags": pa.array([tags.get(id, []) for id in ids.to_pylist()], pa.list_(pa.string())),
        "avg_price": _mean_price(whole["cents"], whole["priced_units"]),
        "min_price": _price(sold["lowest"]),
        "max_price": _price(sold["highest"]),
    }
    for days in WINDOWS:
        columns[f"revenue_{days}d"] = _money(whole[f"cents_{days}d"] - refunded[days])
        columns[f"quantity_sold_{days}d"] = whole[f"units_{days}d"]
        columns[f"unique_customers_{days}d"] = bought[f"customers_{days}d"]
    columns |= {
        "conversion_rate": _ratio(bought["customers_30d"] * 100, seen),
        "repurchase_rate": _ratio(bought["repeat_customers"] * 100, bought["customers"]),
        "avg_units_per_order": _ratio(units, bought["orders"]),
        "revenue_per_customer": _quotient(net, bought["customers"]),
        "first_sold_date": sold["first_sold_date"].cast(pa.date32()),
        "last_sold_date": sold["last_sold_date"].cast(pa.date32()),
        "days_on_market": (as_of - date(1970, 1, 1)).days - first,
        "velocity_score": _ratio(whole["units_30d"] * 90, whole["units_90d"] * 30),
        "revenue_rank": rankdata(-net_90d, method="min").astype(np.int64),
        "quantity_rank": rankdata(-whole["units_90d"], method="min").astype(np.int64),
        "discount_rate": _ratio(whole["discounted_units"] * 100, units),
        "avg_discount_amount": _quotient(whole["discount_cents"], whole["discount_units"]),
    }
    return pa.table(columns)


def _trends(sold: pa.Table, weeks: pa.Table) -> pa.Table:
    """The rows of product_trends."""
    ids = sold["product_id"].combine_chunks()
    product = pc.index_in(weeks["product_id"], value_set=ids).to_numpy().astype(np.int64)
    week = weeks["week"].to_numpy().astype(np.int64)
    cents = np.zeros((len(ids), WEEKS), np.int64)
    cents[product, WEEKS - 1 - week] = weeks["cents"].to_numpy()
    starts = np.arange(0, cents.size + 1, WEEKS, dtype=np.int32)
    return pa.table(
        {
            "product_id": ids,
            "weekly_sales": pa.ListArray.from_arrays(pa.array(starts), _money(cents.ravel())),
            "sales_90d": _money(sold["cents_90d"].to_numpy().astype(np.int64)),
        }
    )


def _counts(kind: pa.DataType) -> bool:
    return bool(pa.types.is_integer(kind))


def _by_product(table: pa.Table, ids: pa.Array) -> dict[str, Whole]:
    """Columns of counts in the order of `ids`, 0 where the table has no row."""
    place = pc.index_in(ids, value_set=table["product_id"].combine_chunks())
    return {
        name: pc.fill_null(pc.take(table[name], place).cast(pa.int64()), 0).to_numpy().astype(np.int64)
        for name in table.column_names
        if name != "product_id"
    }


def _ratio(above: Whole, below: Whole) -> pa.Array:
    """NULL where there is nothing to divide by."""
    held = below != 0
    found = np.divide(above, below, out=np.zeros(len(above)), where=held)
    return pa.array(found, mask=~held)


def _quotient(cents: Whole, count: Whole) -> pa.Array:
    """An amount, rounded half up; NULL where the count is 0."""
    held = count > 0
    divisor = np.where(held, count, 1)
    return _money((2 * cents + divisor) // (2 * divisor), ~held)


def _mean_price(cents: Whole, units: Whole) -> pa.Array:
    """A price in cents, one below a cent in hundredths of one, rounded half up; NULL where the count is 0."""
    held = units > 0
    divisor = np.where(held, units, 1)
    to_cents = (2 * cents + divisor) // (2 * divisor)
    finer = (200 * cents + divisor) // (2 * divisor)
    return _amounts(np.where(np.abs(cents) < divisor, finer, 100 * to_cents), _PRICE, ~held)


def _price(cents: pa.ChunkedArray) -> pa.Array:
    """Told prices, rounded alike."""
    told = pc.is_valid(cents).to_numpy(zero_copy_only=False).astype(bool)
    exact = pc.fill_null(cents, 0.0).to_numpy()
    rounded = np.where(np.abs(exact) < 1, np.floor(100 * exact + 0.5), 100 * np.floor(exact + 0.5))
    return _amounts(rounded.astype(np.int64), _PRICE, ~told)


def _money(cents: Whole, missing: NDArray[np.bool_] | None = None) -> pa.Array:
    return _amounts(cents, _MONEY, missing)


def _amounts(values: Whole, kind: pa.Decimal128Type, missing: NDArray[np.bool_] | None) -> pa.Array:
    """Whole numbers of a type's last digit as amounts."""
    return pa.array([Decimal(value).scaleb(-kind.scale) for value in values.tolist()], kind, mask=missing)


TABLE: Final = DerivedTable(
    name=NAME, dataset="products", every=timedelta(hours=1), edition=8, rebuild=rebuild, update=update,
    rests_on=("catalog",),
)  # fmt: skip
