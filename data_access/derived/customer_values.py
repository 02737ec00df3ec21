"""customer_values and cohort_months: who still buys, what they are expected to bring, and what cohorts have done.

One fit for all customers of the account (`analytics.repeat_buying`), so that every change and every new day changes
every row: an update is a rebuild. Pages never fit; what a fit found stands in derived_states.details.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict
from datetime import date, timedelta
from decimal import Decimal
from typing import Any, Final

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from analytics.cohorts import median_gap
from analytics.lifetime_intervals import total_interval
from analytics.lifetime_value import (
    Base,
    Calibration,
    Terms,
    Valued,
    calibrated,
    exact_sums,
    held_out_days,
    valued,
)
from analytics.order_value import order_values
from analytics.repeat_buying import NotFitted, fallback_churn, fit, histories
from data_access.derived.frame import Changes, DerivedTable, Details, Run

NAME: Final = "customer_values"
DATASET: Final = "values"
_EPOCH: Final = date(1970, 1, 1)
_MONEY: Final = pa.decimal128(18, 2)
_COHORTS: Final = pa.schema(
    [
        ("cohort", pa.date32()), ("age_months", pa.int32()), ("customers", pa.int64()), ("orders", pa.int64()),
        ("gross_revenue", _MONEY), ("net_revenue", _MONEY),
    ]
)  # fmt: skip
_NOBODY: Final = pa.schema(
    [
        ("customer_id", pa.string()), ("cohort", pa.date32()), ("first_order_date", pa.date32()),
        ("last_order_date", pa.date32()), ("repeat_orders", pa.int64()), ("valued_repeat_orders", pa.int64()),
        ("repeat_value", _MONEY), ("p_alive", pa.float64()), ("expected_orders", pa.float64()),
        ("expected_order_value", _MONEY), ("expected_value", _MONEY),
    ]
)  # fmt: skip
Floats = npt.NDArray[np.float64]
Whole = npt.NDArray[np.int64]


def rebuild(run: Run) -> Details:
    """All customers and cohorts of the account. Raises StoreError."""
    with run.pair.warehouse() as session:
        span = session.rows("derive/value_span", account=run.account, as_of=run.as_of)[0] if run.as_of else {}
        if run.as_of is None or not span["orders"]:
            _put(run, None, _COHORTS.empty_table())
            return {}
        held_out = held_out_days((run.as_of - span["first_day"]).days)
        place = {"account": run.account, "as_of": run.as_of}
        found = session.query("derive/value_customers", **place, split=run.as_of - timedelta(days=held_out))
        months = session.rows("derive/value_cohorts", **place)
        gaps = {int(row["days"]): int(row["gaps"]) for row in session.rows("derive/order_gaps", **place)}
    customers = _Customers(found, run.as_of, held_out)
    terms = _terms(run, _refund_rate(months))
    rows, details = _valued(customers, terms, gaps)
    _put(run, rows, _cohort_table(months))
    return details


def update(run: Run, _changes: Changes) -> Details:
    """The same: one fit for all."""
    return rebuild(run)


class _Customers:
    """The columns of `derive/value_customers`, days as numbers since 1970."""

    def __init__(self, found: pa.Table, as_of: date, held_out: int) -> None:
        self.table = found
        self.first, self.last, today = _days(found["first_day"]), _days(found["last_day"]), (as_of - _EPOCH).days
        priced = _whole(found["valued_days"])
        total = np.asarray(found["repeat_value"].cast(pa.float64()).to_numpy(), np.float64)
        mean = np.divide(total, priced, out=np.full(len(total), np.nan), where=priced > 0)
        self.base = Base.of(_whole(found["order_days"]) - 1, self.last - self.first, today - self.first, mean, priced)
        self.silent = today - self.last
        self.held_out, self.split = held_out, today - held_out

    def times_to_return(self) -> tuple[dict[int, int], dict[int, int]]:
        """Customers by days to their second order, and those with one order by days since."""
        second = self.table["second_day"]
        back = self.base.repeat > 0
        days = np.where(second.is_valid().to_numpy(), _days(second.fill_null(_EPOCH)), self.last) - self.first
        return _counted(days[back]), _counted(self.base.age[~back].astype(np.int64))

    def calibration(self) -> Calibration | NotFitted | None:
        """None where the history is too short to hold some of it out."""
        if not self.held_out:
            return None
        known = self.first < self.split
        before = _days(self.table["last_before"].fill_null(_EPOCH))
        return calibrated(
            _whole(self.table["days_before"])[known] - 1,
            (before - self.first)[known],
            (self.split - self.first)[known],
            _whole(self.table["days_after"])[known],
            self.held_out,
        )


def _valued(customers: _Customers, terms: Terms, gaps: dict[int, int]) -> tuple[pa.Table, Details]:
    base = customers.base
    data, _ = histories(base.repeat, base.last, base.age)
    model = fit(data)
    came_back, still_out = customers.times_to_return()
    told: dict[str, Any] = {
        "customers": data.customers,
        "repeat_customers": int(np.sum(_whole(customers.table["orders"]) > 1)),
        "terms": asdict(terms),
        "gaps": _pairs({days: count for days, count in gaps.items() if days > 0}),
        "came_back": _pairs(came_back),
        "still_out": _pairs(still_out),
        "calibration": _told_calibration(customers.calibration()),
    }
    cohort = _months(customers.first)
    if isinstance(model, NotFitted):
        alive = 1 - fallback_churn(customers.silent, median_gap(gaps))
        told["model"] = {"fitted": False, **asdict(model)}
        told["cohorts"] = _by_cohort(cohort, alive)
        return _rows(customers, cohort, alive, None), told
    values = order_values(base.priced, base.mean)
    found = valued(model, values, base, terms)
    interval = total_interval(model, values, base, terms, known=found)
    assert interval is not None
    told["model"] = {"fitted": True, **asdict(model)}
    told["order_values"] = {"kind": type(values).__name__, **asdict(values)}
    told["interval"] = asdict(interval)
    told["cohorts"] = _by_cohort(cohort, found.alive, found.orders, found.value)
    return _rows(customers, cohort, found.alive, found), told


def _by_cohort(cohort: Whole, *measures: Floats) -> dict[str, list[float]]:
    """Sums of measures (alive, expected orders, expected value) by the cohort's month, '2026-01'."""
    months, places = np.unique(cohort, return_inverse=True)
    sums = [exact_sums(places, measure, len(months)) for measure in measures]
    return {f"{_first_of(int(month)):%Y-%m}": [column[place] for column in sums] for place, month in enumerate(months)}


