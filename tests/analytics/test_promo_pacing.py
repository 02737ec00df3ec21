"""A month of 30 days against a target of 1,000, with every figure to be checked by hand."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal

import pytest

from analytics.promo.pacing import (
    Basis,
    Day,
    How,
    Method,
    MonthTarget,
    Rest,
    Stage,
    Sums,
    allocated,
    day_weights,
    ending,
    known_whole,
    pace,
    shared,
    target_of,
)
from analytics.promo.terms import Cell
from data_access.queries.promo_sales import Target

NOVEMBER, TODAY = date(2026, 11, 1), date(2026, 11, 11)
GOAL = MonthTarget(Decimal(1000), Decimal(20), ("DE",))
# 1 to 10 November: 40 a day, of which 10 are margin, 4 pieces.
SOLD = {date(2026, 11, n): Day(Decimal(40), Decimal(10), 4) for n in range(1, 11)}
EVEN = {date(2026, 11, n): 20.0 for n in range(1, 31)}
TV, TOYS, SHOP = Cell("TV", "online"), Cell("Toys", "online"), Cell("TV", "offline")


def test_ten_days_of_a_target_of_1000() -> None:
    found = pace(SOLD, NOVEMBER, TODAY, GOAL, EVEN, Rest(500.0, 39.0))
    assert (found.stage, found.through, found.days_left) == (Stage.RUNNING, date(2026, 11, 10), 20)
    # 400 have come of 1,000; by even days 333.33 would have; 600 are left for 20 days.
    assert (found.sales, found.units, found.margin_pct, found.reached_pct) == (400, 40, 25, 40)
    assert (found.run_rate, found.to_go, found.needed_a_day) == (40, 600, 30)
    assert (found.expected, found.ahead) == (pytest.approx(1000 / 3), pytest.approx(400 - 1000 / 3))
    assert found.path is not None
    assert (len(found.path), found.path[2], found.path[29]) == (30, pytest.approx(100), pytest.approx(1000))
    # No past month can be tested: 400 and the baseline's 500, give or take 1.28 × 39.
    assert found.ending is not None
    assert (found.ending.how, found.ending.expected, found.gap) == (How.BASELINE, 900, 100)
    assert (found.ending.low, found.ending.high) == (pytest.approx(850.02, abs=0.01), pytest.approx(949.98, abs=0.01))


def test_a_week_that_was_not_delivered_is_no_week_without_sales() -> None:
    # Of the ten days the 1st and the 9th and 10th were delivered, 40 each; before it 40 on each day of October.
    gone = [date(2026, 11, n) for n in range(2, 9)]
    days = {day: one for day, one in SOLD.items() if day not in gone}
    days |= {NOVEMBER - timedelta(days=n): SOLD[NOVEMBER] for n in range(1, 32)}
    found = pace(days, NOVEMBER, TODAY, GOAL, EVEN, Rest(500.0, 39.0))
    assert (found.sales, found.missing) == (120, dict.fromkeys(gone, 40.0))
    # 40 a day that was delivered; by even days 3 of 30 would have brought 100 of the 1,000.
    assert (found.run_rate, found.expected, found.ahead) == (40, pytest.approx(100), pytest.approx(20))
    # The week stands at 280: 400 have come, and 600 are left for 20 days.
    assert (found.to_go, found.needed_a_day) == (600, 30)
    assert found.ending is not None
    assert (found.ending.expected, found.gap) == (900, 100)
    parts = shared(found, [Sums(TV, Decimal(120), Decimal(10), Decimal(10))], year_known=True)
    assert (parts.cells[TV].expected, parts.cells[TV].landing) == (pytest.approx(100), 900)
    # Six days in a row are six days without sales.
    days[gone[0]] = SOLD[NOVEMBER]
    found = pace(days, NOVEMBER, TODAY, GOAL, EVEN)
    assert (found.missing, found.run_rate, found.to_go) == ({}, 16, 840)


def test_a_month_of_which_no_day_was_delivered_has_no_run_rate() -> None:
    # 40 on each day of October and on 1 December, nothing between: November's thirty days stand at 40 each.
    days = {NOVEMBER - timedelta(days=n): SOLD[NOVEMBER] for n in range(1, 32)} | {date(2026, 12, 1): SOLD[NOVEMBER]}
    found = pace(days, NOVEMBER, date(2026, 12, 2), GOAL, EVEN)
    assert (found.stage, found.sales, len(found.missing), found.run_rate) == (Stage.OVER, 0, 30, None)
    assert (found.expected, found.to_go) == (0, -200)
    assert found.ending is not None
    assert found.ending.expected == pytest.approx(1200)


def test_a_month_not_begun_over_without_target_and_without_sales() -> None:
    december = pace(SOLD, date(2026, 12, 1), TODAY, GOAL, None, Rest(900.0, 0.0))
    assert (december.stage, december.sales, december.needed_a_day) == (Stage.NOT_BEGUN, 0, Decimal(1000) / 31)
    assert (december.run_rate, december.margin_pct, december.expected, december.ahead) == (None, None, 0.0, None)
    assert december.ending is not None
    assert (december.ending.expected, december.ending.low, december.gap) == (900, 900, 100)
    # Sales of later days than today do not count; sales that end before the month does leave it open, whatever today.
    assert pace(SOLD, NOVEMBER, date(2026, 11, 5), GOAL).sales == 200
    stopped = pace(SOLD, NOVEMBER, date(2027, 1, 5), GOAL)
    assert (stopped.stage, stopped.days_left, stopped.ending) == (Stage.RUNNING, 20, None)
    shut = {date(2026, 11, n): Day(Decimal(0), Decimal(0), 0) for n in range(11, 31)}
    over = pace({**SOLD, **shut, date(2026, 12, 1): SOLD[NOVEMBER]}, NOVEMBER, date(2026, 12, 2), GOAL)
    assert (over.stage, over.sales, over.days_left, over.needed_a_day) == (Stage.OVER, 400, 0, None)
    assert over.ending is not None
    assert (over.ending.how, over.ending.expected, over.ending.low, over.gap) == (How.OVER, 400, 400, 600)
    none = pace(SOLD, NOVEMBER, TODAY, None, EVEN, Rest(500.0, 39.0))
    assert (none.path, none.expected, none.ahead, none.reached_pct, none.to_go, none.gap) == (None,) * 6
    empty = pace({}, NOVEMBER, TODAY, GOAL)
    assert (empty.stage, empty.through, empty.ending, empty.to_go) == (Stage.NOT_BEGUN, None, None, 1000)
    passed = pace(SOLD, NOVEMBER, TODAY, MonthTarget(Decimal(300), None, ("DE",)))
    assert (passed.to_go, passed.needed_a_day) == (-100, 0)


def test_a_target_is_spread_as_the_days_usually_sell() -> None:
    # Twice as much on Sundays: November 2026 has five of them, the 1st among them, so 35 parts.
    sundays = {day: 40.0 if day.weekday() == 6 else 20.0 for day in EVEN}
    weights, method = day_weights({}, NOVEMBER, sundays)
    assert (method, weights[0], weights[1], sum(weights)) == (
        Method.BASELINE, pytest.approx(2 / 35), pytest.approx(1 / 35), pytest.approx(1),
    )  # fmt: skip
    # Without a model by the same weekdays of last year: 364 days before.
    year = {day - timedelta(days=364): amount for day, amount in sundays.items()}
    assert day_weights(year, NOVEMBER) == (weights, Method.YEAR)
    # Where those are not known, by the weekdays before the month: its own days tell nothing of it.
    before = {NOVEMBER - timedelta(days=n): 40.0 if n % 7 == 0 else 20.0 for n in range(1, 57)}
    found, method = day_weights({**before, NOVEMBER: 9999.0}, NOVEMBER)
    assert (method, found) == (Method.WEEKDAYS, pytest.approx(weights))
    assert day_weights({}, NOVEMBER) == ((1 / 30,) * 30, Method.EVEN)
    # Of November 2027, the same days of 2026 are known up to the 20th alone: the rest of it is not 0, but not known.
    far, known = date(2027, 11, 1), {date(2026, 9, 1) + timedelta(days=n): 10.0 for n in range(81)}
    assert day_weights(known, far) == (pytest.approx((1 / 30,) * 30), Method.WEEKDAYS)
    assert known_whole(known, date(2026, 9, 1), date(2026, 11, 20))
    assert not known_whole(known, NOVEMBER, date(2026, 11, 30))
    assert not known_whole(known, date(2026, 8, 31), NOVEMBER)


def test_a_landing_is_the_overviews_where_past_months_can_be_tested() -> None:
    days = {date(2025, 1, 1) + timedelta(days=n): 10.0 for n in range((date(2026, 11, 10) - date(2025, 1, 1)).days + 1)}
    found = ending(days, NOVEMBER, date(2026, 11, 10), date(2026, 11, 30), Rest(1.0, 1.0))
    assert found is not None
    # 10 a day for 30 days; the day before it begins, too.
    assert (found.how, found.expected) == (How.HISTORY, pytest.approx(300))
    before = {day: amount for day, amount in days.items() if day < NOVEMBER}
    found = ending(before, NOVEMBER, date(2026, 10, 31), date(2026, 11, 30), None)
    assert found is not None
    assert found.expected == pytest.approx(300)
    assert ending(before, date(2026, 12, 1), date(2026, 10, 31), date(2026, 12, 31), None) is None


def test_parts_of_departments_and_channels_add_up() -> None:
    month = pace(SOLD, NOVEMBER, TODAY, GOAL, EVEN, Rest(500.0, 39.0))
    sums = [
        Sums(SHOP, Decimal(100), Decimal(500), Decimal(250)), Sums(TOYS, Decimal(100), Decimal(0), Decimal(250)),
        Sums(TV, Decimal(200), Decimal(1500), Decimal(500)),
    ]  # fmt: skip
    found = shared(month, sums, year_known=True)
    # Of 2,000 last year 500, 0 and 1,500: of 1,000 a quarter, nothing, three quarters. The 500 that are to come by the
    # last 90 days: a quarter, a quarter, half.
    assert found.basis is Basis.YEAR
    told = {cell: (part.target, part.sales, part.landing, part.gap) for cell, part in found.cells.items()}
    assert told == {
        SHOP: (250, 100, 225, 25), TOYS: (0, 100, 225, -225), TV: (750, 200, 450, 300),
    }  # fmt: skip
    assert found.cells[TV].expected == pytest.approx(250)
    tv, toys = found.by(lambda cell: cell.department)
    assert (tv.name, tv.target, tv.sales, tv.landing, tv.gap, toys.gap) == ("TV", 1000, 300, 675, 325, -225)
    assert [part.name for part in found.by(lambda cell: cell.channel)] == ["online", "offline"]
    assert sum(part.gap or 0 for part in found.cells.values()) == month.gap
    recent = shared(month, sums, year_known=False)
    assert (recent.basis, recent.cells[TOYS].target) == (Basis.RECENT, 250)
    nothing = shared(month, [Sums(TV, Decimal(0), Decimal(0), Decimal(0))], year_known=True)
    assert (nothing.basis, nothing.cells[TV].target, nothing.cells[TV].landing) == (None, None, None)
    assert allocated(Decimal("100.00"), [Decimal(1)] * 3) == [Decimal("33.34"), Decimal("33.33"), Decimal("33.33")]
    assert sum(allocated(Decimal("-0.05"), [Decimal(1), Decimal(2)])) == Decimal("-0.05")


def test_targets_are_of_the_default_region_or_of_all_together() -> None:
    rows = [
        Target("2026-11", "AT", Decimal(100), Decimal(40), 5), Target("2026-11", "DE", Decimal(300), Decimal(20), None),
        Target("2026-12", "DE", Decimal(900), Decimal(20), None),
    ]  # fmt: skip
    assert target_of(rows, NOVEMBER, "") == MonthTarget(Decimal(400), Decimal(25), ("AT", "DE"))
    assert target_of(rows, NOVEMBER, "AT") == MonthTarget(Decimal(100), Decimal(40), ("AT",), 5)
    assert target_of(rows, NOVEMBER, "FR") is None
