"""Rows of sales as series of days."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import numpy as np
import pytest

from analytics.baseline import SalesRow
from analytics.promo.history import days_since_promotion, series_of
from analytics.promo.terms import Cell, Curve
from analytics.promo.uplift import bands_of


def row(
    day: int, units: int, sales: int, *, promo: bool = False, depth: str | None = None, dept: str = "TV"
) -> SalesRow:
    discount = None if depth is None else Decimal(depth)
    return SalesRow(date(2026, 10, day), "online", dept, promo, discount, Decimal(sales), Decimal(sales) / 4, units)


def test_a_day_is_all_its_rows_and_its_depth_is_weighted_by_regular_sales() -> None:
    (series,) = series_of([
        row(1, 10, 100),
        row(2, 6, 60), row(2, 15, 120, promo=True, depth="20"),
        row(4, 8, 80, depth="10"),
        row(5, 9, 90, promo=True),
        row(6, 7, 70, promo=True, depth="0"),
    ])  # fmt: skip
    assert (series.cell, series.first, len(series.days)) == (Cell("TV", "online"), date(2026, 10, 1), 6)
    assert series.units.tolist() == pytest.approx([10, 21, float("nan"), 8, 9, 7], nan_ok=True)
    assert series.sales.tolist() == pytest.approx([100, 180, float("nan"), 80, 90, 70], nan_ok=True)
    # A discount of 0 is no promotion, whatever the flag says.
    assert series.promoted.tolist() == [False, True, False, True, True, False]
    # 120 at 20 % would have cost 150, so that 30 of 210 were given: 21 pieces at 10 less that are the day's 180.
    # A discount alone is a promotion; a flag without a depth is a depth that is not known.
    assert series.depth.tolist() == pytest.approx([0, 30 / 210, 0, 0.1, float("nan"), 0], nan_ok=True)
    assert series.share.tolist() == pytest.approx([0, 120 / 180, 0, 1, 1, 0])
    assert series.promo_days == 2
    # 1 October 2026 is a Thursday.
    assert series.weekdays.tolist() == [3, 4, 5, 6, 0, 1]


@pytest.mark.parametrize(
    ("depth", "sales", "band"),
    [(10, "1.14", "0-10"), (20, "1.03", "10-20"), (30, "2.39", "20-30"), (40, "1.02", "30-40")],
)
def test_a_written_discount_is_kept_to_the_last_digit(depth: int, sales: str, band: str) -> None:
    """1.14 at 10 % off, divided and multiplied in binary, comes to a hair more than 10 %: another band, never seen."""
    held = SalesRow(date(2026, 10, 1), "online", "TV", True, Decimal(depth), Decimal(sales), Decimal("0.2"), 3)
    (series,) = series_of([held])
    assert series.depth.tolist() == [depth / 100]
    curve = Curve(np.array([0, 0.5]), np.array([0, 1.0]), np.zeros(2), depth / 100, 1)
    days = {one.band: (one.promo_days, one.extrapolated) for one in bands_of(series, curve, margin=0.3)}
    assert days[band] == (1, False)
    assert sum(count for count, _ in days.values()) == 1


def test_cells_are_apart_and_returns_are_no_pieces() -> None:
    first, second = series_of([row(2, 5, 50), row(1, -3, -30, dept="Gaming")])
    assert (first.cell.department, second.cell.department) == ("Gaming", "TV")
    assert first.units.tolist() == [0]
    assert first.sales.tolist() == [-30]
    assert series_of([]) == []


def test_days_since_a_promotion() -> None:
    promoted = np.array([False, True, True, False, False, True])
    assert days_since_promotion(promoted).tolist() == [6, 0, 0, 1, 2, 0]
    assert days_since_promotion(np.array([False, False])).tolist() == [2, 2]
