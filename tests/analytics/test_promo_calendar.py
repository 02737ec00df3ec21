"""Windows of the calendar, where promotions meet, and the lanes that they stand in."""

from __future__ import annotations

from datetime import date

import pytest

from analytics.periods import Period
from analytics.promo.calendar import Kind, Promotion, Span, cells_of, days_on, lanes, moved, overlaps, window
from analytics.promo.terms import Cell

TV, TOYS = Cell("TV", "online"), Cell("Toys", "online")


def one(kind: Kind, start: int, end: int, *cells: Cell, label: str = "", scenario: str | None = None) -> Promotion:
    name = label or f"{kind}{start}"
    planned = scenario or (name if kind in (Kind.APPROVED, Kind.SUBMITTED, Kind.DRAFT) else None)
    days = date(2026, 11, start), date(2026, 11, end)
    return Promotion(f"{name}{kind}", kind, name, *days, cells or (TV,), scenario_id=planned)


def met(*promotions: Promotion) -> list[tuple[str, str, tuple[Cell, ...], int, int]]:
    return [
        (found.first.label, found.second.label, found.cells, found.start.day, found.end.day)
        for found in overlaps(promotions)
    ]


@pytest.mark.parametrize(
    ("day", "span", "first", "last", "before", "after"),
    [
        (date(2026, 11, 21), Span.MONTH, date(2026, 11, 1), date(2026, 11, 30), date(2026, 10, 1), date(2026, 12, 1)),
        (date(2024, 2, 29), Span.MONTH, date(2024, 2, 1), date(2024, 2, 29), date(2024, 1, 1), date(2024, 3, 1)),
        (date(2026, 11, 21), Span.QUARTER, date(2026, 10, 1), date(2026, 12, 31), date(2026, 7, 1), date(2027, 1, 1)),
        (date(2026, 1, 1), Span.MONTH, date(2026, 1, 1), date(2026, 1, 31), date(2025, 12, 1), date(2026, 2, 1)),
    ],
)
def test_a_day_is_seen_in_its_month_or_quarter(
    day: date, span: Span, first: date, last: date, before: date, after: date
) -> None:
    shown = window(day, span)
    assert (shown.start, shown.end) == (first, last)
    assert (moved(shown, span, -1), moved(shown, span, 1)) == (before, after)


def test_two_meet_in_the_cells_and_on_the_days_of_both() -> None:
    approved = one(Kind.APPROVED, 1, 10, TV, TOYS)
    submitted = one(Kind.SUBMITTED, 8, 15, TOYS)
    assert met(submitted, approved) == [("approved1", "submitted8", (TOYS,), 8, 10)]
    # The last day of one and the first of the other is the same day; the day after is not.
    assert met(approved, one(Kind.SUBMITTED, 10, 12)) == [("approved1", "submitted10", (TV,), 10, 10)]
    assert met(approved, one(Kind.SUBMITTED, 11, 12)) == []
    assert met(approved, one(Kind.SUBMITTED, 2, 3, Cell("TV", "offline"))) == []
    # One inside the other, and a third that meets only the longer one.
    assert met(one(Kind.NAMED, 1, 30), one(Kind.NAMED, 5, 6), one(Kind.NAMED, 20, 21)) == [
        ("named1", "named5", (TV,), 5, 6),
        ("named1", "named20", (TV,), 20, 21),
    ]


def test_drafts_are_choices_and_the_same_promotion_seen_twice_does_not_meet_itself() -> None:
    assert met(one(Kind.DRAFT, 1, 9), one(Kind.DRAFT, 2, 5)) == []
    assert met(one(Kind.DRAFT, 1, 9), one(Kind.APPROVED, 2, 5)) == [("draft1", "approved2", (TV,), 2, 5)]
    assert met(one(Kind.DRAFT, 1, 9, scenario="a"), one(Kind.APPROVED, 2, 5, scenario="a")) == []
    assert met(one(Kind.FOUND, 1, 9), one(Kind.APPROVED, 2, 5), one(Kind.FOUND, 3, 4)) == []
    assert met(one(Kind.NAMED, 1, 9, label="TV week"), one(Kind.APPROVED, 1, 9, label=" tv Week")) == []
    # Two of the catalog by one name are two.
    assert len(met(one(Kind.NAMED, 1, 9, label="Sale"), one(Kind.NAMED, 5, 12, label="Sale"))) == 1


def test_a_promotion_without_departments_is_in_all_of_them() -> None:
    assert cells_of([], ["online"]) == (Cell("", "online"),)
    assert cells_of(["TV"], []) == (Cell("TV", "online"), Cell("TV", "offline"))
    everything = one(Kind.NAMED, 1, 9, *cells_of([], ["online"]))
    assert met(everything, one(Kind.APPROVED, 2, 5, TOYS)) == [("named1", "approved2", (TOYS,), 2, 5)]
    assert met(everything, one(Kind.APPROVED, 2, 5, Cell("TV", "offline"))) == []
    assert met(everything, one(Kind.NAMED, 9, 9, Cell("", "online"))) == [
        ("named1", "named9", (Cell("", "online"),), 9, 9)
    ]


def test_none_covers_another_in_its_lane_and_what_has_no_room_is_left_out() -> None:
    held = [one(Kind.APPROVED, 1, 5), one(Kind.APPROVED, 5, 8), one(Kind.APPROVED, 6, 9), one(Kind.APPROVED, 7, 7)]
    assert lanes(held, 2) == [0, 1, 0, None]
    assert lanes(held, 3) == [0, 1, 0, 2]


def test_days_on_promotion_count_once_and_only_within_the_period() -> None:
    period = Period(date(2026, 11, 3), date(2026, 11, 20))
    # The 3rd to the 5th, the 5th to the 6th, and the 19th to the 20th.
    assert days_on([one(Kind.NAMED, 1, 5), one(Kind.NAMED, 5, 6), one(Kind.NAMED, 19, 25)], period) == 6
