"""The page Cohorts: what a person reads of a few orders, of a modelled base, and in the states without figures."""

from __future__ import annotations

import json
from datetime import date
from typing import Any

import plotly.graph_objects as go
import pytest
from streamlit.testing.v1 import AppTest

from components.cohort_tables import customer_rows
from data_access.derived import customer_profiles, customer_values
from data_access.derived.frame import compute
from data_access.queries.cohorts import all_customers
from data_access.scope import Right, granted, local_admin
from data_access.stores import Stores
from pages.frame import guard
from tests.pages.conftest import Open, files, texts
from tests.repeat_orders import bought, covered, modelled
from tests.two_stacks import both_stacks
from tests.warehouse_rows import ACCOUNT, insert, store

TODAY = date(2026, 11, 21)


def computed(stores: Stores, *orders: dict[str, Any]) -> Stores:
    covered(stores, TODAY.isoformat())
    if orders:
        insert(stores, "klaviyo_orders", *orders)
    compute(stores, ACCOUNT, customer_values.TABLE)
    return stores


def cards(app: AppTest) -> dict[str, str]:
    return {metric.label: metric.value for metric in app.metric}


def charts(app: AppTest) -> dict[str, Any]:
    """Plotly figures by key."""
    found = {}
    for element in app.get("plotly_chart"):
        found[element.proto.id.rpartition("-")[2]] = json.loads(element.proto.spec)
    return found


@both_stacks
def test_a_few_customers_and_no_model(connected: Stores, open_page: Open) -> None:
    computed(
        connected,
        bought("ann", "100.00", "2026-09-10"),
        bought("ann", "60.00", "2026-10-10", 30),
        bought("BOB", "50.00", "2026-09-30", customer_email="BOB"),
        bought("cem", "80.00", "2026-10-02"),
        bought("cem", "40.00", "2026-11-11", 40),
    )
    app = open_page("cohorts")
    assert not app.exception
    assert app.title[0].value == "Cohorts"
    shown = cards(app)
    # Two of three came back, after 30 and 40 days. Silent for 42, 52 and 10 days against a median gap of 35 days.
    assert (shown["Customers"], shown["Repeat rate"], shown["Order interval"]) == ("3", "66.7 %", "35 days")
    assert (shown["Still active"], shown["First year"], shown["Next 12 months"]) == ("63.0 %", "–", "–")
    said = texts(app)
    assert "needs 200 customers who ordered on a second day; there are 2." in said
    assert "all orders up to 21 Nov 2026" in said
    assert "66.7 % of new customers come back within 90 days" in said
    # Who has no e-mail is known by the profile's id, which is none.
    compute(connected, ACCOUNT, customer_profiles.TABLE)
    rows = customer_rows(all_customers(connected, local_admin(), ACCOUNT), "EUR")
    assert {row["customer_email"] for row in rows} == {"ann@example.com", "cem@example.com", None}
    assert {row["currency"] for row in rows} == {"EUR"}
    triangle = charts(app)["chart_triangle"]["data"]
    # September: nobody's share of 100 has a colour; half ordered in October. November is not over: hollow.
    assert triangle[0]["z"] == [[None, 50.0, None], [None, None, None]]
    assert triangle[1]["text"] == [["100", "", "0.0"], ["100", "100", ""]]
    assert len(charts(app)["chart_triangle"]["layout"]["shapes"]) == 2


def test_a_base_with_a_model(connected: Stores, open_page: Open) -> None:
    computed(connected, *modelled(600, TODAY))
    app = open_page("cohorts", shows="Revenue", cohorts="All", listed="Customers")
    assert not app.exception
    shown = cards(app)
    assert shown["Customers"] == "600"
    assert shown["Next 12 months"].startswith("€")
    assert "by MBG/NBD" in texts(app)
    assert "orders foretold" in texts(app)
    assert set(charts(app)) == {
        "chart_triangle", "chart_retention", "chart_revenue", "chart_gaps", "chart_calibration",
    }  # fmt: skip
    table = app.dataframe[0].value
    assert len(table) == 25
    assert table["Expected"].is_monotonic_decreasing
    assert table["Customer"].str.startswith("c").all()
    for figure in charts(app).values():
        go.Figure(figure)
    told = open_page("cohorts", listed="Customers", customer=table["Customer"][0].partition("@")[0])
    assert "Ordered on" in texts(told)
    assert "in all (0.0 % refunds off), in nine of ten cases between" in texts(told)
    assert "chart_customer" in charts(told)
    gone = open_page("cohorts", listed="Customers", customer="nobody")
    assert "chart_customer" not in charts(gone)
    assert "The link asked for the customer “nobody”, which is not here." in texts(gone)


@pytest.mark.parametrize("rights", [[Right.VIEW], [Right.VIEW, Right.EXPORT]])
def test_only_who_may_export_gets_files(
    connected: Stores, open_page: Open, monkeypatch: pytest.MonkeyPatch, rights: list[Right]
) -> None:
    computed(connected, bought("ann", "100.00", "2026-09-10"))
    monkeypatch.setattr(guard, "signed_in", lambda _settings: granted("reader", [ACCOUNT], rights))
    app = open_page("cohorts")
    assert not app.exception
    assert bool(files(app)) == (Right.EXPORT in rights)


def test_one_customer_whose_month_is_not_over(connected: Stores, open_page: Open) -> None:
    computed(connected, bought("ann", "100.00", "2026-11-10"))
    app = open_page("cohorts")
    assert not app.exception
    assert (cards(app)["Customers"], cards(app)["Repeat rate"], cards(app)["Order interval"]) == ("1", "0.0 %", "–")
    assert "No customer has come back yet." in texts(app)
    assert "Too few months since the first orders are over" in texts(app)
    assert set(charts(app)) == {"chart_triangle"}


@both_stacks
def test_nobody_has_ordered_yet(stores: Stores, open_page: Open) -> None:
    insert(stores, "stores", store())
    app = open_page("cohorts")
    assert not app.exception
    assert "No customers yet" in texts(app)
    assert not app.metric


def test_nonsense_in_the_address_falls_back_to_the_default(connected: Stores, open_page: Open) -> None:
    computed(connected, bought("ann", "100.00", "2026-09-10"))
    app = open_page("cohorts", cohorts="<b>", shows="x", listed="y")
    assert not app.exception
    assert cards(app)["Customers"] == "1"
