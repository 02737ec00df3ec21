"""The page of workbooks: handed in, looked at, corrected, loaded once, and told; also where there is no store."""

from __future__ import annotations

import time
from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from streamlit.testing.v1 import AppTest

from components import workbook_loads
from data_access.queries.workbooks import workbook_jobs
from data_access.scope import Right, granted, local_admin
from data_access.stores import Stores
from pages.frame import guard
from tests.pages.conftest import Open, texts
from tests.two_stacks import both_stacks

HEAD = "date,channel,department,discount,sales,margin,units"
ROWS = [
    "2026-11-01,web,TV,0,100.00,25.00,2",
    "2026-11-02,store,TV,20,80.00,5.00,2",
    "2026-11-03,web,TV,0,oops,1,1",
]


def csv(*lines: str) -> bytes:
    return ("\n".join(lines) + "\n").encode()


def hand_in(app: AppTest, name: str, data: bytes) -> AppTest:
    return app.file_uploader[0].upload(name, data, "text/csv").run()


def cards(app: AppTest) -> dict[str, str]:
    return {card.label: card.value for card in app.metric}


def sales(stores: Stores) -> list[tuple[Any, ...]]:
    with stores.operational.read() as session:
        found = session.query_text("SELECT date, channel, sales_value FROM sales_aggregated ORDER BY date", {})
    return [tuple(row.values()) for row in found.to_pylist()]


def loaded(app: AppTest) -> AppTest:
    """Presses Load twice, as a double click does, and waits until it has ended."""
    app.button(key="workbooks_load").click().run()
    deadline = time.monotonic() + 30
    while "Loaded in" not in texts(app) and "Not loaded" not in texts(app):
        assert time.monotonic() < deadline, texts(app)
        time.sleep(0.1)
        app.run()
    return app


@both_stacks
def test_a_workbook_is_looked_at_and_loaded_without_any_store(stores: Stores, open_page: Open) -> None:
    app = open_page("workbooks")
    assert not app.exception
    assert "No workbooks yet" in texts(app)
    hand_in(app, "nov.csv", csv(HEAD, *ROWS))
    said = texts(app)
    assert "2 rows of sales can be loaded; 1 row would be left out." in said
    assert "20 is 20 %: numbers are above 1" in said.replace("\\", "")
    # 15 needed cells are all there; of 21 cells 1 is broken; no row contradicts itself; 2 days of 2.
    assert "Completeness 100.0 % · Accuracy 95.2 % · Consistency 100.0 % · Timeliness 100.0 %" in said
    assert sales(stores) == []
    loaded(app)
    assert sales(stores) == [
        (date(2026, 11, 1), "online", Decimal("100.00")), (date(2026, 11, 2), "offline", Decimal("80.00")),
    ]  # fmt: skip
    assert "2 rows in place, 2 rows new; 1 row left out." in texts(app)
    assert cards(app) | {"Last quality": ""} == {
        "Sales up to": "2 Nov 2026", "Rows of sales": "2", "Promotions": "1", "Target months": "0",
        "Segments": "0", "Last quality": "",
    }  # fmt: skip
    # The same file again.
    hand_in(app, "nov.csv", csv(HEAD, *ROWS))
    loaded(app)
    assert "nothing changed, all of it was there already" in texts(app)
    # Corrected: 100 becomes 120.
    hand_in(app, "nov.csv", csv(HEAD, ROWS[0].replace("100.00", "120.00"), ROWS[1]))
    loaded(app)
    assert "2 rows in place, 1 row replaced." in texts(app)
    assert [row[2] for row in sales(stores)] == [Decimal("120.00"), Decimal("80.00")]
    assert len(app.dataframe[0].value) == 3


def test_columns_that_were_not_found_are_named_by_the_person(stores: Stores, open_page: Open) -> None:
    app = open_page("workbooks")
    hand_in(app, "odd.csv", csv("tag,wo,was,betrag,marge,menge", "2026-11-01,web,TV,100,25,2"))
    said = texts(app)
    assert "Nothing" not in said
    assert "looks like sales and lacks Channel, Department, Sales. Say below which columns they are." in said
    assert app.button(key="workbooks_load").disabled
    for target, source in (("channel", "wo"), ("department", "was"), ("sales_value", "betrag")):
        app.selectbox(key=f"pair_0_0_sales_{target}").set_value(source)
    next(button for button in app.button if button.label == "Apply").click().run()
    assert "1 row of sales can be loaded." in texts(app)
    loaded(app)
    assert sales(stores) == [(date(2026, 11, 1), "online", Decimal("100.00"))]


def test_what_was_handed_in_outlives_an_error_and_another_page(
    stores: Stores, open_page: Open, monkeypatch: pytest.MonkeyPatch
) -> None:
    app = open_page("workbooks")
    hand_in(app, "bad.csv", csv(HEAD, "x,y,z,0,a,b,c"))
    hand_in(app, "nov.csv", csv(HEAD, *ROWS[:2]))
    assert "None of its rows can be loaded" in "\n".join(error.value for error in app.error)
    app.switch_page("pages/data/jobs.py").run()
    app.switch_page("pages/data/workbooks.py").run()
    assert [box.value for box in app.subheader if box.value.endswith("csv")] == ["bad.csv", "nov.csv"]
    loaded(app)
    assert len(sales(stores)) == 2


def test_who_may_not_load_looks_only(stores: Stores, open_page: Open, monkeypatch: pytest.MonkeyPatch) -> None:
    viewer = granted("vera", [], [Right.VIEW, Right.PROMO_READ])
    monkeypatch.setattr(guard, "signed_in", lambda _settings: viewer)
    app = open_page("workbooks")
    assert "You may look at what was loaded; planners load." in texts(app)
    assert app.file_uploader[0].disabled
    stranger = granted("sam", [], [Right.VIEW])
    monkeypatch.setattr(guard, "signed_in", lambda _settings: stranger)
    app = open_page("workbooks")
    assert "No access" in texts(app)
    assert not app.file_uploader


def test_what_was_left_out_is_for_who_may_load(
    stores: Stores, open_page: Open, monkeypatch: pytest.MonkeyPatch
) -> None:
    app = open_page("workbooks")
    hand_in(app, "nov.csv", csv(HEAD, *ROWS))
    loaded(app)
    picked = {workbook_loads.JOB: workbook_jobs(stores, local_admin())[0].job_id}
    assert len(open_page("workbooks", **picked).get("download_button")) == 1
    viewer = granted("vera", [], [Right.VIEW, Right.PROMO_READ])
    monkeypatch.setattr(guard, "signed_in", lambda _settings: viewer)
    app = open_page("workbooks", **picked)
    assert "1 row left out" in texts(app)
    assert not app.get("download_button")
