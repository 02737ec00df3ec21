"""The page RFM: what a person reads of a few customers, the way to one of them, and the states without figures."""

from __future__ import annotations

import json
from datetime import date
from typing import Any

import plotly.graph_objects as go
import pytest
from streamlit.testing.v1 import AppTest

from data_access.derived import customer_profiles
from data_access.derived.frame import compute
from data_access.scope import Right, granted
from data_access.stores import Stores
from pages.frame import guard
from tests.pages.conftest import Open, files, texts
from tests.repeat_orders import bought, covered
from tests.two_stacks import both_stacks
from tests.warehouse_rows import ACCOUNT, insert, store

TODAY = date(2026, 11, 21)


def computed(stores: Stores) -> Stores:
    """Ann bought twice and lately, Bob once, Cem long ago and for the most."""
    covered(stores, TODAY.isoformat())
    insert(
        stores, "klaviyo_orders", bought("ann", "100.00", "2026-11-19", 49), bought("ann", "50.00", "2026-10-01"),
        bought("bob", "30.00", "2026-11-10"), bought("cem", "400.00", "2026-02-05"),
    )  # fmt: skip
    compute(stores, ACCOUNT, customer_profiles.TABLE)
    return stores


def cards(app: AppTest) -> dict[str, str]:
    return {metric.label: metric.value for metric in app.metric}


def charts(app: AppTest) -> dict[str, Any]:
    return {e.proto.id.rpartition("-")[2]: json.loads(e.proto.spec) for e in app.get("plotly_chart")}


@both_stacks
def test_from_the_segments_to_one_customer(connected: Stores, open_page: Open) -> None:
    computed(connected)
    app = open_page("rfm", customer="ann")
    assert not app.exception
    assert app.title[0].value == "RFM"
    shown = cards(app)
    # Of 580 the best one of three brings 400.
    assert (shown["Customers"], shown["Best fifth brings"], shown["New since then"]) == ("3", "69.0 %", "1")
    said = texts(app)
    assert "as of 21 Nov 2026" in said
    assert "`ann@example.com` scores 553: **Potential Loyalist**." in said
    assert "The last order was 2 days before 21 Nov 2026; no score is better." in said
    assert "2 orders; no score is better." in said
    assert "€150.00 net of refunds; for 4 it would be" in said
    for figure in charts(app).values():
        go.Figure({"data": figure["data"], "layout": figure["layout"]}, skip_invalid=False)
    assert set(charts(app)) == {
        "chart_segments", "chart_flow", "chart_grid", "chart_recency", "chart_frequency", "chart_monetary",
    }  # fmt: skip
    assert "**Loyal**" not in said  # nobody is
    assert "**Potential Loyalist**: Bought lately, more than once or for a fair sum. Recommend the next" in said
    # One order twice and two orders once: bars over 1 and 2, and the scores' limit between them.
    orders = charts(app)["chart_frequency"]
    assert (orders["data"][0]["x"], orders["data"][0]["y"]) == ([1, 2], [2, 1])
    assert {shape["x0"] for shape in orders["layout"]["shapes"]} == {1.5}
    # Ann stands in the best corner, and of three customers she is a third.
    assert charts(app)["chart_grid"]["data"][0]["text"][0][-1] == "1<br>33.3 %"
    members, orders = app.dataframe[1].value, app.dataframe[2].value
    assert members["Customer"].tolist() == ["cem@example.com", "ann@example.com", "bob@example.com"]
    assert orders["Value"].tolist() == [100.0, 50.0]


def test_the_usual_day_of_another_store_is_not_kept(connected: Stores, open_page: Open) -> None:
    computed(connected)
    app = open_page("rfm")
    for day in ("as_of", "as_of.usual"):
        app.session_state[day] = date(2026, 10, 11)
    assert "as of 21 Nov 2026" in texts(app.run())
    app.date_input("as_of").set_value(date(2026, 10, 11)).run()
    assert "as of 11 Oct 2026" in texts(app)
    assert "as of 11 Oct 2026" in texts(app.run())


def test_a_score_and_klaviyos_groups(connected: Stores, open_page: Open) -> None:
    computed(connected)
    app = open_page("rfm", scheme="Klaviyo's groups", r="3", f="3")
    assert not app.exception
    assert app.dataframe[1].value["Customer"].tolist() == ["ann@example.com"]
    assert "recency 3 up to 180 days" in texts(app)


