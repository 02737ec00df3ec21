"""The figures of the overview as plain values: where the month stands, for store orders and, apart, for sales."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from analytics.attention import Drain, Fall
from analytics.decomposition import Made
from analytics.deliverability import Standing
from analytics.gaps import Reach
from analytics.landing import Landing
from analytics.periods import Period
from analytics.promo.pacing import MonthTarget, needed_a_day, to_go
from analytics.revenue import MOST_UNPRICED


@dataclass(frozen=True, slots=True)
class SalesFigures:
    """The company's sales of all channels in the month of their last day. They never meet store orders.

    period: the month's first day to the last with sales; year_…: the same dates a year before but those of days that
    were not delivered, None where sales are not known from the first of them on. Amounts are in the company's currency.
    missing: how many of the month's days up to the last with sales were not delivered; estimated: what stands in for
    them. reach: how far channels are loaded: figures end where the first of them does, None where nothing is.
    """

    period: Period | None
    month_end: date
    sales: Decimal
    margin: Decimal
    year_sales: Decimal | None
    year_margin: Decimal | None
    target: MonthTarget | None
    landing: Landing | None
    missing: int = 0
    estimated: Decimal = Decimal(0)
    reach: Reach | None = None

    @property
    def margin_pct(self) -> Decimal | None:
        """Margin / sales × 100; None for sales of 0 or less."""
        return self.margin / self.sales * 100 if self.sales > 0 else None

    @property
    def year_margin_pct(self) -> Decimal | None:
        """The same a year before."""
        if self.year_sales is None or self.year_margin is None or self.year_sales <= 0:
            return None
        return self.year_margin / self.year_sales * 100

    @property
    def days_left(self) -> int:
        """Days of the month behind the last with sales."""
        return (self.month_end - self.period.end).days if self.period else self.month_end.day

    @property
    def gap(self) -> Decimal | None:
        """What is missing to the target, below 0 where it is passed; None without one. What stands in for days that
        were not delivered has come."""
        return to_go(self.target, self.sales + self.estimated)

    @property
    def needed_a_day(self) -> Decimal | None:
        """What each day left has to bring to reach the target; None without one, or without a day left."""
        return needed_a_day(self.gap, self.days_left)


@dataclass(frozen=True, slots=True)
class OverviewFigures:
    """All that the overview shows, read from one state of the data.

    this, previous, year: the month so far, and the same days of the month and of the year before (None where those
    begin before the first known order or nothing is compared yet). days: net revenue (booked) by day, back to the month
    a year before and further. year_month: net revenue of the whole month a year before, None like `year`. last_whole:
    the last day that is over. first_day: the first with an order, None without any.
    """

    this: Made
    previous: Made | None
    year: Made | None
    days: Mapping[date, Decimal]
    year_month: Decimal | None
    landing: Landing | None
    first_day: date | None
    last_whole: date
    mail: tuple[Standing, ...] = ()
    falls: tuple[Fall, ...] = ()
    drains: tuple[Drain, ...] = ()
    sales: SalesFigures | None = None


def priced_enough(made: Made) -> bool:
    """Whether so few of a period's orders lack an exchange rate that its sums can be compared."""
    return sum(made.unpriced.values()) <= MOST_UNPRICED * made.placed
