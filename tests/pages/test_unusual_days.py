"""Unusual days as people see them: marked on the charts, in the files, and by their own thresholds."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from streamlit.testing.v1 import AppTest

from analytics.account import AccountSettings
from data_access.queries.accounts import accounts
from data_access.scope import Right, granted, local_admin
from data_access.stores import Stores
from data_access.writes.settings import InvalidSetting, save_settings
from pages.frame import guard
from settings import get_settings
from tests.ingest.mail_server import PASSWORD, USER, serving
from tests.message_rows import mailbox_day
from tests.pages.conftest import Open, texts
from tests.pages.test_settings_page import widget
from tests.two_stacks import both_stacks
from tests.unusual_rows import unusual_orders, unusual_sends
from tests.warehouse_rows import ACCOUNT, insert


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
    assert "No unusual day" in texts(messages.segmented_control(key="curve").set_value("Opens").run())


def test_opens_are_marked_only_where_those_that_are_judged_are_drawn(odd: Stores, open_page: Open) -> None:
    insert(odd, "mailbox_days", mailbox_day("2026-09-01", "2026-09-01", "campaign", "web.de", 10))
    said = "Unusual days are told of people's opens and clicks"
    told = {}
    for whose in ("By people", "With machines"):
        page = open_page("engagement", period="7 d", compare="No comparison", opens=whose)
        told[whose] = page.segmented_control(key="curve").set_value("Opens").run()
    people, machines = told.values()
    assert "No unusual day" in texts(people)
    assert said not in texts(people)
    assert said in texts(machines)
    assert marked(machines) == []


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


def test_an_admin_says_who_gets_the_digest_and_sends_a_test(
    odd: Stores, open_page: Open, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with serving(tmp_path) as (box, port, trusted):
        for name, value in {
            "SMTP_HOST": "127.0.0.1", "SMTP_PORT": port, "SMTP_CA_FILE": trusted, "SMTP_USER": USER,
            "SMTP_PASSWORD": PASSWORD, "SMTP_SENDER": "promolens@example.com",
        }.items():  # fmt: skip
            monkeypatch.setenv(name, str(value))
        get_settings.cache_clear()
        app = open_page("settings")
        assert not [button for button in app.button if button.key == "digest_test"]
        widget(app, "text_area", "setting_recipients").set_value("ann@example.com, bob")
        widget(app, "selectbox", "setting_rhythm").set_value("daily")
        app = widget(app, "button", "save_digest").click().run()
        assert "'bob' is not an e-mail address" in texts(app)
        widget(app, "text_area", "setting_recipients").set_value("ann@example.com,\nbob@example.com")
        app = widget(app, "button", "save_digest").click().run()
        assert "Settings saved." in texts(app)
        assert accounts(odd, local_admin())[0].settings.digest_addresses == ("ann@example.com", "bob@example.com")
        app = app.button(key="digest_test").click().run()
        assert "A test was sent to ann@example.com, bob@example.com." in texts(app)
        assert [(to, received["Subject"]) for to, received in box.arrived] == [
            (to, "Test: Demo store: net revenue €100.00 (0.0 %), 20 Nov 2026")
            for to in ("ann@example.com", "bob@example.com")
        ]


def test_who_may_not_change_it_sees_no_address(odd: Stores, open_page: Open, monkeypatch: pytest.MonkeyPatch) -> None:
    for key, value in {"digest_recipients": "ann@example.com", "digest_rhythm": "weekly"}.items():
        insert(odd, "settings", {"klaviyo_public_id": ACCOUNT, "key": key, "value": json.dumps(value), "version": 1})
    monkeypatch.setattr(guard, "local_admin", lambda: granted("viewer", [ACCOUNT], [Right.VIEW]))
    app = open_page("settings")
    assert not app.exception
    assert widget(app, "text_area", "setting_recipients").value == ""
    assert "ann@example.com" not in texts(app)


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        ({"digest_rhythm": "daily"}, "Nobody is named"),
        ({"digest_recipients": "a@example.com, A@example.com"}, "stands there twice"),
        ({"digest_recipients": "a@example.com\nBcc: b@example.com"}, "is not an e-mail address"),
        ({"digest_recipients": "a@example.com", "digest_hour": 24}, "between 0 and 23"),
        ({"anomaly_sensitivity": 1.0}, "from 2 to 20 deviations"),
        ({"anomaly_metrics": "orders,nonsense"}, "'nonsense' is no figure"),
        ({"anomaly_least_change_pct": -1.0}, "between 0 and 1,000"),
    ],
)
def test_what_cannot_be_kept_is_refused_with_the_reason(connected: Stores, wrong: dict[str, Any], said: str) -> None:
    with pytest.raises(InvalidSetting, match=said):
        save_settings(connected, local_admin(), ACCOUNT, AccountSettings(**wrong))
