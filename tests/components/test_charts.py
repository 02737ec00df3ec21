"""Figures that Plotly accepts, and what a person reads in them."""

from __future__ import annotations

from typing import Any

import plotly.graph_objects as go
import pytest

from components import charts, line_chart
from components.charts import Part, Step
from components.line_chart import Series

DATES = ["2026-11-19", "2026-11-20", "2026-11-21"]


def line(**other: Any) -> charts.Figure:
    this = Series("Gross revenue", [100.0, 200.0, 50.0], ["€100.00", "€200.00", "€50.00 so far"])
    before = Series("Compared", [90.0, None, 60.0], ["€90.00", "–", "€60.00"])
    return line_chart.over_time(DATES, this, before, prefix="€", **other)


FIGURES = {
    "line": line(),
    "partial": line(partial={0: "part of a week", 2: "so far"}),
    "one point": line_chart.over_time(["2026-11-21"], Series("Orders", [1.0], ["1"]), None, partial={0: "so far"}),
    "bridge": charts.bridge([Step("List price", 100, "€100", True), Step("Refunds", -120, "−€120", False)]),
    "shares": charts.shares(
        [Part("A", "email", "E-mail", 5, "x"), Part("A", "sms", "SMS", 1, "y")], {"A": "6"}, prefix="€"
    ),
    "one series": charts.shares([Part("A", "", "A", 6, "x")], {"A": "6"}, prefix="€"),
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
        Step("Refunds, and cancellations", -90, "−€90", False, "Refunds,<br>cancelled"),
        Step("Net revenue", -10, "−€10", True),
    ]
    bars = charts.bridge(steps)["data"][0]
    assert bars["base"] == [0, 80, 0, -10, 0]
    assert bars["y"] == [100, 20, 80, 90, -10]
    assert bars["x"][2:4] == ["Gross<br>revenue", "Refunds,<br>cancelled"]
    assert bars["customdata"][3] == "Refunds, and cancellations: −€90"


def test_rows_stand_in_the_order_of_their_labels_and_bars_start_at_0() -> None:
    figure = charts.shares([Part("B", "", "B", 2, "b"), Part("A", "", "A", 8, "a")], {"A": "8", "B": "2"}, prefix="€")
    assert figure["layout"]["yaxis"]["categoryarray"] == ["A", "B"]
    assert figure["layout"]["yaxis"]["autorange"] == "reversed"
    assert figure["layout"]["xaxis"]["range"][0] == 0


def test_the_compared_line_bears_its_name_and_the_last_point_its_word_in_the_margin() -> None:
    days = [f"2026-11-{day}" for day in range(10, 20)]
    this = Series("Orders", [9.0] * 9 + [0.0], [""] * 10)
    other = Series("Compared", [5.0] * 10, [""] * 10, "previous period")
    figure = line_chart.over_time(days, this, other, partial={9: "so far"})
    word, name = figure["layout"]["annotations"]
    assert (word["text"], word["x"], word["xanchor"], word["yanchor"]) == ("so far", "2026-11-19", "left", "middle")
    assert figure["layout"]["margin"]["r"] >= 8 + charts.LETTER * len("so far")
    assert (name["text"], name["yanchor"]) in {("previous period", "top"), ("previous period", "bottom")}
    assert all(trace["cliponaxis"] is False for trace in figure["data"])


def test_a_point_that_others_follow_has_its_word_where_no_line_runs() -> None:
    days = [f"2026-11-{day}" for day in range(10, 20)]
    this = Series("Orders", [4.0] * 5 + [None] * 5, [""] * 10)
    # The compared line goes on to the right at the same height, so that the right is taken.
    other = Series("Compared", [4.0] * 10, [""] * 10)
    figure = line_chart.over_time(days, this, other, partial={4: "so far"})
    (word,) = figure["layout"]["annotations"]
    assert (word["x"], word["xanchor"], word["yanchor"]) == ("2026-11-14", "center", "top")
    alone = line_chart.over_time(days, this, None, partial={4: "so far"})["layout"]["annotations"][0]
    assert (alone["xanchor"], alone["yanchor"]) == ("left", "middle")


def test_a_first_point_that_is_not_complete_is_joined_to_nothing() -> None:
    figure = line(partial={0: "part of a week"})
    main, dotted, this, other = figure["data"]
    assert list(main["y"]) == [None, 200.0, 50.0]
    assert list(dotted["y"]) == [None, None, 60.0]
    assert [(trace["mode"], trace["x"], trace["y"]) for trace in (this, other)] == [
        ("markers", DATES[:1], [100.0]),
        ("markers", DATES[:1], [90.0]),
    ]
    assert not figure["layout"].get("annotations")


def test_the_compared_lines_name_stands_where_neither_line_runs_through_it() -> None:
    days = [f"2026-11-{day:02d}" for day in range(1, 31)]
    # The main line falls through the compared one in the middle and stays close above the axis.
    this = Series("Orders", [9.0] * 15 + [1.0] * 15, [""] * 30)
    figure = line_chart.over_time(days, this, Series("Compared", [5.0] * 30, [""] * 30, "previous period"))
    name = figure["layout"]["annotations"][0]
    assert name["y"] == 5.0
    # Half the name is a sixth of a phone's width, five days: from the edges and from the fall it keeps away as far.
    assert 6 <= int(name["x"][-2:]) <= 10 or 21 <= int(name["x"][-2:]) <= 25


def test_a_name_with_no_room_beside_its_line_stands_over_the_plot() -> None:
    days = [f"2026-11-{day:02d}" for day in range(1, 31)]
    values = [float(at % 2) for at in range(30)]
    other = Series("Compared", [1 - value for value in values], [""] * 30, "previous period")
    figure = line_chart.over_time(days, Series("Orders", values, [""] * 30), other)
    (name,) = figure["layout"]["annotations"]
    assert (name["text"], name["yref"], name["y"], name["yanchor"]) == ("┄ previous period", "paper", 1, "bottom")
    assert figure["layout"]["margin"]["t"] == 8 + 18


def test_a_legend_stands_in_one_row_that_fits_a_phone() -> None:
    channels = {"email": "E-mail", "sms": "SMS", "push": "Push", "whatsapp": "WhatsApp"}
    parts = [Part("Campaigns", key, name, 1, "") for key, name in channels.items()]
    figure = charts.shares(
        [*parts, Part("Unattributed", "none", "No message", 4, "")], {"Campaigns": "4", "Unattributed": "4"}, prefix="€"
    )
    entries = [note for note in figure["layout"]["annotations"] if note.get("yref") == "paper"]
    assert [note["text"] for note in entries if note["text"] != "■"] == list(channels.values())
    assert len({note["yshift"] for note in entries}) == 1
    ends = [note["xshift"] for note in entries]
    assert ends == sorted(ends)
    assert ends[-1] + charts.LETTER * len("WhatsApp") - ends[0] <= 390 - 2 * 46
    assert [note["text"] for note in FIGURES["one series"]["layout"]["annotations"]] == ["6"]
