"""The revenue page's figures: everything from one snapshot of the warehouse."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from typing import Any
from zoneinfo import ZoneInfo

from analytics.periods import ONE_DAY, Comparison, Grain, Period, bucket_starts, day_start, grain_of
from analytics.revenue import Amounts, Product, RevenueFigures, Source, Span
from data_access.repeating import repeatable
from data_access.scope import Right, Scope
from data_access.scoped import ScopedSession, scoped_read
from data_access.stores import Stores

LEADING_PRODUCTS = 25
ALL_PRODUCTS = 2**31 - 1


class OrdersOf(StrEnum):
    """Whose orders count: all, or one of the three parts that make up all of them.

    CANCELLED: orders that are nobody's purchase: cancelled, or with no value above 0.
    """

    ALL = "All"
    FIRST = "First"
    REPEAT = "Repeat"
    CANCELLED = "Cancelled"


@dataclass(frozen=True, slots=True)
class RevenueQuery:
    """What the page asks for; empty tuples: all.

    this_until, compared_until: UTC instants before which orders of the period and of the compared one count, None: no
    limit. compared_refunds_until: UTC instant before which deductions of compared orders count for their refund rate,
    None: no limit. young_from: the first day whose orders are younger than the usual return time, None: none are.
    """

    period: Period
    comparison: Comparison | None
    compared_until: datetime | None
    zone: str
    first_weekday: int
    this_until: datetime | None = None
    compared_refunds_until: datetime | None = None
    young_from: date | None = None
    channels: tuple[str, ...] = ()
    countries: tuple[str, ...] = ()
    orders_of: OrdersOf = OrdersOf.ALL

    @property
    def grain(self) -> Grain:
        """Width of one point of the series."""
        return grain_of(self.period)

    def bound(self) -> dict[str, Any]:
        """The values of all parameters that the statements name."""
        other = self.comparison.period if self.comparison else None
        zone = ZoneInfo(self.zone)
        return {
            "start": self.period.start,
            "end": self.period.end,
            "compared_start": other.start if other else None,
            "compared_end": other.end if other else None,
            "compared_until": self.compared_until,
            "this_until": self.this_until,
            "compared_refunds_until": self.compared_refunds_until,
            "start_at": day_start(self.period.start, zone),
            "end_at": self.this_until or day_start(self.period.end + ONE_DAY, zone),
            "zone": self.zone,
            "grain": self.grain.value,
            "first_weekday": self.first_weekday,
            "any_channel": not self.channels,
            "channels": list(self.channels),
            "any_country": not self.countries,
            "countries": list(self.countries),
            "first_orders": self.orders_of is OrdersOf.FIRST,
            "repeat_orders": self.orders_of is OrdersOf.REPEAT,
            "uncounted": self.orders_of is OrdersOf.CANCELLED,
            "most": LEADING_PRODUCTS,
            "young_from": self.young_from,
        }


@dataclass(frozen=True, slots=True)
class RevenueChoices:
    """What the page can be filtered by, most orders first."""

    channels: tuple[str, ...]
    countries: tuple[str, ...]


@repeatable
def revenue(stores: Stores, scope: Scope, account: str, asked: RevenueQuery) -> RevenueFigures:
    """All figures of the revenue page. Raises NotPermitted, StoreError."""
    bound = asked.bound()
    with scoped_read(stores.operational, scope, account) as session:
        names = {(row["kind"], row["id"]): str(row["name"]) for row in session.rows("read/revenue/source_names")}
    with scoped_read(stores.warehouse, scope, account) as session:
        orders = session.rows("read/revenue/orders", **bound)
        hours = session.rows("read/revenue/hours", **bound)
        deductions = session.rows("read/revenue/deductions", **bound)
        customers = session.rows("read/revenue/customers", **bound)
        products = session.rows("read/revenue/products", **bound)
        left_out = session.rows("read/revenue/left_out", **bound)
    told = {row["kind"]: row for row in left_out if not row["key"]}
    return RevenueFigures(
        this=_span("this", orders, deductions, customers, names),
        compared=_span("compared", orders, deductions, customers, names) if asked.comparison else None,
        products=tuple(_product(row, asked) for row in products),
        hours={(row["weekday"], row["hour"]): (row["gross"], int(row["orders"])) for row in hours},
        bucket_customers={row["bucket"]: row["customers"] for row in customers if row["bucket"] is not None},
        unpriced={row["key"]: row["amount"] for row in left_out if row["kind"] == "unpriced"},
        unconverted={row["key"]: row["amount"] for row in left_out if row["kind"] == "unconverted"},
        rejected=told["rejected"]["amount"],
        rejected_lines=told["rejected_lines"]["amount"],
        immature=told["immature"]["amount"],
        first_day=told["history"]["day"],
    )


@repeatable
def revenue_choices(stores: Stores, scope: Scope, account: str, _asked: None = None) -> RevenueChoices:
    """Sales channels and countries that the account's orders hold. Raises NotPermitted, StoreError."""
    with scoped_read(stores.warehouse, scope, account) as session:
        rows = sorted(session.rows("read/revenue/choices"), key=lambda row: (-row["orders"], row["key"]))
    return RevenueChoices(
        channels=tuple(row["key"] for row in rows if row["kind"] == "channel"),
        countries=tuple(row["key"] for row in rows if row["kind"] == "country"),
    )