@pytest.mark.parametrize("rights", [[Right.VIEW], [Right.VIEW, Right.EXPORT]])
def test_without_the_right_an_email_is_masked_and_files_are_not_offered(
    connected: Stores, open_page: Open, monkeypatch: pytest.MonkeyPatch, rights: list[Right]
) -> None:
    computed(connected)
    monkeypatch.setattr(guard, "signed_in", lambda _settings: granted("reader", [ACCOUNT], rights))
    app = open_page("rfm")
    assert not app.exception
    assert app.dataframe[1].value["Customer"].tolist() == ["c•••@•••.com", "a•••@•••.com", "b•••@•••.com"]
    assert bool(files(app)) == (Right.EXPORT in rights)
    assert ("E-mail addresses are masked" in texts(app)) == (Right.EXPORT in rights)


def test_what_a_link_names_and_is_not_here_is_told(connected: Stores, open_page: Open) -> None:
    computed(connected)
    said = texts(open_page("rfm", segment="Nobodies", customer="nobody", r="9", as_of="2031-01-01"))
    for what in ("day “2031-01-01”", "segment “Nobodies”", "customer “nobody”", "recency “9”"):
        assert f"The link asked for the {what}, which is not here." in said


def test_nobody_has_ordered_yet(stores: Stores, open_page: Open) -> None:
    insert(stores, "stores", store())
    app = open_page("rfm")
    assert not app.exception
    assert "No customers yet" in texts(app)


def test_a_window_without_orders(connected: Stores, open_page: Open) -> None:
    computed(connected)
    app = open_page("rfm", as_of="2025-01-01", segment="<b>", customer="nobody")
    assert not app.exception
    assert "No customers in this window" in texts(app)


def opened_limits(open_page: Open) -> AppTest:
    """The page with its fixed limits unfolded: before, whom they would move is not counted."""
    app = open_page("rfm")
    assert not app.number_input
    assert "would put" not in texts(app)
    app.session_state["limits_open"] = True
    return app.run()


@both_stacks
def test_fixed_limits_are_tried_kept_and_chosen(connected: Stores, open_page: Open) -> None:
    computed(connected)
    app = opened_limits(open_page)
    assert "would put" in texts(app)
    # Recency 5 up to a day, 4 up to two, 3 up to three, 2 up to four.
    for place, days in enumerate((1, 2, 3, 4)):
        app.number_input(key=f"limit_recency_{place}_{ACCOUNT}_0").set_value(days)
    app.run()
    assert app.button(key="limits_keep").disabled
    (sure,) = (box for box in app.checkbox if "change their segment" in box.label)
    # Cem stays with 115 and 114 where he is, Ann with 553 and 423, Bob goes from 311 to 111.
    assert sure.label.startswith("I know that 1 of 3 customers")
    sure.check().run()
    app.button(key="limits_keep").click().run()
    assert not app.exception
    app = open_page("rfm", scheme="Fixed limits")
    assert not app.exception
    assert "scored by fixed limits" in texts(app)
    # Cem: 289 days, 1 order, 400. Ann: 2, 2, 150. Bob: 11, 1, 30. Two orders earn 2; 50, 100, 250 earn 2 to 4.
    assert app.dataframe[1].value["Score"].tolist() == ["114", "423", "111"]


def test_limits_that_do_not_rise_and_who_may_not_set_them(
    connected: Stores, open_page: Open, monkeypatch: pytest.MonkeyPatch
) -> None:
    computed(connected)
    app = opened_limits(open_page)
    app.number_input(key=f"limit_frequency_0_{ACCOUNT}_0").set_value(9).run()
    assert "The limits of orders have to rise: 9, 3, 5, 10 do not." in texts(app)
    assert app.number_input(key=f"limit_frequency_0_{ACCOUNT}_0").label == "Orders, score 2 from"
    assert app.number_input(key=f"limit_recency_0_{ACCOUNT}_0").label == "Days, score 5 up to"
    assert not [button for button in app.button if button.key == "limits_keep"]
    monkeypatch.setattr(guard, "signed_in", lambda _settings: granted("reader", [ACCOUNT], [Right.VIEW]))
    app = open_page("rfm")
    assert not [fold for fold in app.expander if fold.label.startswith("Fixed limits")]
    assert not app.number_input
