"""Cohorts, gaps between orders and the way back, from rows that can be added up by hand."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest

from analytics.cohorts import (
    CohortMonth,
    average_growth,
    average_retention,
    cohorts,
    gap_classes,
    median_gap,
    returned_by,
    share_returned,
    usual_return,
)

JAN, FEB, MAR = date(2026, 1, 1), date(2026, 2, 1), date(2026, 3, 1)
ROWS = [
    CohortMonth(FEB, 0, 5, 5, Decimal("250.00")),
    CohortMonth(FEB, 1, 1, 2, Decimal("80.00")),
    CohortMonth(JAN, 0, 10, 12, Decimal("600.00")),
    CohortMonth(JAN, 2, 4, 5, Decimal("-20.00")),
]


def test_cells_of_a_triangle() -> None:
    january, february = cohorts(ROWS, date(2026, 3, 15))
    assert (january.month, january.size, january.net_revenue) == (JAN, 10, Decimal("580.00"))
    # Nobody ordered in February; refunds outweigh the orders of March, which is not over.
    assert [(c.retention, c.orders, c.revenue, c.over) for c in january.cells] == [
        (100, 1.2, 60, True), (0, 1.2, 60, True), (40, 1.7, 58, False),
    ]  # fmt: skip
    assert [(c.retention, c.orders, c.revenue, c.over) for c in february.cells] == [
        (100, 1, 50, True), (20, 1.4, 66, False),
    ]  # fmt: skip


def test_a_month_is_over_on_the_first_of_the_next() -> None:
    january, february = cohorts(ROWS[:3], date(2026, 3, 1))
    assert [cell.over for cell in january.cells] == [True, True]
    assert [cell.over for cell in february.cells] == [True, False]


def test_averages_leave_out_what_is_not_over() -> None:
    found = cohorts(ROWS, date(2026, 3, 15))
    assert [(p.age, p.customers, p.value) for p in average_retention(found)] == [(0, 15, 100), (1, 10, 0)]
    found = cohorts(ROWS, date(2026, 4, 1))
    # Age 1: nobody of ten, one of five. Age 2: four of ten; February's is not over.
    assert [(p.age, p.customers) for p in average_retention(found)] == [(0, 15), (1, 15), (2, 10)]
    assert [p.value for p in average_retention(found)] == pytest.approx([100, 100 / 15, 40])
    # 850 / 15, and 80 / 15 more, and then −20 / 10 of those who have come so far.
    assert [p.value for p in average_growth(found, "revenue")] == pytest.approx([56.667, 62, 60], abs=1e-3)
    assert [p.value for p in average_growth(found, "orders")] == pytest.approx([17 / 15, 19 / 15, 19 / 15 + 0.5])


def test_nobody_makes_no_cohort() -> None:
    assert cohorts([], date(2026, 3, 15)) == ()
    assert average_retention(()) == ()


def test_one_customer() -> None:
    (only,) = cohorts([CohortMonth(JAN, 0, 1, 1, Decimal(9))], date(2026, 1, 20))
    assert [(c.retention, c.revenue, c.over) for c in only.cells] == [(100, 9, False)]
    assert average_retention([only]) == ()


@pytest.mark.parametrize(
    ("gaps", "median"),
    [({}, None), ({5: 1}, 5), ({5: 1, 8: 1}, 6.5), ({5: 2, 8: 1}, 5), ({1: 1, 5: 1, 9: 2}, 7), ({3: 4}, 3)],
)
def test_the_median_gap(gaps: dict[int, int], median: float | None) -> None:
    assert median_gap(gaps) == median


def test_gaps_by_class() -> None:
    found = gap_classes({7: 1, 8: 2, 30: 3, 366: 2})
    assert [(c.low, c.high, c.gaps, c.share) for c in found if c.gaps] == [
        (1, 7, 1, 12.5), (8, 14, 2, 25), (15, 30, 3, 37.5), (366, None, 2, 25),
    ]  # fmt: skip
    assert len(found) == 8
    assert gap_classes({}) == ()


def test_who_is_not_known_for_long_is_not_lost() -> None:
    # Ten customers: two are back after 10 days, four are known for 20 days only, two of the other four back after 30.
    found = returned_by({10: 2, 30: 2}, {20: 4, 40: 2})
    assert [(p.days, round(p.share, 6), p.watched) for p in found] == [(10, 20, 8), (30, 60, 2)]
    assert (share_returned(found, 9), share_returned(found, 29), share_returned(found, 365)) == (
        0, pytest.approx(20), pytest.approx(60),
    )  # fmt: skip
    assert usual_return(found) == 30
    assert usual_return(returned_by({10: 1}, {40: 2})) is None
    assert usual_return(returned_by({10: 1}, {40: 1})) == 10
    assert returned_by({}, {5: 3}) == ()
