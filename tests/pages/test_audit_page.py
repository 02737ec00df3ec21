"""The page Audit: admins read who did what, filter it and compare before with after; all others see nothing of it."""

from __future__ import annotations

from datetime import UTC, date, datetime

import pytest

from analytics.access import Grant, Role
from analytics.audit import Action, Asked, Thing, thing_of
from analytics.day_marks import Note
from components import audit_words as words
from data_access.grants import scope_of
from data_access.pseudonyms import erase_name, pseudonym_of
from data_access.queries.audit import entries
from data_access.scope import NotPermitted, Right, granted, local_admin
from data_access.stores import Stores
from data_access.writes.annotations import add_note
from data_access.writes.audit import note
from data_access.writes.exports import note_export
from data_access.writes.grants import give
from pages.frame import clock, guard
from tests.pages.conftest import Open, texts
from tests.two_stacks import both_stacks
from tests.warehouse_rows import ACCOUNT, insert, store

ADMIN = local_admin()
ANN = granted("ann@example.com", [ACCOUNT, "Other1"], [Right.VIEW, Right.EXPORT, Right.PROMO_WRITE])
EVER = Asked(datetime(2020, 1, 1, tzinfo=UTC), datetime(2100, 1, 1, tzinfo=UTC))
DAY = date(2026, 11, 17)


@pytest.fixture
def filled(stores: Stores, now: datetime, monkeypatch: pytest.MonkeyPatch) -> Stores:
    """Five entries: a note of each of two stores, an exported file, a role for all stores, a promotion's target."""
    # The database's own clock dates entries, not the one that pages are drawn by.
    assert now
    monkeypatch.setattr(clock, "now", lambda: datetime.now(UTC))
    insert(stores, "stores", store())
    add_note(stores, ANN, ACCOUNT, Note("11111111-1111-4111-8111-111111111111", DAY, DAY, "Shop down", ""))
    add_note(stores, ANN, "Other1", Note("22222222-2222-4222-8222-222222222222", DAY, DAY, "Elsewhere", ""))
    note_export(stores, ANN, ACCOUNT, "Revenue: Orders", {"format": "CSV", "bytes": 12})
    give(stores, ADMIN, Grant("bob@example.com", Role.PLANNER))
    with stores.operational.write() as session:
        note(session, "ann@example.com", Action.TARGET_SAVE, "2026-11 DE", before={"sales": "1"}, after={"sales": "2"})
    return stores


def test_each_action_has_words_and_a_thing() -> None:
    assert words.DONE.keys() == set(Action)
    assert words.THINGS.keys() == set(Thing) == {thing_of(action) for action in Action}
    assert len(set(words.DONE.values())) == len(Action)


@both_stacks
def test_an_admin_reads_filters_and_opens_entries(filled: Stores, open_page: Open) -> None:
    app = open_page("audit")
    assert not app.exception
    shown = app.dataframe[0].value
    assert sorted(zip(shown["Who"], shown["What"], shown["Which"], strict=True)) == [
        ("The admin at this machine", "Gave a role", "bob@example.com"),
        ("ann@example.com", "Changed a target", "2026-11 DE"),
        ("ann@example.com", "Exported a file", "Revenue: Orders"),
        ("ann@example.com", "Wrote a note", "Elsewhere"),
        ("ann@example.com", "Wrote a note", "Shop down"),
    ]
    assert "5 entries" in texts(app)
    app.multiselect(key="done").set_value(["Changed a target"]).run()
    assert app.dataframe[0].value["Which"].tolist() == ["2026-11 DE"]
    with filled.operational.write() as session:
        ann = pseudonym_of(session, "ann@example.com")
    target = entries(filled, ADMIN, Asked(EVER.start, EVER.after, actions=(Action.TARGET_SAVE,))).rows[0]
    app = open_page("audit", person=ann, entry=target.id, things="Target")
    assert not app.exception
    assert app.dataframe[0].value["What"].tolist() == ["Changed a target"]
    fields = app.dataframe[1].value
    assert fields[["Field", "Before", "After"]].to_numpy().tolist() == [["Sales", "1", "2"]]
    # Whoever was erased has no name here any more; what they did stays.
    with filled.operational.write() as session:
        assert erase_name(session, "ann@example.com") == ann
    app = open_page("audit", of_store="No store")
    assert sorted(app.dataframe[0].value["Who"]) == [words.ERASED, "The admin at this machine"]
    assert "ann@example.com" not in texts(app)
    app = open_page("audit", since="2020-01-01", until="2020-01-02")
    assert "Nothing in these days" in texts(app)


def test_an_admin_of_one_store_reads_what_is_of_that_store_and_of_promotions(
    filled: Stores, open_page: Open, monkeypatch: pytest.MonkeyPatch
) -> None:
    scope = scope_of("ada@example.com", [Grant("ada@example.com", Role.ADMIN, ACCOUNT)])
    monkeypatch.setattr(guard, "signed_in", lambda _settings: scope)
    app = open_page("audit")
    assert sorted(app.dataframe[0].value["What"]) == ["Changed a target", "Exported a file", "Wrote a note"]
    assert "bob@example.com" not in texts(app)
    foreign = next(one for one in entries(filled, ADMIN, EVER).rows if one.account == "Other1")
    app = open_page("audit", entry=foreign.id)
    assert "not for you to see" in texts(app)
    assert "Elsewhere" not in texts(app)


def test_nobody_else_reads_it(filled: Stores, open_page: Open, monkeypatch: pytest.MonkeyPatch) -> None:
    for role in (role for role in Role if role is not Role.ADMIN):
        scope = scope_of("eve", [Grant("eve", role)])
        with pytest.raises(NotPermitted):
            entries(filled, scope, EVER)
    monkeypatch.setattr(guard, "signed_in", lambda _settings: scope_of("eve", [Grant("eve", Role.PLANNER)]))
    app = open_page("audit")
    assert "No access" in texts(app)
    assert not app.dataframe


def test_pages_of_entries_follow_each_other(stores: Stores) -> None:
    with stores.operational.write() as session:
        for number in range(5):
            note(session, "command line", Action.TARGET_SAVE, str(number), after={"sales": number})
    pages = [entries(stores, ADMIN, EVER, page=page, rows=2) for page in range(4)]
    assert [page.total for page in pages] == [5, 5, 5, 5]
    assert [len(page.rows) for page in pages] == [2, 2, 1, 0]
    assert {one.thing_id for page in pages for one in page.rows} == {"0", "1", "2", "3", "4"}
