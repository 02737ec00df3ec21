"""Figures that Plotly accepts, and what a person reads in them."""

from __future__ import annotations

from typing import Any

import plotly.graph_objects as go
import pytest

from components import charts
from components.charts import Part, Series, Step

DATES = ["2026-11-19", "2026-11-20", "2026-11-21"]


def line(**other: Any) -> charts.Figure:
    this = Series("Gross revenue", [100.0, 200.0, 50.0], ["€100.00", "€200.00", "€50.00 so far"])
    before = Series("Compared", [90.0, None, 60.0], ["€90.00", "–", "€60.00"])
    return charts.over_time(DATES, this, before, prefix="€", **other)


FIGURES = {
    "line": line(),
    "partial": line(partial={0: "part of a week", 2: "so far"}),
    "one point": charts.over_time(["2026-11-21"], Series("Orders", [1.0], ["1"]), None, partial={0: "so far"}),
    "bridge": charts.bridge([Step("List price", 100, "€100", True), Step("Refunds", -120, "−€120", False)]),
    "shares": charts.shares(
        [Part("A", "email", "E-mail", 5, "x"), Part("A", "sms", "SMS", 1, "y")], {"A": "6"}, prefix="€"
    ),
    "nothing": charts.shares([], {}, prefix="€"),
    "heat map": charts.heat_map(["00", "01"], ["Mon"], [[1.0, 2.0]], [["a", "b"]]),
}


@pytest.mark.parametrize("name", FIGURES)
def test_plotly_accepts_every_figure(name: str) -> None:
    go.Figure(FIGURES[name])


def test_a_point_that_is_not_complete_hangs_on_a_dashed_line() -> None:
    main, dotted, dashed = line(partial={2: "so far"})["data"]
    assert list(main["y"]) == [100.0, 200.0, None]
    assert dotted["line"]["dash"] == "dot"
    assert dashed["line"]["dash"] == "dash"
    assert (dashed["x"], dashed["y"]) == (DATES[1:], [200.0, 50.0])


def test_a_bridge_steps_from_where_the_bar_before_ended() -> None:
    steps = [
        Step("List price", 100, "€100", True),
        Step("Discounts", -20, "−€20", False),
        Step("Gross revenue", 80, "€80", True),
        Step("Refunds", -90, "−€90", False),
        Step("Net revenue", -10, "−€10", True),
    ]
    bars = charts.bridge(steps)["data"][0]
    assert bars["base"] == [0, 80, 0, -10, 0]
    assert bars["y"] == [100, 20, 80, 90, -10]


def test_rows_stand_in_the_order_of_their_labels_and_bars_start_at_0() -> None:
    figure = charts.shares([Part("B", "", "B", 2, "b"), Part("A", "", "A", 8, "a")], {"A": "8", "B": "2"}, prefix="€")
    assert figure["layout"]["yaxis"]["categoryarray"] == ["A", "B"]
    assert figure["layout"]["yaxis"]["autorange"] == "reversed"
    assert figure["layout"]["xaxis"]["range"][0] == 0


def test_the_compared_line_bears_its_name_and_a_low_point_its_word_above_the_axis() -> None:
    days = [f"2026-11-{day}" for day in range(10, 20)]
    this = Series("Orders", [9.0] * 9 + [0.0], [""] * 10)
    other = Series("Compared", [5.0] * 10, [""] * 10, "previous period")
    figure = charts.over_time(days, this, other, partial={9: "so far"})
    word, name = figure["layout"]["annotations"]
    assert (word["text"], word["yanchor"]) == ("so far", "bottom")
    assert (name["text"], name["yanchor"]) == ("previous period", "top")
    assert all(trace["cliponaxis"] is False for trace in figure["data"])
