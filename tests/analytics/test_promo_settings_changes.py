"""What planners changed, and two people's changes put together."""

from __future__ import annotations

from dataclasses import replace

import pytest

from analytics.promo.settings import InvalidPromoSettings, PromoSettings, settings_of
from analytics.promo.settings_changes import changes, together
from analytics.promo.verdict import Limits

BASE = PromoSettings(groups={"TV": "Media", "Dr. Best": "Care"}, variable_cost={"online": 0.12}, version=3)


def test_changes_are_told_setting_by_setting() -> None:
    after = replace(
        BASE, groups={"TV": "Screens", "Audio": "Media"}, variable_cost={}, limits=Limits(budget=300_000, grid=(0, 0.1))
    )
    found = changes(BASE, after)
    grid = found.pop(("limits", "grid"))
    assert (len(grid[0]), grid[1]) == (9, [0, 0.1])
    assert found == {
        ("variable_cost", "online"): (0.12, None),
        ("groups", "TV"): ("Media", "Screens"),
        ("groups", "Dr. Best"): ("Care", None),
        ("groups", "Audio"): (None, "Media"),
        ("limits", "budget"): (350_000.0, 300_000),
    }
    assert changes(BASE, replace(BASE, version=4)) == {}


def test_two_peoples_changes_stand_together_and_mine_count_where_both_changed_the_same() -> None:
    mine = replace(BASE, groups={"TV": "Screens"}, currency="SEK", mandatory={"legal": ("Terms apply",)})
    theirs = replace(BASE, groups={**BASE.groups, "TV": "Video"}, limits=Limits(discount=0.2), version=4)
    found = together(BASE, mine, theirs)
    assert found == replace(
        BASE, groups={"TV": "Screens"}, currency="SEK", mandatory={"legal": ("Terms apply",)},
        limits=Limits(discount=0.2), version=4,
    )  # fmt: skip
    deep, shallow = replace(BASE, limits=Limits(discount=0.4)), replace(BASE, limits=Limits(discount_at_most=0.3))
    with pytest.raises(InvalidPromoSettings, match=r"above limits\.discount_at_most"):
        together(BASE, deep, shallow)


def test_each_problem_names_its_setting_and_what_is_allowed() -> None:
    with pytest.raises(InvalidPromoSettings) as raised:
        settings_of(
            {
                "default_redemption": 1.5,
                "limits": {"discount": 0.5, "margin_by_department": {"Dr. Best": 2}, "grid": []},
            }
        )
    assert [(one.name, one.within) for one in raised.value.problems] == [
        ("limits.grid", None), ("default_redemption", (0, 1)), ("limits.margin_by_department.Dr. Best", (-1, 1)),
        ("limits.discount", None),
    ]  # fmt: skip
