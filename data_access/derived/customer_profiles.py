"""customer_profiles: what each customer's orders come to, their RFM scores and segment, and how likely they are gone.

`customer_states` holds what does not depend on the day or on other customers, `customer_histories` the orders behind it
for those who ask of another day, and `customer_purchases` what they bought on each day, as numbers. An update makes
purchases of the days anew on which something changed, and both others for the customers whose orders changed, from all
their orders and purchases, so that it is what a rebuild makes of them. Scores, segments and
risks, which every new day changes for everybody, are then derived from it in one pass.

A score by quintile is 1 and one more for each of four limits that a value is above: of n sorted values, the one at
place ⌈k (n − 1) / 5⌉ for k = 1 … 4, which is min(5, 1 + ⌊5 × percent_rank⌋) with equal values scored equal.
"""

from __future__ import annotations

from dataclasses import asdict
from datetime import date, timedelta
from typing import Final

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from analytics.repeat_buying import Fitted, churn
from analytics.rfm import NO_VALUE, score_limits
from data_access.derived.frame import Changes, DerivedTable, Details, Run
from data_access.derived.history_blocks import put_blocks
from data_access.reference.rfm import segments

NAME: Final = "customer_profiles"
DATASET: Final = "customers"
_EPOCH: Final = date(1970, 1, 1)
_CUSTOMERS: Final = pa.schema([("customer_id", pa.string())])
Whole = npt.NDArray[np.int64]


def rebuild(run: Run) -> Details:
    """All customers, from all orders. Raises StoreError."""
    with run.pair.warehouse() as session:
        session.execute("derive/customer_states_clear", account=run.account)
        if run.as_of is not None:
            place = {"account": run.account, "timezone": run.basis.timezone, "as_of": run.as_of}
            session.execute("derive/customers_counted", **place)
            session.execute("derive/customer_orders")
            session.execute("derive/customer_codes")
            session.execute("derive/customer_lines", **place)
            session.execute("derive/customer_states_put", account=run.account)
    return derive_profiles(run)


def update(run: Run, changes: Changes) -> Details:
    """The customers whose orders changed or came into view; the rest by their states. Raises StoreError."""
    update_states(run, changes)
    return derive_profiles(run)


def update_states(run: Run, changes: Changes) -> None:
    """Makes the states of customers anew whose orders changed or came into view. Raises StoreError."""
    assert run.as_of is not None
    place = {"account": run.account, "timezone": run.basis.timezone, "as_of": run.as_of}
    with run.pair.warehouse() as session:
        session.stage("changed_orders", changes.orders.select(["order_id", "day"]))
        named = session.query(
            "derive/customers_of_orders",
            account=run.account,
            first=min(changes.orders["day"].to_pylist(), default=run.as_of),
            last=max(changes.orders["day"].to_pylist(), default=run.as_of),
            days_from=changes.days_from,
            as_of=run.as_of,
        )
        every = pa.concat_tables([named.cast(_CUSTOMERS), changes.customers.select(["customer_id"]).cast(_CUSTOMERS)])
        touched = every.group_by("customer_id").aggregate([])
        if touched.num_rows:
            days = _touched_days(run, changes)
            session.stage("touched_customers", touched)
            session.stage("touched_days", pa.table({"day": pa.array(days, pa.date32())}))
            session.execute("derive/customers_counted_touched", **place)
            session.execute("derive/customer_orders")
            session.execute("derive/customer_codes_touched", account=run.account)
            session.execute("derive/customer_lines_touched", account=run.account, first=days[0], last=days[-1])
            session.execute("derive/customer_states_take", account=run.account)
            session.execute("derive/customer_states_put", account=run.account)


def _touched_days(run: Run, changes: Changes) -> list[date]:
    """Days on which a touched customer may have bought other things than before, ascending."""
    assert run.as_of is not None
    passed = range(1, (run.as_of - changes.days_from).days + 1)
    days = {changes.days_from + timedelta(days=day) for day in passed}
    return sorted(days.union(changes.orders["day"].to_pylist(), changes.customers["day"].to_pylist()))


