"""Notes on days: written in a dialog within reach of every page, and seen at once on the charts of every session."""

from __future__ import annotations

import json
from datetime import date
from typing import Any

from streamlit.testing.v1 import AppTest

from analytics.day_marks import Note
from data_access.queries.annotations import Range, notes
from data_access.scope import local_admin
from data_access.stores import Stores
from data_access.writes.annotations import add_note
from tests.pages.conftest import Open, texts
from tests.two_stacks import both_stacks
from tests.warehouse_rows import ACCOUNT, insert, order

YEAR = Range(date(2026, 1, 1), date(2026, 12, 31))


def chart(app: AppTest) -> Any:
    (found,) = (one.proto for one in app.get("plotly_chart") if "chart_over_time" in one.proto.id)
    return found


def described(app: AppTest) -> str:
    return str(chart(app).alt)


def write(app: AppTest, text: str, *days: date) -> AppTest:
    app.button(key="notes_open").click().run()
    (area,) = (one for one in app.text_area if (one.key or "").startswith("note_text_new"))
    area.set_value(text)
    (picked,) = (one for one in app.date_input if (one.key or "").startswith("note_days_new"))
    picked.set_value(days)
    (save,) = (one for one in app.button if (one.key or "").startswith("note_save_new"))
    return save.click().run()


@both_stacks
def test_a_note_is_on_the_charts_of_every_session_at_once(connected: Stores, open_page: Open) -> None:
    insert(connected, "klaviyo_orders", order("a", "150.00", "2026-11-16 10:00"))
    mine, yours = open_page("revenue", period="7 d"), open_page("revenue", period="7 d")
    assert "Marked" not in described(yours)
    mine = write(mine, "Shop down", date(2026, 11, 17), date(2026, 11, 18))
    assert not mine.exception
    assert [(note.text, note.start.day, note.end.day, note.by) for note in notes(
        connected, local_admin(), ACCOUNT, YEAR
    )] == [("Shop down", 17, 18, "local admin")]  # fmt: skip
    said = "Marked: 17 Nov 2026 to 18 Nov 2026 note Shop down (by local admin)."
    for session in (mine.run(), yours.run()):
        assert described(session).endswith(said)
        layout = json.loads(chart(session).spec)["layout"]
        assert [(shape["type"], shape["x0"], shape["x1"]) for shape in layout["shapes"]] == [
            ("rect", "2026-11-16T12:00:00", "2026-11-18T12:00:00")
        ]


def test_a_note_without_words_is_refused_with_its_reason(connected: Stores, open_page: Open) -> None:
    app = write(open_page("jobs"), "   ", date(2026, 11, 17))
    assert "a note needs a text" in texts(app)
    assert notes(connected, local_admin(), ACCOUNT, YEAR) == ()


def test_a_note_is_changed_and_removed(connected: Stores, open_page: Open) -> None:
    id = "00000000-0000-4000-8000-000000000001"
    add_note(connected, local_admin("ann"), ACCOUNT, Note(id, date(2026, 11, 17), date(2026, 11, 17), "Down"))
    app = open_page("jobs")
    app.button(key="notes_open").click().run()
    app.button(key=f"note_change_{id}").click().run()
    app.text_area(key=f"note_text_change_{id}").set_value("Down for an hour")
    app.button(key=f"note_save_change_{id}").click().run()
    assert [note.text for note in notes(connected, local_admin(), ACCOUNT, YEAR)] == ["Down for an hour"]
    app.button(key="notes_open").click().run()
    app.button(key=f"note_remove_{id}").click().run()
    assert not app.exception
    assert notes(connected, local_admin(), ACCOUNT, YEAR) == ()
