"""A scenario under edit: what is typed into the grid becomes its rows, and what a reload would lose is told."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest

from analytics.promo.mechanics import BadMechanics, Mechanic
from analytics.promo.scenarios import Content
from analytics.promo.terms import Cell, Form
from components import scenario_edit as edit

TV, SHOP = Mechanic("TV", "online", 20.0), Mechanic("TV", "offline", 10.0, funding=500.0, promoted_share=0.4)
WEEK = (date(2026, 11, 30), date(2026, 12, 6))
KEPT = Content("TV week", *WEEK, (TV, SHOP), "balanced", "Terms apply")


def rows(*mechanics: Mechanic) -> tuple[edit.Row, ...]:
    return tuple(one.stored() for one in mechanics)


def test_a_new_one_is_of_the_next_week() -> None:
    found = edit.begun(date(2026, 11, 21))
    assert (found.start, found.end) == (date(2026, 11, 23), date(2026, 11, 29))
    # On a Monday it is the Monday after: today's prices stand already.
    assert edit.begun(date(2026, 11, 23)).start == date(2026, 11, 30)


def test_the_grid_shows_shares_in_per_cent_and_gives_back_what_was_stored() -> None:
    shown = edit.as_shown(SHOP.stored())
    assert (shown["promoted_share"], shown["funding"], shown["redemption"], shown["form"]) == (
        40.0, 500.0, None, "percentage",
    )  # fmt: skip
    assert edit.as_stored(shown) == SHOP.stored()


def test_what_is_typed_added_and_deleted() -> None:
    typed = {
        "edited_rows": {0: {"discount_pct": 15, "form": "coupon", "redemption": 30, "segments": ["LOYAL"]}},
        "deleted_rows": [1],
        "added_rows": [{"department": "Audio", "channel": "online", "discount_pct": 5}, {}],
    }
    found = edit.rows_of(rows(TV, SHOP), typed)
    assert found == (
        Mechanic("TV", "online", 15, ("LOYAL",), form=Form.COUPON, redemption=0.3).stored(),
        Mechanic("Audio", "online", 5).stored(),
    )


def test_a_row_without_a_discount_is_complained_of() -> None:
    typed = {"added_rows": [{"department": "Audio", "channel": "online"}]}
    edited = replace(edit.of_content(KEPT), rows=edit.rows_of((), typed))
    with pytest.raises(BadMechanics, match="row 1: discount_pct is missing"):
        edit.content(edited)


def test_departments_and_channels_make_rows_where_something_sells() -> None:
    known = [Cell("TV", "online"), Cell("TV", "offline"), Cell("Games", "online")]
    found = edit.for_departments(rows(TV), ["TV", "Games"], ["online", "offline"], 25.0, known)
    # TV online keeps its own discount; Games sell online only.
    assert [(row["department"], row["channel"], row["discount_pct"]) for row in found] == [
        ("TV", "online", 20.0), ("TV", "offline", 25.0), ("Games", "online", 25.0),
    ]  # fmt: skip
    assert [row["department"] for row in edit.for_departments(found, ["Games"], ["online"], 25.0, known)] == ["Games"]


def test_a_row_that_was_taken_out_does_not_come_back_with_another_department() -> None:
    known = [Cell(name, channel) for name in ("TV", "Audio", "Games") for channel in ("online", "offline")]
    both = edit.for_departments((), ["TV", "Audio"], ["online", "offline"], 20.0, known)
    left = edit.rows_of(both, {"deleted_rows": [1]})  # TV, offline
    more = edit.for_departments(left, ["TV", "Audio", "Games"], ["online", "offline"], 20.0, known)
    assert [(row["department"], row["channel"]) for row in more] == [
        ("TV", "online"), ("Audio", "online"), ("Audio", "offline"), ("Games", "online"), ("Games", "offline"),
    ]  # fmt: skip


def test_what_a_reload_would_lose() -> None:
    saved = edit.of_content(KEPT, scenario_id="a", seen=3)
    assert not edit.unsaved(saved)
    # The grid gives 20 for 20.0, and a note of blanks is none.
    assert not edit.unsaved(replace(saved, rows=edit.rows_of(saved.rows, {"edited_rows": {0: {"discount_pct": 20}}})))
    assert edit.unsaved(replace(saved, rows=edit.rows_of(saved.rows, {"edited_rows": {0: {"discount_pct": 21}}})))
    assert edit.unsaved(replace(saved, end=date(2026, 12, 7)))
    assert edit.unsaved(replace(saved, notes=""))
    assert edit.content(saved) == KEPT
    fresh = edit.begun(date(2026, 11, 21))
    assert not edit.unsaved(fresh)
    assert edit.unsaved(replace(fresh, rows=rows(TV)))
    # One that is handed over without having been saved.
    assert edit.unsaved(edit.of_content(KEPT))
