"""The company's sales, segments and targets, as promotions need them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from analytics.baseline import SalesRow
from analytics.gaps import CLOSED, Reach, reach
from analytics.promo.mechanics import Segment
from analytics.promo.terms import Cell
from data_access.engines.base import Session
from data_access.repeating import repeatable
from data_access.scope import Scope
from data_access.scoped import ScopedSession, promo_read
from data_access.stores import Stores


@dataclass(frozen=True, slots=True)
class Days:
    """Days from start to end, both in."""

    start: date
    end: date


@dataclass(frozen=True, slots=True)
class Span:
    """A cell with sales: its first and last day, and how many days have any."""

    cell: Cell
    first: date
    last: date
    days: int


@dataclass(frozen=True, slots=True)
class SegmentRow:
    """A customer segment: shares from 0 to 1, the basket in the company's currency."""

    segment_id: str
    name: str
    share_of_customers: Decimal
    share_of_revenue: Decimal
    avg_basket_value: Decimal
    discount_sensitivity: str | None

    @property
    def plain(self) -> Segment:
        """As mechanics and breakdowns take it."""
        return Segment(self.segment_id, float(self.share_of_revenue), self.discount_sensitivity or "medium")


@dataclass(frozen=True, slots=True)
class Target:
    """A month's target ('2026-10') of a geo: money in the company's currency, the margin in per cent. source: the
    workbook that it came from, None of one that was typed."""

    month: str
    geo: str
    sales_value: Decimal
    margin_pct: Decimal
    units: int | None
    source: str | None = None


@repeatable
def spans(stores: Stores, scope: Scope, _asked: None = None) -> Sequence[Span]:
    """The departments in channels that have sales, by name. Raises NotPermitted, StoreError."""
    with promo_read(stores.operational, scope) as session:
        rows = session.rows("read/promo/spans")
    return tuple(
        Span(Cell(row["department"], row["channel"]), row["first_day"], row["last_day"], int(row["days"]))
        for row in rows
    )


@repeatable
def sales(stores: Stores, scope: Scope, asked: Days) -> Sequence[SalesRow]:
    """The sales of some days, by department, channel, day and promotion flag. Raises NotPermitted, StoreError."""
    with promo_read(stores.operational, scope) as session:
        return sales_rows(session, asked)


def sales_rows(session: Session | ScopedSession, asked: Days) -> tuple[SalesRow, ...]:
    """The same within a snapshot. Raises StoreError."""
    rows = session.query("read/promo/sales", start=asked.start, end=asked.end)
    return tuple(SalesRow(*values) for values in zip(*(rows[name].to_pylist() for name in _COLUMNS), strict=True))


_COLUMNS = ("date", "channel", "department", "promo_flag", "discount_pct", "sales_value", "margin_value", "units")


@repeatable
def segments(stores: Stores, scope: Scope, _asked: None = None) -> Sequence[SegmentRow]:
    """Customer segments, the largest share of revenue first. Raises NotPermitted, StoreError."""
    with promo_read(stores.operational, scope) as session:
        return tuple(SegmentRow(**row) for row in session.rows("read/promo/segments"))


@repeatable
def targets(stores: Stores, scope: Scope, _asked: None = None) -> Sequence[Target]:
    """Targets by month and geo. Raises NotPermitted, StoreError."""
    with promo_read(stores.operational, scope) as session:
        return target_rows(session)


def target_rows(session: ScopedSession) -> tuple[Target, ...]:
    """The same within a snapshot. Raises StoreError."""
    return tuple(
        Target(
            row["month"], row["geo"], row["sales_value_target"], row["margin_pct_target"], row["units_target"],
            row["source_file"],
        )
        for row in session.rows("read/promo/targets")
    )  # fmt: skip


def reach_of(session: ScopedSession, known: date, through: date = date.max) -> Reach | None:
    """How far channels are loaded, by sales up to `through`; known: a day on which or after which there are some. None
    where there are none. Raises StoreError."""
    # Two spans: what a channel usually does is looked for before its own last day.
    rows = session.rows("read/promo/channel_days", since=known - 2 * CLOSED, through=through)
    days: dict[str, set[date]] = {}
    for row in rows:
        days.setdefault(row["channel"], set()).add(row["date"])
    return reach(days) if days else None
