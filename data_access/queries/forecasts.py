"""Forecasts as they are kept, and what they are made from."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, timedelta
from decimal import Decimal
from itertools import pairwise
from typing import Any, Final

import numpy as np

from analytics.forecasting.candidates import Kind
from analytics.forecasting.kept import Predicted, World, basis_from, kept_from
from analytics.forecasting.series import Key, Series, family, summed
from analytics.promo.mechanics import BadMechanics, Mechanic, mechanics_of
from data_access.queries.promo_sales import Days
from data_access.repeating import repeatable
from data_access.scope import Scope
from data_access.scoped import ScopedSession, promo_read, scoped_read
from data_access.stores import Stores

ORDERS: Final = "orders"
SALES: Final = "sales"


@dataclass(frozen=True, slots=True)
class OrderDay:
    """A day of store orders, by the channel that won them: gross revenue in the account's currency, orders, pieces."""

    day: date
    channel: str
    revenue: Decimal
    orders: int
    units: int


@dataclass(frozen=True, slots=True)
class OrdersAsked:
    """Store orders up to a day. synced: whether all days up to it were fetched, so that one without orders sold
    nothing; of orders from files a week or more without any is not known."""

    through: date
    synced: bool = True


@dataclass(frozen=True, slots=True)
class Planned:
    """A promotion that is approved, with the rows of the version that was approved last; or one of the catalog
    (scenario_id ''), with a row for each of its departments and channels, '' for all of them."""

    scenario_id: str
    version: int
    label: str
    start: date
    end: date
    mechanics: tuple[Mechanic, ...]


@repeatable
def order_days(stores: Stores, scope: Scope, account: str, asked: date) -> Sequence[OrderDay]:
    """Store orders by day and channel, up to a day. Raises NotPermitted, StoreError."""
    with scoped_read(stores.warehouse, scope, account) as session:
        rows = session.rows("read/forecast/order_days", through=asked)
    return tuple(
        OrderDay(row["day"], row["channel"], row["revenue"], int(row["orders"]), int(row["units"])) for row in rows
    )


@repeatable
def order_series(stores: Stores, scope: Scope, account: str, asked: OrdersAsked) -> Mapping[Key, Series]:
    """The series of store orders up to a day, as they are forecast; none without orders. Raises NotPermitted,
    StoreError."""
    rows = order_days(stores, scope, account, asked.through)
    days: dict[str, dict[tuple[str, str], dict[date, float]]] = {"revenue": {}, "orders": {}, "units": {}}
    for row in rows:
        for metric, value in (("revenue", row.revenue), ("orders", row.orders), ("units", row.units)):
            days[metric].setdefault((row.channel, ""), {})[row.day] = float(value)
    if not rows:
        return {}
    return _families(days, min(row.day for row in rows), asked.through, delivered=asked.synced)


@repeatable
def sales_series(stores: Stores, scope: Scope, _asked: None = None) -> Mapping[Key, Series]:
    """The series of the company's sales, as they are forecast; none without sales. Raises NotPermitted, StoreError."""
    with promo_read(stores.operational, scope) as session:
        rows = session.query("read/forecast/sales_days")
    if not rows.num_rows:
        return {}
    days = rows["day"].to_numpy().astype("datetime64[D]")
    first, places = days.min().item(), (days - days.min()).astype(int)
    seen = [first + timedelta(days=place) for place in np.unique(places).tolist()]
    channels, departments = (rows[name].combine_chunks().dictionary_encode() for name in ("channel", "department"))
    # One cell's days stand together, in order.
    codes = [held.indices.to_numpy() for held in (channels, departments)]
    starts = [0, *(np.flatnonzero(np.diff(codes[0]) | np.diff(codes[1])) + 1).tolist(), len(days)]
    names = [held.dictionary.to_pylist() for held in (channels, departments)]
    parts = [(names[0][codes[0][begin]], names[1][codes[1][begin]]) for begin in starts[:-1]]
    found: dict[Key, Series] = {}
    for metric in ("sales_value", "margin_value", "units"):
        amounts = rows[metric].to_numpy()
        cells = {}
        for part, (begin, end) in zip(parts, pairwise(starts), strict=True):
            own = cells[part] = np.zeros((seen[-1] - first).days + 1)
            own[places[begin:end]] = amounts[begin:end]
        found |= {one.key: one for one in summed(metric, cells, first, seen)}
    return found


