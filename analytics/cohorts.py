"""Whether customers come back: monthly cohorts by first order, and the time between orders.

A cohort is the customers whose first order that counts lies in one calendar month; its age in months is that of the
calendar, 0 for the month itself. Revenue is net revenue of orders, in the account's currency. A cell whose month is not
over is right-censored: it is marked, and nothing is averaged or concluded from it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Final, NamedTuple

from analytics.periods import add_months

# Upper ends, in days, of the classes in which gaps between orders are counted; the last class has none.
GAP_CLASSES: Final = (7, 14, 30, 60, 90, 180, 365)


class CohortMonth(NamedTuple):
    """What one cohort did in one month: customers who ordered, their orders and net revenue."""

    cohort: date
    age: int
    customers: int
    orders: int
    net_revenue: Decimal


@dataclass(frozen=True, slots=True)
class Cell:
    """A cohort in one month. retention: customers who ordered / size × 100. orders: so far, per customer. revenue: net,
    so far, per customer. over: the month is; otherwise the cell can still grow."""

    retention: float
    orders: float
    revenue: float
    over: bool


@dataclass(frozen=True, slots=True)
class Cohort:
    """month: its first day. size: customers. cells: by age, up to the month of the as-of date. net_revenue: so far."""

    month: date
    size: int
    cells: tuple[Cell, ...]
    net_revenue: Decimal


def month_after(month: date, months: int) -> date:
    """The first day of a month some months later."""
    return add_months(month, months)


def is_over(month: date, as_of: date) -> bool:
    """Whether a month is over at the as-of date, the day after the last whole day."""
    return month_after(month, 1) <= as_of


def cohorts(rows: Iterable[CohortMonth], as_of: date) -> tuple[Cohort, ...]:
    """Cohorts by month, oldest first. Months without an order have a cell, too; months after the as-of date none."""
    held: dict[date, dict[int, CohortMonth]] = {}
    for row in rows:
        held.setdefault(row.cohort, {})[row.age] = row
    found = []
    for month in sorted(held):
        by_age = held[month]
        if 0 not in by_age:
            raise ValueError(f"The cohort of {month} has no first orders")
        size = by_age[0].customers
        orders, revenue, cells = 0, Decimal(0), []
        for age in range(max(*by_age, _months_between(month, as_of)) + 1):
            row = by_age.get(age, CohortMonth(month, age, 0, 0, Decimal(0)))
            at = month_after(month, age)
            if at > as_of or (at == as_of and age not in by_age):
                break
            orders, revenue = orders + row.orders, revenue + row.net_revenue
            cells.append(Cell(100 * row.customers / size, orders / size, float(revenue / size), is_over(at, as_of)))
        found.append(Cohort(month, size, tuple(cells), revenue))
    return tuple(found)


def _months_between(first: date, last: date) -> int:
    return max(0, (last.year - first.year) * 12 + last.month - first.month)


@dataclass(frozen=True, slots=True)
class CurvePoint:
    """All cohorts at one age: customers of the cohorts whose month of that age is over, their mean of a measure."""

    age: int
    customers: int
    value: float


def average_retention(of: Sequence[Cohort]) -> tuple[CurvePoint, ...]:
    """Customers who ordered at each age / customers of the cohorts that have reached it × 100."""
    return _average(of, lambda cohort, age: cohort.cells[age].retention)


def average_growth(of: Sequence[Cohort], measure: str) -> tuple[CurvePoint, ...]:
    """`orders` or `revenue` per customer so far, by age: the months' means added up, each over the cohorts that have
    reached it, so that the curve does not jump where a cohort leaves it."""

    def grown(cohort: Cohort, age: int) -> float:
        now = float(getattr(cohort.cells[age], measure))
        return now - (float(getattr(cohort.cells[age - 1], measure)) if age else 0.0)

    points, total = [], 0.0
    for point in _average(of, grown):
        total += point.value
        points.append(CurvePoint(point.age, point.customers, total))
    return tuple(points)


def _average(of: Sequence[Cohort], measure: Callable[[Cohort, int], float]) -> tuple[CurvePoint, ...]:
    found = []
    for age in range(max((len(cohort.cells) for cohort in of), default=0)):
        reached = [cohort for cohort in of if age < len(cohort.cells) and cohort.cells[age].over]
        customers = sum(cohort.size for cohort in reached)
        if not customers:
            break
        found.append(CurvePoint(age, customers, sum(measure(c, age) * c.size for c in reached) / customers))
    return tuple(found)


@dataclass(frozen=True, slots=True)
class GapClass:
    """Gaps between orders of `low` to `high` days (None: and more), and their share of all in per cent."""

    low: int
    high: int | None
    gaps: int
    share: float


def median_gap(gaps: Mapping[int, int]) -> float | None:
    """The median of gaps in days, counted by length; None without any."""
    total = sum(gaps.values())
    if not total:
        return None
    lower, upper, seen = None, None, 0
    for days in sorted(gaps):
        seen += gaps[days]
        if lower is None and seen >= (total + 1) // 2:
            lower = days
        if seen >= total // 2 + 1:
            upper = days
            break
    assert lower is not None
    assert upper is not None
    return (lower + upper) / 2


def gap_classes(gaps: Mapping[int, int]) -> tuple[GapClass, ...]:
    """Gaps in GAP_CLASSES; nothing without any."""
    total = sum(gaps.values())
    if not total:
        return ()
    found, low = [], 1
    for high in (*GAP_CLASSES, None):
        count = sum(n for days, n in gaps.items() if days >= low and (high is None or days <= high))
        found.append(GapClass(low, high, count, 100 * count / total))
        low = (high or 0) + 1
    return tuple(found)


@dataclass(frozen=True, slots=True)
class Returned:
    """The share of customers who have ordered a second time within so many days of their first, in per cent, and how
    many customers are watched for that long without one."""

    days: int
    share: float
    watched: int


def returned_by(came_back: Mapping[int, int], still_out: Mapping[int, int]) -> tuple[Returned, ...]:
    """The time to the second order by the product limit of Kaplan and Meier (1958, "Nonparametric estimation from
    incomplete observations"), so that customers who are not known for long do not count as lost.

    came_back: customers by days to their second order. still_out: those with one order by days since then.
    One point a day on which somebody came back.
    """
    at_risk = sum(came_back.values()) + sum(still_out.values())
    out, found = 1.0, []
    for days in sorted(came_back.keys() | still_out.keys()):
        back = came_back.get(days, 0)
        if back:
            out *= 1 - back / at_risk
            found.append(Returned(days, 100 * (1 - out), at_risk - back))
        at_risk -= back + still_out.get(days, 0)
    return tuple(found)


def share_returned(points: Sequence[Returned], days: int) -> float:
    """The share in per cent at so many days."""
    return next((point.share for point in reversed(points) if point.days <= days), 0.0)


def usual_return(points: Sequence[Returned]) -> int | None:
    """Days after which half of the customers have come back; None where fewer ever did."""
    return next((point.days for point in points if point.share >= 50 - 1e-9), None)
