"""Notes on days: kept once, changed by those who may, seen by nobody who may not see the store; what else is marked."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from psycopg.errors import InsufficientPrivilege

from analytics.day_marks import InvalidNote, Note
from data_access.queries.accounts import data_state
from data_access.queries.annotations import Range, campaigns, notes, promotions
from data_access.scope import NotPermitted, Right, granted, local_admin
from data_access.stores import Stores
from data_access.writes.annotations import NoteChanged, add_note, change_note, remove_note
from tests.data_access.guarded import Guarded
from tests.noted import noted
from tests.two_stacks import both_stacks
from tests.warehouse_rows import ACCOUNT, insert

ADMIN = local_admin("boss")
ANN, BEN = (granted(name, [ACCOUNT], [Right.VIEW]) for name in ("ann", "ben"))
STRANGER = granted("eve", ["Other1"], [Right.VIEW, Right.SETTINGS, Right.ADMIN])
ID = "00000000-0000-4000-8000-000000000001"
DOWN = Note(ID, date(2026, 11, 17), date(2026, 11, 18), "  Shop   down ", "ann")
KEPT = replace(DOWN, text="Shop down")
NOVEMBER = Range(date(2026, 11, 1), date(2026, 11, 30))


def held(stores: Stores, asked: Range = NOVEMBER) -> list[Note]:
    return list(notes(stores, ADMIN, ACCOUNT, asked))


@both_stacks
def test_a_note_is_kept_changed_and_removed_and_each_write_raises_the_version(stores: Stores) -> None:
    assert add_note(stores, ANN, ACCOUNT, DOWN)
    assert held(stores) == [KEPT]
    # A second click on Save, and the same in another window.
    assert not add_note(stores, ANN, ACCOUNT, DOWN)
    assert not add_note(stores, ANN, ACCOUNT, replace(DOWN, text="Other"))
    assert held(stores) == [KEPT]
    assert data_state(stores, ADMIN, ACCOUNT).derived == (("annotations", "annotations:1"),)
    # The figures of pages do not rest on it: they stay in the cache.
    assert data_state(stores, ADMIN, ACCOUNT).version == ""

    wanted = replace(KEPT, end=date(2026, 11, 19), text="Shop slow")
    with pytest.raises(NotPermitted, match="somebody else's"):
        change_note(stores, BEN, ACCOUNT, KEPT, wanted)
    change_note(stores, ANN, ACCOUNT, KEPT, wanted)
    assert held(stores) == [wanted]
    # Another tab still shows what it was.
    with pytest.raises(NoteChanged):
        change_note(stores, ADMIN, ACCOUNT, KEPT, replace(KEPT, text="Mine"))
    with pytest.raises(NoteChanged):
        remove_note(stores, ADMIN, ACCOUNT, KEPT)
    assert held(stores) == [wanted]
    with pytest.raises(NotPermitted):
        remove_note(stores, BEN, ACCOUNT, wanted)
    remove_note(stores, ADMIN, ACCOUNT, wanted)
    assert held(stores) == []
    with pytest.raises(NoteChanged):
        remove_note(stores, ADMIN, ACCOUNT, wanted)
    assert data_state(stores, ADMIN, ACCOUNT).derived == (("annotations", "annotations:3"),)
    days = {"date_start": "2026-11-17", "date_end": "2026-11-18"}
    assert [(row["actor"], row["action"], row["account"], row["before"], row["after"]) for row in noted(stores)] == [
        ("ann", "annotation.add", ACCOUNT, None, days | {"note": "Shop down"}),
        # What did not change is left out.
        ("ann", "annotation.change", ACCOUNT, {"date_end": "2026-11-18", "note": "Shop down"},
         {"date_end": "2026-11-19", "note": "Shop slow"}),
        ("boss", "annotation.remove", ACCOUNT, days | {"date_end": "2026-11-19", "note": "Shop slow"}, None),
    ]  # fmt: skip


def test_a_range_shows_what_touches_it(stores: Stores) -> None:
    add_note(stores, ANN, ACCOUNT, DOWN)
    assert held(stores, Range(date(2026, 11, 18), date(2026, 11, 20))) == [KEPT]
    assert held(stores, Range(date(2026, 11, 10), date(2026, 11, 17))) == [KEPT]
    assert held(stores, Range(date(2026, 11, 10), date(2026, 11, 16))) == []
    assert held(stores, Range(date(2026, 11, 19), date(2026, 11, 20))) == []


@pytest.mark.parametrize(
    "wrong",
    [
        {"text": "  \n "},
        {"text": "x" * 301},
        {"end": date(2026, 11, 16)},
        {"start": date(2011, 12, 31)},
    ],
)
def test_what_cannot_be_a_note_is_refused(stores: Stores, wrong: dict[str, Any]) -> None:
    with pytest.raises(InvalidNote):
        add_note(stores, ANN, ACCOUNT, replace(DOWN, **wrong))
    assert held(stores) == []


def test_a_stranger_neither_reads_nor_writes(stores: Stores) -> None:
    add_note(stores, ANN, ACCOUNT, DOWN)
    with pytest.raises(NotPermitted):
        notes(stores, STRANGER, ACCOUNT, NOVEMBER)
    for write in (
        lambda: add_note(stores, STRANGER, ACCOUNT, replace(DOWN, id=ID[:-1] + "2")),
        lambda: change_note(stores, STRANGER, ACCOUNT, KEPT, replace(KEPT, text="x")),
        lambda: remove_note(stores, STRANGER, ACCOUNT, KEPT),
    ):
        with pytest.raises(NotPermitted):
            write()
    # Nor by the id of a note in a store of theirs.
    with pytest.raises(NoteChanged):
        remove_note(stores, STRANGER, "Other1", KEPT)
    assert held(stores) == [KEPT]


def test_the_database_shows_a_reader_the_notes_of_one_account(guarded: Guarded) -> None:
    both = granted("ann", ["A", "B"], [Right.VIEW])
    with guarded.stores("app") as stores:
        add_note(stores, both, "A", DOWN)
        assert [note.text for note in notes(stores, both, "A", NOVEMBER)] == ["Shop down"]
        assert notes(stores, both, "B", NOVEMBER) == ()
        change_note(stores, both, "A", KEPT, replace(KEPT, text="Slow"))
        remove_note(stores, both, "A", replace(KEPT, text="Slow"))
    with guarded.connected("app", "analytics_reader", "A") as connection, pytest.raises(InsufficientPrivilege):
        connection.execute("INSERT INTO annotations (date_start, date_end, note) VALUES (now(), now(), 'x')")


def test_the_largest_campaigns_and_all_promotions_mark_days(stores: Stores) -> None:
    insert(
        stores,
        "campaign_statistics",
        *(
            {
                "klaviyo_public_id": ACCOUNT, "campaign_id": f"c{n}", "campaign_name": f"Mail {n}",
                "send_channel": "email", "date": date(2026, 11, n), "recipients": float(n * 1000),
                "updated_at": "2026-11-21",
            }
            for n in (1, 2, 3, 4, 5)
        ),
    )  # fmt: skip
    insert(
        stores,
        "promo_catalog",
        {"promo_name": "Black Week", "date_start": date(2026, 11, 23), "date_end": date(2026, 12, 2),
         "avg_discount_pct": Decimal("20.00")},
        {"promo_name": None, "date_start": date(2026, 10, 1), "date_end": date(2026, 10, 31),
         "avg_discount_pct": None},
    )  # fmt: skip
    found = campaigns(stores, ANN, ACCOUNT, Range(date(2026, 11, 1), date(2026, 11, 4)))
    assert [(mark.name, mark.start.day, mark.more) for mark in found] == [
        ("Mail 4", 4, "to 4,000 recipients"),
        ("Mail 3", 3, "to 3,000 recipients"),
        ("Mail 2", 2, "to 2,000 recipients"),
    ]
    assert promotions(stores, ANN, ACCOUNT, NOVEMBER) == ()
    planner = granted("pam", [ACCOUNT], [Right.VIEW, Right.PROMO_READ])
    assert [(mark.name, mark.end, mark.more) for mark in promotions(stores, planner, ACCOUNT, NOVEMBER)] == [
        ("Black Week", date(2026, 12, 2), "20.0 % off")
    ]
    october = Range(date(2026, 10, 31), date(2026, 10, 31))
    assert [(mark.name, mark.more) for mark in promotions(stores, planner, ACCOUNT, october)] == [("Promotion", "")]