@repeatable
def products(stores: Stores, scope: Scope, account: str, asked: RevenueQuery) -> tuple[Product, ...]:
    """Every product that sold in the period, most sales first: for the export. Raises NotPermitted, StoreError."""
    scope.require(Right.EXPORT, account)
    with scoped_read(stores.warehouse, scope, account) as session:
        rows = session.rows("read/revenue/products", **(asked.bound() | {"most": ALL_PRODUCTS}))
    return tuple(_product(row, asked) for row in rows)


@repeatable
def orders(stores: Stores, scope: Scope, account: str, asked: RevenueQuery) -> Sequence[Mapping[str, Any]]:
    """Every order of the period, oldest first, with the columns of `read/revenue/order_rows.sql`: for the export.

    E-mail addresses are left empty unless the scope may see personal data. Raises NotPermitted, StoreError.
    """
    scope.require(Right.EXPORT, account)
    with scoped_read(stores.warehouse, scope, account) as session:
        return _order_rows(session, asked, with_email=scope.allows(Right.PII, account))


def _order_rows(session: ScopedSession, asked: RevenueQuery, *, with_email: bool) -> list[dict[str, Any]]:
    return session.rows("read/revenue/order_rows", **asked.bound(), with_email=with_email)


def _span(
    span: str,
    orders: Sequence[Mapping[str, Any]],
    deductions: Sequence[Mapping[str, Any]],
    customers: Sequence[Mapping[str, Any]],
    names: Mapping[tuple[str, str], str],
) -> Span:
    def split(name: str) -> Iterator[Mapping[str, Any]]:
        return (row for row in orders if row["span"] == span and row["split"] == name)

    own = [row for row in deductions if row["span"] == span]
    booked: dict[date, Any] = {}
    for row in own:
        booked[row["deduction_date"]] = booked.get(row["deduction_date"], 0) + row["amount"]
    return Span(
        total=next((_amounts(row) for row in split("total")), Amounts()),
        days={row["order_date"]: _amounts(row) for row in split("day")},
        cancelled=sum((row["amount"] for row in own if row["event_type"] == "cancelled"), Amounts().gross),
        refunded=sum((row["amount"] for row in own if row["event_type"] != "cancelled"), Amounts().gross),
        booked=booked,
        won={row["order_date"]: row["won"] for row in split("day")},
        customers=next((row["customers"] for row in customers if row["span"] == span and row["bucket"] is None), 0),
        sources=tuple(_source(row, names) for row in sorted(split("source"), key=_leading)),
        countries={row["key"]: _amounts(row) for row in split("country")},
        channels={row["key"]: _amounts(row) for row in split("channel")},
        devices={row["key"]: _amounts(row) for row in split("device")},
    )


def _leading(row: Mapping[str, Any]) -> tuple[Any, ...]:
    """Most revenue first, ties by what the source is: engines give rows in any order."""
    return -row["gross"], row["source_type"], row["message_channel"], row["key"]


def _amounts(row: Mapping[str, Any]) -> Amounts:
    return Amounts(
        gross=row["gross"],
        positive=row["positive"],
        orders=int(row["orders"]),
        priced=int(row["priced"]),
        discounted=int(row["discounted"]),
        discount=row["discount"],
        deducted=row["deducted"],
        new=int(row["new"]),
    )


def _source(row: Mapping[str, Any], names: Mapping[tuple[str, str], str]) -> Source:
    kind, identifier = row["source_type"], row["key"]
    fallback = "Unattributed" if kind == "none" else f"{kind.capitalize()} {identifier}"
    return Source(kind, row["message_channel"], identifier, names.get((kind, identifier), fallback), _amounts(row))


def _product(row: Mapping[str, Any], asked: RevenueQuery) -> Product:
    trend = dict(zip(row["buckets"], row["bucket_sales"], strict=True))
    starts = bucket_starts(asked.period, asked.grain, asked.first_weekday)
    return Product(
        id=row["product_id"],
        name=row["product_name"] or row["product_id"],
        brand=row["product_brand"] or "",
        sales=row["sales"],
        compared_sales=row["compared_sales"] if asked.comparison else None,
        units=int(row["units"]),
        orders=int(row["orders"]),
        trend=tuple(trend.get(start, Amounts().gross) for start in starts),
    )
