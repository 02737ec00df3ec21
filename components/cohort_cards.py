"""The answers on top of the page Cohorts."""

from __future__ import annotations

from typing import Final

from analytics.cohorts import average_growth, share_returned, usual_return
from analytics.customer_base import CustomerBase
from analytics.repeat_buying import NotFitted
from components import wording
from components.cards import Card
from components.definitions import told

SPARK_MONTHS: Final = 12
SOON_DAYS: Final = 90
LEAST_MONTHS: Final = 3


def value_name(base: CustomerBase) -> str:
    """What expected money is called: value only where a margin is set."""
    return "Expected revenue" if base.terms.margin_rate is None else "Expected value"


def tells_a_trend(base: CustomerBase) -> bool:
    """Whether enough cohorts are whole for the cards' lines."""
    return sum(cohort.cells[0].over for cohort in base.cohorts) >= LEAST_MONTHS


def first_year(base: CustomerBase) -> float | None:
    """Net revenue per customer in the month of the first order and the eleven after it; None before any cohort has
    had them."""
    points = average_growth(base.cohorts, "revenue")
    return points[11].value if len(points) > 11 else None


def cohort_cards(base: CustomerBase, currency: str) -> list[Card]:
    """Customers, who bought again and after how long, what a first year brings, who is active, what is expected."""
    held = [cohort for cohort in base.cohorts if cohort.cells[0].over][-SPARK_MONTHS:]
    expected = [base.expected[cohort.month] for cohort in held]
    total, months = base.total, base.terms.months
    grown = average_growth(base.cohorts, "revenue")
    half, year = usual_return(base.returned), first_year(base)
    by_silence = isinstance(base.model, NotFitted)
    soon, later = share_returned(base.returned, SOON_DAYS), share_returned(base.returned, 365)
    return [
        Card(
            "customers", "Customers", wording.count_short(base.customers), "", "up", "",
            [
                f"**{wording.count_short(base.repeat_customers)}** bought again",
                f"**{wording.count_short(base.customers - base.repeat_customers)}** once",
            ],
            told("cohorts.customers"),
            [float(cohort.size) for cohort in held],
        ),
        Card(
            "repeat", "Repeat rate", wording.rate(base.repeat_rate), "", "up", "",
            [f"**{wording.rate(soon)}** in {SOON_DAYS} days", f"**{wording.rate(later)}** in a year"],
            told("cohorts.repeat"),
            [share_returned(base.returned, 30 * month) for month in range(SPARK_MONTHS + 1)],
        ),
        Card(
            "gap", "Order interval", "–" if base.median_gap is None else f"{base.median_gap:,.0f} days", "", "down", "",
            ["median", f"Half back in **{half:,} d**" if half is not None else "Fewer than half return"],
            told("cohorts.gap"),
            [gap.share for gap in base.gaps],
        ),
        Card(
            "year", "First year", wording.money(year, currency), "", "up", "",
            ["net, per customer", f"**{wording.money(grown[0].value, currency)}** at first" if grown else ""],
            told("cohorts.year"),
            [point.value for point in grown][:SPARK_MONTHS],
        ),
        Card(
            "active", "Still active", wording.rate(100 * total.alive / base.customers), "", "up", "",
            [f"**{wording.count_short(total.alive)}** of all", "by silence" if by_silence else "by MBG/NBD"],
            told(
                "cohorts.active",
                (
                    "No model could be fitted: it is taken from how long a customer has been silent against the median "
                    "gap between orders (at least 1 day), in which two orders of one day are a gap of 0."
                    if by_silence
                    else "From the MBG/NBD model of repeat buying."
                )
                + " The line: by month of the first order.",
            ),
            [100 * one.alive / cohort.size for one, cohort in zip(expected, held, strict=True)],
        ),
        Card(
            "expected", f"Next {months} months", wording.money_short(total.value, currency), "", "up", "",
            [
                "no model" if base.interval is None else f"{wording.money_short(base.interval.low, currency)} to "
                f"{wording.money_short(base.interval.high, currency)}",
                "" if total.value is None else f"**{wording.money(total.value / base.customers, currency)}** each",
            ],
            told(
                "cohorts.expected",
                f"Here: {value_name(base).lower()}. Beneath: the middle 90 % of what may come, simulated, and the mean "
                "of all customers. The line: by month of the first order.",
            ),
            [one.value for one in expected if one.value is not None],
        ),
    ]  # fmt: skip