def derive_profiles(run: Run) -> Details:
    """Everything that depends on the as-of date or on other customers, from the states. Raises StoreError."""
    with run.pair.warehouse() as session:
        put_blocks(session, run.account)
        found = session.query("derive/customer_measures", account=run.account)
        if not found.num_rows:
            session.execute("derive/customer_profiles_clear", account=run.account)
            return {"customers": 0}
        assert run.as_of is not None
        gaps = session.query("derive/order_gaps", account=run.account, as_of=run.as_of)
        first, last = _days(found["first_order_date"]), _days(found["last_order_date"])
        order_days = _whole(found["order_days"])
        gap = median(_whole(gaps["days"]), _whole(gaps["gaps"]))
        risks, method = _risks(order_days, first, last, (run.as_of - _EPOCH).days, gap)
        limits = {
            "recency": score_limits(last),
            "frequency": score_limits(_whole(found["total_orders"])),
            "monetary": score_limits(_whole(found["cents"])),
        }
        session.stage("churn_risks", risks)
        session.stage("rfm_segments", _segments())
        session.execute(
            "derive/customer_profiles_put",
            account=run.account,
            as_of=run.as_of,
            recency=[_as_date(day) for day in limits["recency"]],
            frequency=limits["frequency"],
            monetary=limits["monetary"],
        )
    return {"customers": found.num_rows, "churn": method, "median_gap_days": gap}


def _risks(order_days: Whole, first: Whole, last: Whole, as_of: int, gap: float | None) -> tuple[pa.Table, Details]:
    """Risk by (order_days, first_order_date, last_order_date), one row each, and how it was made."""
    alike, places = np.unique(np.stack([order_days, first, last], axis=1), axis=0, return_inverse=True)
    found = churn(order_days - 1, last - first, as_of - first, gap)
    risk = np.empty(len(alike))
    risk[places.ravel()] = found.risk
    table = pa.table(
        {
            "order_days": pa.array(alike[:, 0], pa.int64()),
            "first_order_date": pa.array(alike[:, 1].astype(np.int32), pa.int32()).cast(pa.date32()),
            "last_order_date": pa.array(alike[:, 2].astype(np.int32), pa.int32()).cast(pa.date32()),
            "risk": pa.array(risk, pa.float64()),
        }
    )
    if isinstance(found.model, Fitted):
        fitted = asdict(found.model)
        return table, {"method": str(found.model.model), **{name: fitted[name] for name in ("r", "alpha", "a", "b")}}
    return table, {
        "method": "silence",
        "reason": str(found.model.reason),
        "repeat_customers": found.model.repeat_customers,
    }


def median(days: Whole, counts: Whole) -> float | None:
    """The median of days of which each occurs so many times; None where there is none. days: ascending."""
    total = int(counts.sum())
    if total == 0:
        return None
    upto = np.cumsum(counts)
    low, high = (days[np.searchsorted(upto, place, side="right")] for place in ((total - 1) // 2, total // 2))
    return float(low + high) / 2


def _segments() -> pa.Table:
    named = segments()
    columns = {"code": pa.array([int(score) for score in named], pa.int64())}
    names = {"rfm_score": pa.array(named.keys(), pa.string()), "rfm_segment": pa.array(named.values(), pa.string())}
    return pa.table(columns | names)


def _whole(column: pa.ChunkedArray) -> Whole:
    return np.asarray(column.cast(pa.int64()).to_numpy(), np.int64)


def _days(column: pa.ChunkedArray) -> Whole:
    return np.asarray(column.cast(pa.date32()).cast(pa.int32()).to_numpy(), np.int64)


def _as_date(day: int) -> date:
    """A limit of days since 1970 as a date; limits beyond all values as the first and the last that engines know."""
    if day == -NO_VALUE:
        return date(1900, 1, 1)
    return date(2299, 12, 31) if day == NO_VALUE else _EPOCH + timedelta(days=day)


TABLE: Final = DerivedTable(
    name=NAME, dataset=DATASET, every=timedelta(hours=1), edition=5, rebuild=rebuild, update=update
)
