"""Bars over days: what Plotly accepts, and whole numbers that stand once."""

from __future__ import annotations

from datetime import date

import plotly.graph_objects as go

from components import bar_chart

DAYS = [date(2026, 11, 20), date(2026, 11, 21)]
COLOURS = {"Done": "#000", "Failed": "#f00"}


def test_a_stack_leaves_out_what_never_happened_and_names_the_rest() -> None:
    one = bar_chart.over_days(DAYS, {"Done": [96, 95], "Failed": [0, 0]}, COLOURS, ["a", "b"])
    go.Figure(one)
    assert [trace.get("name") for trace in one["data"]] == ["Done", None]
    assert not one["layout"]["showlegend"]
    both = bar_chart.over_days(DAYS, {"Done": [96, 95], "Failed": [0, 1]}, COLOURS, ["a", "b"])
    assert [trace.get("name") for trace in both["data"]] == ["Done", "Failed", None]
    assert both["layout"]["showlegend"]
    assert both["data"][-1]["customdata"] == ["a", "b"]


def test_ticks_stand_at_days_that_are_shown() -> None:
    days = [date(2026, 11, day) for day in range(1, 22)]
    shown = bar_chart.over_days(days, {"Done": [1] * 21}, COLOURS, [""] * 21)["layout"]["xaxis"]["tickvals"]
    assert shown == [f"2026-11-{day:02}" for day in (3, 6, 9, 12, 15, 18, 21)]
    assert bar_chart.over_days(DAYS, {"Done": [1, 1]}, COLOURS, ["", ""])["layout"]["xaxis"]["tickvals"] == [
        "2026-11-20", "2026-11-21",
    ]  # fmt: skip


def test_few_are_counted_one_by_one() -> None:
    assert bar_chart.over_days(DAYS, {"Done": [2, 1]}, COLOURS, ["a", "b"])["layout"]["yaxis"]["dtick"] == 1
    assert "dtick" not in bar_chart.over_days(DAYS, {"Done": [20, 1]}, COLOURS, ["a", "b"])["layout"]["yaxis"]


def test_names_stand_from_the_top_with_their_texts() -> None:
    figure = bar_chart.named_bars(["events", "orders"], [3.0, 1.0], ["3 MiB", "1 MiB"], ["x", "y"])
    go.Figure(figure)
    assert figure["data"][0]["y"] == ["events", "orders"]
    assert figure["layout"]["yaxis"]["autorange"] == "reversed"
    assert figure["layout"]["xaxis"]["range"][1] > 3.0
    go.Figure(bar_chart.named_bars([], [], [], []))