def _rows(customers: _Customers, cohort: Whole, alive: Floats, found: Valued | None) -> pa.Table:
    count = len(alive)

    def money(values: Floats) -> pa.Array:
        return pa.array(values, pa.float64()).cast(pa.decimal128(38, 10)).cast(_MONEY, safe=False)

    nothing = pa.nulls(count, _MONEY)
    months, places = np.unique(cohort, return_inverse=True)
    starts = pa.array([_first_of(int(month)) for month in months], pa.date32())
    return pa.table(
        {
            "customer_id": customers.table["customer_id"],
            "cohort": starts.take(pa.array(places, pa.int64())),
            "first_order_date": customers.table["first_day"].cast(pa.date32()),
            "last_order_date": customers.table["last_day"].cast(pa.date32()),
            "repeat_orders": pa.array(customers.base.repeat, pa.int64()),
            "valued_repeat_orders": pa.array(customers.base.priced, pa.int64()),
            "repeat_value": customers.table["repeat_value"].cast(_MONEY),
            "p_alive": pa.array(alive, pa.float64()),
            "expected_orders": pa.nulls(count, pa.float64()) if found is None else pa.array(found.orders, pa.float64()),
            "expected_order_value": nothing if found is None else money(np.round(found.order_value, 2)),
            "expected_value": nothing if found is None else money(np.round(found.value, 2)),
        }
    )


def _put(run: Run, rows: pa.Table | None, months: pa.Table) -> None:
    with run.pair.warehouse() as session:
        session.stage("valued_customers", _NOBODY.empty_table() if rows is None else rows)
        session.stage("months_of_cohorts", months)
        session.execute("derive/customer_values_put", account=run.account)


def _told_calibration(found: Calibration | NotFitted | None) -> dict[str, Any] | None:
    if found is None:
        return None
    return {"fitted": not isinstance(found, NotFitted), **asdict(found)}


def _terms(run: Run, refund_rate: float) -> Terms:
    """What an admin chose, else twelve months, undiscounted, without a margin."""
    with run.pair.operational() as session:
        rows = session.rows("derive/value_terms", account=run.account)
    chosen = {row["key"]: json.loads(row["value"]) for row in rows}
    margin = chosen.get("value_margin_pct")
    return Terms(
        months=int(chosen.get("value_months") or Terms().months),
        discount_rate=float(chosen.get("value_discount_pct") or 0) / 100,
        refund_rate=refund_rate,
        margin_rate=None if margin is None else float(margin) / 100,
    )


def _refund_rate(months: Sequence[Mapping[str, Any]]) -> float:
    """Deductions of the account's orders / their gross revenue; 0 without revenue."""
    gross = sum((row["gross_revenue"] for row in months), Decimal(0))
    net = sum((row["net_revenue"] for row in months), Decimal(0))
    return float((gross - net) / gross) if gross > 0 else 0.0


def _cohort_table(months: Sequence[Mapping[str, Any]]) -> pa.Table:
    return pa.Table.from_pylist([{**row, "cohort": _first_of(int(row["cohort"]))} for row in months], _COHORTS)


def _months(days: Whole) -> Whole:
    """Months since year 0, as the cohorts' query counts them: January of year 0 is 1."""
    return days.astype("datetime64[D]").astype("datetime64[M]").astype(np.int64) + 1970 * 12 + 1


def _first_of(month: int) -> date:
    """The first day of such a month."""
    return date((month - 1) // 12, (month - 1) % 12 + 1, 1)


def _counted(days: Whole) -> dict[int, int]:
    found, counts = np.unique(days, return_counts=True)
    return dict(zip(found.tolist(), counts.tolist(), strict=True))


def _pairs(counts: Mapping[int, int]) -> list[list[int]]:
    """As JSON keeps them: its keys are texts."""
    return [[days, count] for days, count in sorted(counts.items())]


def _whole(column: pa.ChunkedArray) -> Whole:
    return np.asarray(column.cast(pa.int64()).to_numpy(), np.int64)


def _days(column: pa.ChunkedArray) -> Whole:
    return np.asarray(column.cast(pa.date32()).cast(pa.int32()).to_numpy(), np.int64)


TABLE: Final = DerivedTable(
    name=NAME, dataset=DATASET, every=timedelta(hours=4), edition=4, rebuild=rebuild, update=update
)
