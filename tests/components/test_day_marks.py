"""Marks on charts over time: where they stand, what they are called, what a person reads and hears."""

from __future__ import annotations

from datetime import date
from typing import Any

import plotly.graph_objects as go

from analytics.day_marks import Mark, MarkKind
from components import day_marks, line_chart
from components.line_chart import Series

WEEK = [f"2026-11-{day:02d}" for day in range(16, 23)]
MONDAYS = ["2026-10-26", "2026-11-02", "2026-11-09", "2026-11-16"]


def note(start: str, end: str, text: str) -> Mark:
    return Mark(MarkKind.NOTE, date.fromisoformat(start), date.fromisoformat(end), text)


def chart(dates: list[str], last: str, *marks: Mark) -> Any:
    values = [float(at) for at in range(len(dates))]
    figure = line_chart.over_time(dates, Series("Orders", values, [""] * len(dates)), None)
    return day_marks.laid(figure, dates, date.fromisoformat(last), marks)


def test_a_day_is_a_line_and_days_are_a_band_with_their_names() -> None:
    figure = chart(
        WEEK,
        "2026-11-22",
        note("2026-11-17", "2026-11-17", "Shop down"),
        Mark(MarkKind.PROMOTION, date(2026, 11, 19), date(2026, 11, 30), "Black Week", "20.0 % off"),
    )
    go.Figure(figure)
    line, band = figure["layout"]["shapes"]
    assert (line["type"], line["x0"], line["x1"]) == ("line", "2026-11-17T00:00:00", "2026-11-17T00:00:00")
    # From the middle between 18 and 19 Nov to half a day behind the last day in sight.
    assert (band["type"], band["x0"], band["x1"]) == ("rect", "2026-11-18T12:00:00", "2026-11-22T12:00:00")
    assert [name["text"] for name in figure["layout"]["annotations"]] == ["Shop down", "Black Week"]
    hover = figure["data"][-1]
    assert hover["x"] == ["2026-11-17", "2026-11-19", "2026-11-20", "2026-11-21", "2026-11-22"]
    assert hover["customdata"][0] == "<i>Note: Shop down</i>"
    assert hover["customdata"][1] == "<i>Promotion: Black Week, 20.0 % off (Thu 19 Nov – Mon 30 Nov)</i>"


def test_on_a_chart_of_weeks_a_friday_is_marked_at_its_own_week() -> None:
    figure = chart(MONDAYS, "2026-11-22", note("2026-11-06", "2026-11-06", "Friday"))
    assert figure["layout"]["shapes"][0]["x0"] == "2026-11-02T00:00:00"
    assert figure["data"][-1]["x"] == ["2026-11-02"]


def test_what_lies_outside_is_not_drawn() -> None:
    before = line_chart.over_time(WEEK, Series("Orders", [1.0] * 7, [""] * 7), None)
    after = day_marks.laid(
        before, WEEK, date(2026, 11, 22), [note("2026-11-10", "2026-11-15", "A"), note("2026-11-23", "2026-11-23", "B")]
    )
    assert "shapes" not in after["layout"]
    assert len(after["data"]) == 1


def test_names_that_would_run_into_one_another_stand_in_three_rows_and_the_rest_is_told_on_hover() -> None:
    marks = [note("2026-11-18", "2026-11-18", f"Something happened, {n}") for n in "ABCD"]
    figure = chart(WEEK, "2026-11-22", *marks)
    names = figure["layout"]["annotations"]
    assert [(name["text"], name["yshift"]) for name in names] == [
        ("Something happened,…", 1),
        ("Something happened,…", 17),
        ("Something happened,…", 33),
    ]
    assert figure["layout"]["margin"]["t"] == 8 + 3 * 16
    assert [text for text in "ABCD" if f"happened, {text}" in figure["data"][-1]["customdata"][0]] == [
        "A",
        "B",
        "C",
        "D",
    ]


def test_a_note_is_text_and_never_markup() -> None:
    figure = chart(WEEK, "2026-11-22", note("2026-11-18", "2026-11-18", '<a href="x">b</a>'))
    assert figure["layout"]["annotations"][0]["text"] == '&lt;a href="x"&gt;b&lt;/a&gt;'
    assert "<a" not in figure["data"][-1]["customdata"][0]


def test_the_description_lists_what_is_marked() -> None:
    asked: list[tuple[date, date]] = []

    def marked(first: date, last: date) -> list[Mark]:
        asked.append((first, last))
        return [
            Mark(MarkKind.CAMPAIGN, date(2026, 11, 20), date(2026, 11, 20), "Winter", "to 9,000 recipients"),
            note("2026-11-17", "2026-11-18", "Shop down."),
        ]

    figure = line_chart.over_time(WEEK, Series("Orders", [1.0] * 7, [""] * 7), None)
    alt = day_marks.on(figure, WEEK, date(2026, 11, 22), marked, "Orders by day.")
    assert asked == [(date(2026, 11, 16), date(2026, 11, 22))]
    assert alt == (
        "Orders by day. Marked: 17 Nov 2026 to 18 Nov 2026 note Shop down; 20 Nov 2026 campaign Winter (to 9,000 "
        "recipients)."
    )
    assert len(figure["layout"]["shapes"]) == 2


def test_a_campaign_named_by_its_day_is_called_by_what_follows_since_it_stands_at_its_day() -> None:
    names = ["2026-11-16 A closer look", "20261117_Vento", "18.11.26 - Boots", "2026-11-19", "24 hours left"]
    marks = [
        Mark(MarkKind.CAMPAIGN, date(2026, 11, 16 + at), date(2026, 11, 16 + at), name) for at, name in enumerate(names)
    ]
    figure = chart(WEEK, "2026-11-22", *marks)
    called = [name["text"] for name in figure["layout"]["annotations"]]
    assert called == ["A closer look", "Vento", "Boots", "2026-11-19", "24 hours left"]
    assert figure["data"][-1]["customdata"][0] == "<i>Campaign: 2026-11-16 A closer look</i>"


def test_names_of_marks_stand_over_what_stands_over_the_plot() -> None:
    # Two lines that cross at every point leave no room for a name between them: it has a row over the plot.
    values = [float(at % 2) for at in range(29)]
    other = Series("Compared", [1 - value for value in values], [""] * 29, "previous period")
    days = [date(2026, 11, 1 + at).isoformat() for at in range(29)]
    figure = line_chart.over_time(days, Series("Orders", values, [""] * 29), other)
    day_marks.laid(figure, days, date(2026, 11, 29), [note("2026-11-03", "2026-11-03", "Shop down")])
    name, mark = figure["layout"]["annotations"]
    assert (name["text"], name["yref"], name["yshift"]) == ("┄ previous period", "paper", 2)
    assert (mark["text"], mark["yshift"]) == ("Shop down", 1 + 18)
    assert figure["layout"]["margin"]["t"] == 8 + 18 + 16
