"""When days that were not delivered are too many to look ahead from those that were."""

from __future__ import annotations

from datetime import date, timedelta

from analytics.gaps import Reach, filled, reach, told_enough

MONDAY = date(2026, 6, 1)


def days(*numbers: int) -> dict[date, float]:
    return {MONDAY + timedelta(days=n): 10.0 for n in numbers}


def test_a_third_of_the_days_may_be_missing_and_no_more() -> None:
    """30 days, of which 10 in a row were not delivered; then 31 and 11."""
    known, missing = filled(days(*range(10), *range(20, 30)))
    assert (len(known), len(missing), told_enough(known, missing)) == (30, 10, True)
    known, missing = filled(days(*range(10), *range(21, 31)))
    assert (len(missing), told_enough(known, missing)) == (11, False)


def test_what_was_missing_years_ago_is_past() -> None:
    known, missing = filled(days(0, *range(400, 765)))
    assert (len(missing), told_enough(known, missing)) == (399, True)


def test_without_a_day_nothing_is_told() -> None:
    assert not told_enough({}, {})


def test_a_channel_lacks_no_day_on_which_it_is_always_shut() -> None:
    """Shops that are shut on Sundays: four weeks from a Monday on, the web shop's last day a Sunday."""
    web = {MONDAY + timedelta(days=n) for n in range(28)}
    shops = {day for day in web if day.weekday() != 6}
    sunday, saturday = MONDAY + timedelta(days=27), MONDAY + timedelta(days=26)
    assert reach({"online": web, "offline": shops}) == Reach(sunday, sunday, ())
    # One Sunday before Christmas they were open; two weeks are too few to know; the Saturday too is missing.
    open_once = shops | {MONDAY + timedelta(days=20)}
    assert reach({"online": web, "offline": open_once}) == Reach(saturday, sunday, ("offline",))
    lately = {day for day in shops if day >= MONDAY + timedelta(days=14)}
    assert reach({"online": web, "offline": lately}) == Reach(saturday, sunday, ("offline",))
    friday = saturday - timedelta(days=1)
    assert reach({"online": web, "offline": shops - {saturday}}) == Reach(friday, sunday, ("offline",))
