"""The weekday mean of days without promotion: what a department and channel sells on such a day by itself."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from fractions import Fraction
from typing import Final

_FINE: Final = 10**10


@dataclass(frozen=True, slots=True)
class SalesRow:
    """One row of `sales_aggregated`. Money in the company's currency, `discount_pct` in per cent."""

    date: date
    channel: str
    department: str
    promo_flag: bool | None
    discount_pct: Decimal | None
    sales_value: Decimal
    margin_value: Decimal
    units: int


@dataclass(frozen=True, slots=True)
class BaselineDay:
    """What a day would sell: money to the cent, units to the piece; None where nothing is known of its weekday."""

    date: date
    sales_value: Decimal | None
    margin_value: Decimal | None
    units: int | None


def weekday_baseline(
    rows: Iterable[SalesRow], start: date, end: date, channel: str | None = None, department: str | None = None
) -> list[BaselineDay]:
    """The baseline of each day from `start` to `end`, both in, of all rows or those of one channel or department.

    Of each department and channel the mean of its own days of that weekday before `start` that have no promotion (a
    flag or a discount on any of its rows), summed over what was asked for. The database's function
    calculate_baseline_forecast gives the same numbers.
    """
    days: dict[tuple[str, str, date], list[Fraction]] = {}
    promoted: set[tuple[str, str, date]] = set()
    for row in rows:
        if (
            row.date >= start
            or row.channel != (channel or row.channel)
            or row.department != (department or row.department)
        ):
            continue
        key = (row.department, row.channel, row.date)
        if row.promo_flag or (row.discount_pct or 0) > 0:
            promoted.add(key)
        told = (Fraction(row.sales_value), Fraction(row.margin_value), Fraction(row.units))
        days[key] = [old + new for old, new in zip(days.get(key, [Fraction(0)] * 3), told, strict=True)]
    series: dict[tuple[str, str, int], list[list[Fraction]]] = defaultdict(list)
    for (of_department, of_channel, day), sums in days.items():
        if (of_department, of_channel, day) not in promoted:
            series[of_department, of_channel, day.isoweekday()].append(sums)
    weekdays: dict[int, list[Fraction]] = {}
    for (_, _, weekday), known in series.items():
        means = [sum(column, Fraction(0)) / len(known) for column in zip(*known, strict=True)]
        so_far = weekdays.get(weekday, [Fraction(0)] * 3)
        weekdays[weekday] = [old + new for old, new in zip(so_far, means, strict=True)]
    asked = (start + timedelta(days=place) for place in range((end - start).days + 1))
    return [_day(day, weekdays.get(day.isoweekday())) for day in asked]


def _day(day: date, sums: list[Fraction] | None) -> BaselineDay:
    if sums is None:
        return BaselineDay(day, None, None, None)
    sales, margin, units = (Fraction(_half_away(total * _FINE), _FINE) for total in sums)
    return BaselineDay(day, _money(sales), _money(margin), _half_away(units))


def _money(amount: Fraction) -> Decimal:
    return Decimal(_half_away(amount * 100)).scaleb(-2)


def _half_away(amount: Fraction) -> int:
    """The nearest whole number, halves away from zero."""
    whole = int(abs(amount) + Fraction(1, 2))
    return whole if amount >= 0 else -whole
