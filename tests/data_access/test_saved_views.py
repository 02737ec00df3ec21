"""Saved views: one name once an owner, changed by their owner, seen by nobody who may not see the store."""

from __future__ import annotations

from dataclasses import replace

import pytest

from analytics.saved_views import InvalidView, SavedView
from data_access.queries.saved_views import saved_views
from data_access.scope import NotPermitted, Right, granted, local_admin
from data_access.stores import Stores
from data_access.writes.saved_views import ViewChanged, change_view, remove_view, save_view
from tests.data_access.guarded import Guarded
from tests.two_stacks import both_stacks

ANN, BEN = (granted(name, ["A", "B"], [Right.VIEW]) for name in ("ann", "ben"))
ONLY_B = granted("cat", ["B"], [Right.VIEW])
IDS = [f"00000000-0000-4000-8000-00000000000{n}" for n in range(3)]
MONDAY = SavedView(IDS[0], "A", " Monday  look ", "/revenue", {"period": ("7 d",), "country": ("AT", "DE")}, "ann")
KEPT = replace(MONDAY, name="Monday look")


@both_stacks
def test_a_view_is_saved_once_renamed_shared_and_removed(stores: Stores) -> None:
    assert save_view(stores, ANN, MONDAY)
    # A second click on Save.
    assert not save_view(stores, ANN, MONDAY)
    assert saved_views(stores, ANN, ["A", "B"]) == [KEPT]
    # Another window: the same name is taken, in small letters too; another person may use it.
    with pytest.raises(InvalidView, match="already"):
        save_view(stores, ANN, replace(MONDAY, id=IDS[1], name="monday look"))
    assert save_view(stores, BEN, replace(MONDAY, id=IDS[1], owner="ben"))
    assert saved_views(stores, ANN, ["A", "B"]) == [KEPT]

    change_view(stores, ANN, KEPT, "Week", shared=True)
    assert saved_views(stores, ANN, ["A"]) == [replace(KEPT, name="Week", shared=True)]
    assert [(view.name, view.owner) for view in saved_views(stores, BEN, ["A"])] == [
        ("Monday look", "ben"),
        ("Week", "ann"),
    ]
    with pytest.raises(NotPermitted, match="somebody else's"):
        change_view(stores, BEN, replace(KEPT, name="Week", shared=True), "Mine now", shared=False)
    with pytest.raises(NotPermitted):
        remove_view(stores, BEN, replace(KEPT, name="Week", shared=True))
    # Another tab still shows the name from before.
    with pytest.raises(ViewChanged):
        change_view(stores, ANN, KEPT, "Third", shared=False)
    remove_view(stores, ANN, replace(KEPT, name="Week", shared=True))
    with pytest.raises(ViewChanged):
        remove_view(stores, ANN, replace(KEPT, name="Week", shared=True))
    assert saved_views(stores, ANN, ["A"]) == []


def test_a_shared_view_of_a_store_that_one_may_not_see_is_not_listed(stores: Stores) -> None:
    save_view(stores, ANN, replace(MONDAY, shared=True))
    save_view(stores, ANN, replace(MONDAY, id=IDS[1], account="B", name="Of B", shared=True))
    assert [view.name for view in saved_views(stores, BEN, ["A", "B"])] == ["Monday look", "Of B"]
    assert [view.name for view in saved_views(stores, ONLY_B, ["A", "B"])] == ["Of B"]
    for write in (
        lambda: save_view(stores, ONLY_B, replace(MONDAY, id=IDS[2])),
        lambda: change_view(stores, ONLY_B, KEPT, "x", shared=False),
        lambda: remove_view(stores, ONLY_B, KEPT),
    ):
        with pytest.raises(NotPermitted):
            write()
    # Who may no longer see the store has lost its views, too.
    assert saved_views(stores, granted("ann", ["B"], [Right.VIEW]), ["A", "B"]) == [
        replace(MONDAY, id=IDS[1], account="B", name="Of B", shared=True)
    ]


@both_stacks
def test_a_view_of_the_companys_pages_is_for_those_who_see_them(stores: Stores) -> None:
    planner, other = (granted(name, [], [Right.VIEW, Right.PROMO_READ]) for name in ("pia", "oli"))
    july = SavedView(IDS[0], "", "July", "/calendar", {"at": ("2026-07",)}, "pia")
    assert save_view(stores, planner, july)
    assert saved_views(stores, planner, []) == [july]
    assert saved_views(stores, other, []) == []
    change_view(stores, planner, july, "July", shared=True)
    shared = replace(july, shared=True)
    assert saved_views(stores, other, []) == [shared]
    with pytest.raises(NotPermitted, match="somebody else's"):
        remove_view(stores, other, shared)
    # Who sees stores only is not shown it, and saves none.
    assert saved_views(stores, ANN, ["A", "B"]) == []
    with pytest.raises(NotPermitted):
        save_view(stores, ANN, replace(july, id=IDS[1], owner="ann"))
    remove_view(stores, planner, shared)
    assert saved_views(stores, local_admin("pia"), []) == []


def test_a_name_and_filters_have_limits(stores: Stores) -> None:
    for wrong in ({"name": "  "}, {"name": "x" * 61}, {"filters": {"with": tuple("x" * 100 for _ in range(41))}}):
        with pytest.raises(InvalidView):
            save_view(stores, ANN, replace(MONDAY, **wrong))  # type: ignore[arg-type]
    assert saved_views(stores, local_admin("ann"), ["A"]) == []


def test_the_database_shows_a_reader_the_views_of_one_account(guarded: Guarded) -> None:
    with guarded.stores("app") as stores:
        save_view(stores, ANN, replace(MONDAY, shared=True))
        assert [view.name for view in saved_views(stores, BEN, ["A", "B"])] == ["Monday look"]
        remove_view(stores, ANN, replace(KEPT, shared=True))
    with guarded.connected("app", "analytics_reader", "B") as connection:
        connection.execute("SELECT set_config('role', 'etl_writer', true)")
        connection.execute(
            "INSERT INTO saved_views (klaviyo_public_id, name, page, filters, owner)"
            " VALUES ('A', 'a', '/', '{}', 'x'), ('B', 'b', '/', '{}', 'x')"
        )
        connection.execute("SELECT set_config('role', 'analytics_reader', true)")
        assert connection.execute("SELECT name FROM saved_views").fetchall() == [("b",)]
