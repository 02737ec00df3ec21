"""Notes on days: written in a dialog within reach of every page, and seen at once on the charts of every session."""

from __future__ import annotations

import json
import uuid
from datetime import date
from decimal import Decimal
from typing import Any

from streamlit.testing.v1 import AppTest

from analytics.day_marks import Note
from data_access.queries.annotations import Range, notes
from data_access.scope import local_admin
from data_access.stores import Stores
from data_access.writes.annotations import add_note
from tests.pages.conftest import Open, texts
from tests.pages.test_forecast_page import sales as company_sales
from tests.pages.test_jobs_page import ran
from tests.pages.test_post_mortem_page import PROMOTION, catalog, kept
from tests.two_stacks import both_stacks
from tests.warehouse_rows import ACCOUNT, insert, order

YEAR = Range(date(2026, 1, 1), date(2026, 12, 31))


def chart(app: AppTest, key: str = "chart_over_time") -> Any:
    (found,) = (one.proto for one in app.get("plotly_chart") if key in one.proto.id)
    return found


def described(app: AppTest, key: str = "chart_over_time") -> str:
    return str(chart(app, key).alt)


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


def test_notes_and_promotions_stand_on_the_month_and_on_runs(connected: Stores, open_page: Open) -> None:
    insert(connected, "klaviyo_orders", order("a", "150.00", "2026-11-16 10:00"))
    insert(connected, "sync_jobs", ran("j", 1, 10, events=30))
    days = date(2026, 11, 17), date(2026, 11, 18)
    add_note(connected, local_admin("ann"), ACCOUNT, Note(str(uuid.uuid4()), *days, "Down"))
    # To come, and of the next month already.
    insert(connected, "promo_catalog", promotion("Black week", date(2026, 11, 28), date(2026, 12, 4)))
    note = "Marked: 17 Nov 2026 to 18 Nov 2026 note Down (by ann)"
    app = open_page("overview")
    assert described(app, "chart_month").endswith(
        f"{note}; 28 Nov 2026 to 4 Dec 2026 promotion Black week (20.0 % off)."
    )
    bands = [(shape["x0"], shape["x1"]) for shape in json.loads(chart(app, "chart_month").spec)["layout"]["shapes"]]
    assert bands == [("2026-11-16T12:00:00", "2026-11-18T12:00:00"), ("2026-11-27T12:00:00", "2026-11-30T12:00:00")]
    app = open_page("jobs", period="7 d")
    for key in ("chart_outcomes", "chart_brought", "chart_lengths"):
        assert described(app, key).endswith(f"{note}.")


def test_the_company_s_charts_have_its_promotions(stores: Stores, open_page: Open) -> None:
    """TV's week is judged: its own chart marks the others alone."""
    company_sales(stores)
    catalog(stores)
    kept(stores)
    insert(stores, "promo_catalog", promotion("Toy fair", date(2026, 11, 9), date(2026, 11, 9)))
    insert(stores, "promo_catalog", promotion("Guess", date(2026, 11, 4), date(2026, 11, 5)) | {"is_found": True})
    fair = "9 Nov 2026 promotion Toy fair."
    week = "2 Nov 2026 to 8 Nov 2026 promotion TV $week"
    assert described(open_page("discovery"), "chart_pace").endswith(f"Marked: {week}; {fair}")
    assert f"{week}; {fair}" in described(open_page("forecast"), "chart_forecast")
    assert described(open_page("post_mortem", promotion=PROMOTION), "chart_post_mortem").endswith(f"Marked: {fair}")


def promotion(name: str, start: date, end: date) -> dict[str, Any]:
    return {
        "promo_name": name, "date_start": start, "date_end": end, "departments": ["Toys"], "channels": ["online"],
        "avg_discount_pct": Decimal("20.00"), "is_found": False,
    }  # fmt: skip


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