def _families(
    days: Mapping[str, Mapping[tuple[str, str], Mapping[date, float]]],
    first: date,
    last: date,
    *,
    delivered: bool = False,
) -> Mapping[Key, Series]:
    return {
        one.key: one
        for metric, cells in days.items()
        for one in family(metric, cells, first, last, delivered=delivered)
    }


@repeatable
def planned(stores: Stores, scope: Scope, asked: Days) -> Sequence[Planned]:
    """The promotions of some days that are approved, and those that the catalog names with a discount. One whose rows
    no longer can be read is left out. Raises NotPermitted, StoreError."""
    with promo_read(stores.operational, scope) as session:
        rows = session.rows("read/forecast/planned", start=asked.start, end=asked.end)
        catalog = session.rows("read/promo/past", start=asked.start, end=asked.end)
    found = [_of_catalog(row) for row in catalog if not row["is_found"] and row["avg_discount_pct"]]
    for row in rows:
        try:
            mechanics = tuple(mechanics_of(json.loads(row["mechanics"])))
        except BadMechanics:
            continue
        found.append(
            Planned(
                row["scenario_id"], int(row["version"]), row["label"], row["date_range_start"], row["date_range_end"],
                mechanics,
            )
        )  # fmt: skip
    return tuple(found)


def _of_catalog(row: Mapping[str, Any]) -> Planned:
    discount = float(row["avg_discount_pct"])
    mechanics = tuple(
        Mechanic(department, channel, discount)
        for department in row["departments"] or ("",)
        for channel in row["channels"] or ("",)
    )
    return Planned("", 0, row["label"] or "Promotion", row["date_start"], row["date_end"], mechanics)


@repeatable
def order_forecasts(stores: Stores, scope: Scope, account: str, _asked: None = None) -> World | None:
    """The forecasts of an account's store orders; None where there are none. Raises NotPermitted, StoreError."""
    with scoped_read(stores.operational, scope, account) as session:
        return _world(session, ORDERS)


@repeatable
def sales_forecasts(stores: Stores, scope: Scope, _asked: None = None) -> World | None:
    """The forecasts of the company's sales; None where there are none. Raises NotPermitted, StoreError."""
    with promo_read(stores.operational, scope) as session:
        return _world(session, SALES)


def _world(session: ScopedSession, world: str) -> World | None:
    models = session.rows("read/forecast/models", world=world)
    active = [row for row in models if row["active"]]
    if not active:
        return None
    parameters = {row["model_id"]: json.loads(row["parameters"]) for row in active}
    last = min(date.fromisoformat(own["trained_to"]) for own in parameters.values())
    told = session.query("read/forecast/predictions", world=world, after=last)
    ids = told["model_id"].to_numpy()
    starts = [0, *(np.flatnonzero(np.diff(ids)) + 1).tolist(), len(ids)] if len(ids) else [0]
    values, lows, highs = (told[name].to_numpy() for name in ("value", "low", "high"))
    days = told["date"].to_numpy().astype("datetime64[D]")
    ahead = {int(ids[begin]): slice(begin, end) for begin, end in pairwise(starts)}
    measures: dict[int, dict[tuple[date, str], float]] = {}
    for id, day, name, value in session.tuples("read/forecast/performance", world=world):
        measures.setdefault(id, {})[day, name] = value
    records: dict[Key, dict[Kind, Mapping[tuple[date, str], float]]] = {}
    for row in models:
        records.setdefault(_key(row), {})[Kind(row["model_type"])] = measures.get(row["model_id"], {})
    series = {}
    for row in active:
        own = ahead.get(row["model_id"], slice(0, 0))
        key = _key(row)
        series[key] = kept_from(
            key, Kind(row["model_type"]), parameters[row["model_id"]], records[key],
            Predicted(days[own], values[own], lows[own], highs[own]),
        )  # fmt: skip
    made_at = max(row["updated_at"] for row in active).astimezone(UTC)
    return World(series, basis_from(next(iter(parameters.values()))), made_at)


def _key(row: Mapping[str, Any]) -> Key:
    return Key(row["metric_name"], row["channel"], row["department"])
