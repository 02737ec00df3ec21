"""The customer base: cohorts, the time between orders, and what is expected of customers."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from datetime import UTC, date, timedelta
from decimal import Decimal
from typing import Any

from analytics.cohorts import CohortMonth, cohorts, gap_classes, median_gap, returned_by
from analytics.customer_base import Customer, CustomerBase, Expected, Outlook
from analytics.lifetime_intervals import Interval, customer_intervals
from analytics.lifetime_value import (
    Base,
    Calibration,
    FrequencyClass,
    Terms,
)
from analytics.order_value import GammaGamma, OrderValues, ShrunkMeans
from analytics.repeat_buying import Fitted, Model, NotFitted, Reason, p_alive
from data_access.repeating import repeatable
from data_access.scope import Right, Scope
from data_access.scoped import scoped_read
from data_access.stores import Stores

LEADING_CUSTOMERS = 25
# Customers of the export of whom the interval is told: some milliseconds each.
INTERVALS = 500
# How far the silence of one customer is looked at, and at about how many days.
SILENT_DAYS = 365
SILENT_POINTS = 120
# What the figures rest on beside orders: in the cache's key.
DERIVED = ("values", "customers")


@repeatable
def customer_base(stores: Stores, scope: Scope, account: str, _asked: None = None) -> CustomerBase | None:
    """The customer base as it was last computed; None before that, or where nobody has ordered.

    E-mail addresses are left out unless the scope may see personal data. Raises NotPermitted, StoreError.
    """
    with scoped_read(stores.operational, scope, account) as session:
        state = session.one("read/cohorts/state")
    told: dict[str, Any] = json.loads(state["details"]) if state is not None else {}
    if state is None or not told:
        return None
    as_of: date = state["as_of"]
    model, terms = _model(told["model"]), Terms(**told["terms"])
    with scoped_read(stores.warehouse, scope, account) as session:
        months = session.rows("read/cohorts/months")
        leading = (
            session.rows(
                "read/cohorts/leading", most=LEADING_CUSTOMERS, customer="", with_email=scope.allows(Right.PII, account)
            )
            if isinstance(model, Fitted)
            else []
        )
    values = _order_values(told["order_values"]) if isinstance(model, Fitted) else None
    gaps = _counts(told["gaps"])
    return CustomerBase(
        as_of=as_of,
        computed_at=state["computed_at"].astimezone(UTC),
        customers=told["customers"],
        repeat_customers=told["repeat_customers"],
        cohorts=cohorts(
            (
                CohortMonth(
                    row["cohort"], int(row["age_months"]), int(row["customers"]), int(row["orders"]),
                    row["net_revenue"],
                )
                for row in months
            ),
            as_of,
        ),
        gaps=gap_classes(gaps),
        median_gap=median_gap(gaps),
        returned=returned_by(_counts(told["came_back"]), _counts(told["still_out"])),
        model=model,
        order_values=values,
        terms=terms,
        interval=Interval(**told["interval"]) if values is not None else None,
        expected={date.fromisoformat(f"{month}-01"): Expected(*sums) for month, sums in told["cohorts"].items()},
        calibration=_calibration(told["calibration"]),
        leading=_customers(leading, model, values, terms, as_of),
    )  # fmt: skip


@repeatable
def customer_outlook(stores: Stores, scope: Scope, account: str, customer: str) -> Outlook | None:
    """One customer; None where nothing is known, or expected, of them. Raises NotPermitted, StoreError."""
    base = customer_base(stores, scope, account)
    if base is None or isinstance(base.model, NotFitted):
        return None
    with scoped_read(stores.warehouse, scope, account) as session:
        rows = session.rows(
            "read/cohorts/leading", most=1, customer=customer, with_email=scope.allows(Right.PII, account)
        )
    found = _customers(rows, base.model, base.order_values, base.terms, base.as_of)
    if not found:
        return None
    one, repeat = found[0], int(rows[0]["repeat_orders"])
    until = base.as_of + timedelta(days=SILENT_DAYS)
    step = max(1, (until - one.last_order).days // SILENT_POINTS)
    days = [one.last_order + timedelta(days=n) for n in range(0, (until - one.last_order).days + 1, step)]
    days = sorted({*days, base.as_of})
    last = (one.last_order - one.first_order).days
    alive = p_alive(
        base.model, [repeat] * len(days), [last] * len(days), [(day - one.first_order).days for day in days]
    )
    return Outlook(one, repeat, base.as_of, tuple(zip(days, map(float, alive), strict=True)))


@repeatable
def all_customers(stores: Stores, scope: Scope, account: str) -> Sequence[Mapping[str, Any]]:
    """Every customer with the columns of `read/cohorts/customers.sql`, most expected first: for the export.

    expected_value_low, expected_value_high: ends of the 90 % interval of the first INTERVALS of whom something is
    expected; it is drawn customer by customer. Raises NotPermitted, StoreError.
    """
    scope.require(Right.EXPORT, account)
    with scoped_read(stores.operational, scope, account) as session:
        state = session.one("read/cohorts/state")
    told: dict[str, Any] = json.loads(state["details"]) if state is not None else {}
    with scoped_read(stores.warehouse, scope, account) as session:
        rows = session.rows("read/cohorts/customers", with_email=scope.allows(Right.PII, account))
    some = [row for row in rows[:INTERVALS] if row["expected_value"] is not None]
    model = _model(told["model"]) if some and state is not None else None
    found: list[Interval] = []
    if state is not None and isinstance(model, Fitted):
        terms, values = Terms(**told["terms"]), _order_values(told["order_values"])
        found = customer_intervals(model, values, _base(some, state["as_of"]), terms)
    for row in rows:
        del row["valued_repeat_orders"], row["repeat_value"]
        row |= {"expected_value_low": None, "expected_value_high": None}
    for row, interval in zip(some, found, strict=False):
        row |= {"expected_value_low": _cents(interval.low), "expected_value_high": _cents(interval.high)}
    return rows


def _model(told: Mapping[str, Any]) -> Fitted | NotFitted:
    if not told["fitted"]:
        return NotFitted(Reason(told["reason"]), told["repeat_customers"])
    fields = {name: value for name, value in told.items() if name not in ("fitted", "model", "curvature")}
    return Fitted(Model(told["model"]), **fields, curvature=tuple(map(tuple, told["curvature"])))


def _order_values(told: Mapping[str, Any]) -> OrderValues:
    fields = {name: value for name, value in told.items() if name != "kind"}
    return GammaGamma(**fields) if told["kind"] == GammaGamma.__name__ else ShrunkMeans(**fields)


def _calibration(told: Mapping[str, Any] | None) -> Calibration | NotFitted | None:
    if told is None:
        return None
    if not told["fitted"]:
        return NotFitted(Reason(told["reason"]), told["repeat_customers"])
    return Calibration(told["held_out_days"], tuple(FrequencyClass(**one) for one in told["classes"]))


def _customers(
    rows: Sequence[Mapping[str, Any]], model: Fitted | NotFitted, values: OrderValues | None, terms: Terms, as_of: date
) -> tuple[Customer, ...]:
    if not rows or isinstance(model, NotFitted) or values is None:
        return ()
    base = _base(rows, as_of)
    return tuple(
        Customer(
            id=row["customer_id"],
            email=row["customer_email"],
            first_order=row["first_order_date"],
            last_order=row["last_order_date"],
            orders=row["total_orders"],
            net_revenue=row["net_revenue"],
            alive=row["p_alive"],
            expected_orders=row["expected_orders"],
            expected_order_value=row["expected_order_value"],
            expected_value=row["expected_value"],
            interval=interval,
        )
        for row, interval in zip(rows, customer_intervals(model, values, base, terms), strict=True)
    )


def _base(rows: Sequence[Mapping[str, Any]], as_of: date) -> Base:
    return Base.of(
        [row["repeat_orders"] for row in rows],
        [(row["last_order_date"] - row["first_order_date"]).days for row in rows],
        [(as_of - row["first_order_date"]).days for row in rows],
        [float(row["repeat_value"]) / max(row["valued_repeat_orders"], 1) for row in rows],
        [row["valued_repeat_orders"] for row in rows],
    )


def _cents(amount: float) -> Decimal:
    return round(Decimal(amount), 2)


def _counts(pairs: Sequence[Sequence[int]]) -> dict[int, int]:
    return {int(days): int(count) for days, count in pairs}
