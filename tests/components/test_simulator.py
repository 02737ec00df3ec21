"""What the simulator shows of a scenario that can be reckoned by hand: 100 pieces a day at 10.00 in two departments for
two days, margin 25 %, cost rate 10 %; 20 % off TV sells half as much again."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from typing import Any

import numpy as np
import plotly.graph_objects as go
import pytest

from analytics.promo.mechanics import Mechanic, Segment
from analytics.promo.scenarios import Content
from analytics.promo.terms import Baseline, Cell, CrossEffect, Curve, Knowledge, PullForward
from analytics.promo.trial import Ground, Tried, tried
from analytics.promo.uncertainty import Swing
from components import charts, simulator_tables
from components import simulator_words as words
from components.export_columns import columns_of
from components.simulator_cards import simulator_cards
from components.simulator_charts import steps, tornado_figure

TV, GAMING = Cell("TV", "online"), Cell("Gaming", "offline")
FIRST = date(2026, 10, 1)


def ground(uplift: float = 0.5, *, error: float = 0.0, deepest: float = 0.3, sales_error: float = 0.0) -> Ground:
    units = np.full((2, 2), 100.0)
    days = (FIRST, FIRST + timedelta(days=1))
    curve = Curve(np.array([0, 0.2, 0.9]), np.array([0, uplift, uplift]), np.full(3, error), deepest, 20)
    return Ground(
        Baseline((TV, GAMING), days, units, units * 10, units * 2.5, np.full(2, sales_error)),
        Knowledge({TV: curve}, (CrossEffect(TV, GAMING, -0.1),), {TV: PullForward(0.25)}),
        "2026-09", date(2026, 9, 30), (Segment("LOYAL", 0.3),),
    )  # fmt: skip


def shown(*rows: Mechanic, on: Ground | None = None) -> Tried:
    planned = rows or (Mechanic("TV", "online", 20.0),)
    return tried(on or ground(), Content("A", FIRST, FIRST + timedelta(days=1), planned))


def test_cards() -> None:
    cards = {card.key: card for card in simulator_cards(shown(), "EUR")}
    # TV: 300 at 8.00, cost 7.50; Gaming loses 10 of 200: 190 at 10.00, margin 2.50.
    assert (cards["sales"].value, cards["sales"].change, cards["sales"].before) == ("€4,300", "+€300", "€4,000")
    assert (cards["margin"].value, cards["margin"].change) == ("€625", "−€375")
    assert (cards["rate"].value, cards["rate"].change, cards["rate"].before) == ("14.5 %", "−10.5 pp", "25.0 %")
    assert (cards["ebit"].value, cards["ebit"].change, cards["ebit"].before) == ("€195", "−€405", "€600")
    assert (cards["units"].value, cards["units"].change, cards["units"].before) == ("490", "+90", "400")
    # 25 of the 100 more are missing in the days after, at 1.50: 37.50.
    assert cards["net"].value == "−€442"
    assert cards["net"].beneath[1] == "**−€37.50** of it"


@pytest.mark.parametrize("whole", [True, False])
def test_the_bars_of_the_bridge_sum_to_its_totals(whole: bool) -> None:
    told = steps(shown().bridge, "EUR", whole=whole)
    at = 0.0
    for step in told:
        at = step.value if step.total and step.name == "Baseline" else at if step.total else at + step.value
        if step.total:
            assert at == pytest.approx(step.value)
    values = {step.name: step.value for step in told}
    # 200 × −1.80, 100 × −0.30, −10 × 1.50, −25 × 1.50.
    assert [values[name] for name in ("Price", "Volume", "Cannibalization")] == pytest.approx([-360, -30, -15])
    # Nothing was won elsewhere and nothing was paid: no bars.
    assert values.keys().isdisjoint({"Halo", "Promo cost"})
    assert values["Pull-forward"] == pytest.approx(-37.5)
    assert values["Scenario"] == pytest.approx(195 if whole else -405)
    assert values["With the days after"] == pytest.approx(157.5 if whole else -442.5)
    go.Figure(charts.bridge(told))


def test_the_widest_assumption_stands_on_top_and_bars_reach_from_end_to_end() -> None:
    swings = [Swing("Uplift", -900.0, 100.0), Swing("Variable cost", -300.0, -500.0)]
    figure = tornado_figure(swings, -400.0, "EUR")
    (bar,) = figure["data"]
    assert (bar["y"], bar["base"], bar["x"]) == (["Uplift", "Variable cost"], [-900.0, -500.0], [1000.0, 200.0])
    assert figure["layout"]["shapes"][0]["x0"] == -400.0
    assert figure["layout"]["yaxis"]["autorange"] == "reversed"
    assert "−€500 at its high one" in bar["customdata"][1]
    go.Figure(figure)


def test_parts_sum_to_the_totals_and_segments_say_that_they_are_allocated() -> None:
    rows = simulator_tables.part_rows(shown())
    named = {(row["by"], row["name"]): row for row in rows}
    assert named["channel", "Online"]["sales_value"] == 2400.0
    assert named["channel", "Offline"]["sales_value_delta"] == -100.0
    assert named["department", "TV"]["ebit_delta"] == -390.0
    assert named["department", "Gaming"]["units_delta"] == -10
    # 30 % of 4,300, and of the −405; the rest is of no segment.
    assert (named["segment", "LOYAL"]["sales_value"], named["segment", "LOYAL"]["ebit_delta"]) == (1290.0, -121.5)
    assert [row["allocated"] for row in rows] == [False] * 4 + [True] * 2
    for by in ("channel", "department", "segment"):
        held = [row for row in rows if row["by"] == by]
        assert sum(row["ebit"] for row in held) == pytest.approx(195)
        assert sum(row["units_delta"] for row in held) == 90


def test_cells_and_days_in_the_file_sum_to_what_is_shown() -> None:
    found = shown()
    rows = simulator_tables.cell_rows(found.simulation)
    assert len(rows) == 4
    assert rows[0] == {
        "date": FIRST, "department": "TV", "channel": "online", "discount_pct": 20.0, "units": 150,
        "baseline_units": 100, "sales_value": 1200.0, "baseline_sales_value": 1000.0, "margin_value": 75.0,
        "baseline_margin_value": 250.0, "ebit": -45.0, "baseline_ebit": 150.0,
    }  # fmt: skip
    assert sum(row["sales_value"] for row in rows) == float(found.kpis.total_sales_value)


@pytest.mark.parametrize(
    ("row", "on", "said"),
    [
        # m = 25 %, d = 5 %, v = 10 %: 15 / 10.5 − 1 = 42.9 %.
        (Mechanic("TV", "online", 5.0), ground(2.0), "Earns its cost"),
        (Mechanic("TV", "online", 5.0), ground(1.8, error=0.1), "Earns its cost, if the uplift comes as expected"),
        (Mechanic("TV", "online", 5.0), ground(0.8), "22.9 pp short of its break-even"),
        (Mechanic("TV", "online", 5.0), ground(0.8, error=0.5), "22.9 pp short of its break-even, within its interval"),
        (Mechanic("TV", "online", 5.0, stock_cap=250), ground(2.0), "The stock does not last to the break-even"),
        (Mechanic("TV", "online", 20.0), ground(9.0),
         "No uplift pays it: variable cost takes the rest"),
        (Mechanic("TV", "online", 25.0), ground(9.0), "No uplift pays it: nothing is left of a piece"),
        (Mechanic("Gaming", "offline", 5.0), ground(), "Not in the figures: no uplift is known"),
    ],
)  # fmt: skip
def test_what_a_row_means(row: Mechanic, on: Ground, said: str) -> None:
    assert simulator_tables.verdict(shown(row, on=on).rows[0]) == said


def test_what_is_beyond_anything_seen_is_said_where_it_stands() -> None:
    found = shown(on=ground(deepest=0.1))
    assert simulator_tables.rests_on(found.rows[0]) == "20 promo days, up to 10.0 %: beyond that it is a guess"
    assert words.extrapolated(found.rows) == ["TV, online: 20.0 % off, the deepest seen is 10.0 %"]
    assert words.extrapolated(shown().rows) == []


def test_what_it_comes_to_in_words() -> None:
    said = words.comes_to(shown(), "EUR")
    assert said == (
        "**EBIT ends €442 below the baseline**, days after included (90 %: −€442 to −€442). The lower price on what"
        " would be sold anyway costs €360; what is only bought earlier costs €37.50; what is sold on top costs €30.00."
        # Gain: (100 − 25) × 2.50 − 10 × 2.50 = 162.50; 600 were given away.
        " €600 is invested (discounts given, cost less funding): ROI −72.9 %."
    )
    unsure = words.comes_to(shown(on=ground(0.5, error=1.0)), "EUR")
    # More of what costs 0.30 a piece is never better: it is the baseline's error that could turn it, and there is none.
    assert "so it may be either" not in unsure
    earning = ground(3.0, error=1.5)
    assert "so it may be either" in words.comes_to(shown(Mechanic("TV", "online", 5.0), on=earning), "EUR")


def test_rows_left_out_are_named_with_what_to_do() -> None:
    found = shown(Mechanic("TV", "online", 20.0), Mechanic("Gaming", "offline", 20.0))
    said = words.left_out(found)
    assert said.startswith("Not in the figures: row 2 (Gaming, offline): no uplift is known.")
    assert "have uplift learned anew" in said
    assert words.left_out(shown()) == ""


def test_what_the_page_rests_on() -> None:
    said = words.caption(FIRST, FIRST + timedelta(days=1), replace(ground(), country="DE"), "EUR")
    assert said == (
        "1–2 Oct 2026 (2 days) against the same days without promotion · EUR · uplift model 2026-09 · sales until"
        " 30 Sep 2026 · holidays of DE"
    )
    notes: Any = words.notes(replace(ground(), sales_until=None), "EUR")
    assert any("offline 10.0 %, online 10.0 %" in note for note in notes)


def test_every_column_of_its_files_is_told() -> None:
    found = shown(Mechanic("TV", "online", 45.0))
    files = {
        "By cell and day": simulator_tables.cell_rows(found.simulation), "Parts": simulator_tables.part_rows(found),
        "Scenario rows": simulator_tables.told_rows(found), "Findings": simulator_tables.finding_rows(found),
    }  # fmt: skip
    for name, rows in files.items():
        assert rows[0].keys() <= columns_of(name).keys(), name
