"""Unusual days as people see them: marked on the charts, in the files, and by their own thresholds."""

from __future__ import annotations

import json
from typing import Any

import pytest
from streamlit.testing.v1 import AppTest

from data_access.queries.accounts import accounts
from data_access.scope import local_admin
from data_access.stores import Stores
from tests.pages.conftest import Open, texts
from tests.pages.test_settings_page import widget
from tests.two_stacks import both_stacks
from tests.unusual_rows import unusual_orders, unusual_sends
from tests.warehouse_rows import insert


@pytest.fixture
def odd(connected: Stores) -> Stores:
    insert(connected, "klaviyo_orders", *unusual_orders())
    insert(connected, "campaign_statistics", *unusual_sends())
    return connected


def marked(app: AppTest) -> list[dict[str, Any]]:
    """The marked points of the chart over time."""
    for chart in app.get("plotly_chart"):
        figure = json.loads(chart.proto.spec)
        for trace in figure["data"]:
            if trace.get("name") == "Unusual":
                found: list[dict[str, Any]] = [
                    {"x": x, "y": y, "said": said}
                    for x, y, said in zip(trace["x"], trace["y"], trace["customdata"], strict=True)
                ]
                return found
    return []


@both_stacks
def test_an_unusual_day_is_marked_with_what_was_expected(odd: Stores, open_page: Open) -> None:
    app = open_page("revenue", period="28 d")
    assert not app.exception
    assert marked(app) == [
        {
            "x": "2026-11-18",
            "y": 300.0,
            "said": "Unusual: €300.00 where €100.00 was expected (+200.0 %, 4.1 deviations)",
        }
    ]
    assert "1 unusual day, marked; days before 15 Nov 2026 are not judged." in texts(app)
    messages = open_page("engagement", period="28 d")
    assert not messages.exception
    assert "No unusual day" not in texts(messages)  # what Klaviyo attributes is not watched
    assert "No unusual day" in texts(messages.segmented_control(key="measure").set_value("Opens").run())


def test_parts_and_weeks_are_not_marked_and_say_why(odd: Stores, open_page: Open) -> None:
    part = open_page("revenue", period="28 d", country="DE")
    assert marked(part) == []
    assert "Unusual days are told for all orders and messages: take the filters away to see them." in texts(part)
    weeks = open_page("revenue", period="90 d")
    assert marked(weeks) == []
    assert "1 unusual day, the last on 18 Nov 2026 (two months or less show them by day)" in texts(weeks)


def test_what_is_unusual_is_what_an_admin_says(odd: Stores, open_page: Open) -> None:
    app = open_page("settings")
    widget(app, "number_input", "setting_sensitivity").set_value(6.0)
    widget(app, "multiselect", "setting_watched").set_value(["orders", "aov"])
    app = widget(app, "button", "save_watched").click().run()
    assert "Settings saved." in texts(app)
    thresholds = accounts(odd, local_admin())[0].settings.thresholds
    assert (thresholds.sensitivity, thresholds.least_change_pct, thresholds.metrics) == (6.0, 10.0, ("orders", "aov"))
    page = open_page("revenue", period="28 d")
    assert marked(page) == []
    assert "unusual day" not in texts(page)  # gross revenue is not watched any more
    orders = page.segmented_control(key="measure").set_value("Orders").run()
    assert "No unusual day; days before 15 Nov 2026 are not judged." in texts(orders)
