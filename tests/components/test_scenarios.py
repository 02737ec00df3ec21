"""What is said of scenarios: changes in sentences, the list's filters and cards, comparisons, the optimiser's words."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime
from decimal import Decimal

import plotly.graph_objects as go
import pytest

from analytics.promo.comparison import Number, Side, compared
from analytics.promo.mechanics import Mechanic
from analytics.promo.optimiser import Constraints
from analytics.promo.scenarios import Content, State, changes_between
from analytics.promo.slack import Counted, Kept
from components import optimiser_words, scenario_comparison, scenario_list
from components.scenario_steps import Rights, why
from components.scenario_words import changes_said, signed_money

TODAY = date(2026, 11, 21)
TV = Mechanic("TV", "online", 20.0)
BEFORE = Content("October", date(2026, 10, 1), date(2026, 10, 7), (TV, Mechanic("Toys", "offline", 10.0)), "balanced")


def test_changes_are_told_in_sentences() -> None:
    after = replace(
        BEFORE,
        label="Autumn",
        end=date(2026, 10, 9),
        scenario_type="best_deal",
        notes="Terms apply",
        mechanics=(
            replace(TV, discount_pct=15.0, redemption=0.25, fixed_cost=1200.5, stock_cap=900.0),
            Mechanic("Audio", "online", 12.5, segments=("CLUB", "VIP")),
        ),
    )
    changes = {
        **changes_between(BEFORE, after),
        "state": ["rejected", "draft"],
        "model_version": ["m1", "m2"],
        "kpis": {"ebit_delta": [-80.0, 1250.0], "total_units": [1, 2]},
    }
    assert changes_said(changes, "EUR") == [
        "A draft again.",
        "Renamed to 'Autumn'; it was 'October'.",
        "Ends 9 Oct 2026 instead of 7 Oct 2026.",
        "Type Best deal instead of Balanced.",
        "Notes added.",
        "Audio, online for CLUB, VIP added at 12.5 %.",
        "Toys, offline left out; it had 10 %.",
        "TV, online: discount 15 % instead of 20 %, redemption 25 % instead of none, fixed cost €1,200.50 instead of"
        " none, stock 900 instead of none.",
        "Rests on uplift model m2 instead of m1.",
        "EBIT change +€1,250 instead of −€80.00.",
    ]
    assert changes_said({}, "EUR") == []
    assert changes_said({"state": ["approved", "draft"]}, "EUR")[0].endswith("its frozen forecast stays.")


@pytest.mark.parametrize(
    ("value", "text"),
    [(None, "–"), (0, "€0"), (0.0, "€0"), (1234.4, "+€1,234"), (-1234.4, "−€1,234"), (0.001, "€0.00")],
)
def test_a_change_has_its_sign(value: float | None, text: str) -> None:
    assert signed_money(value, "EUR") == text


@dataclass(frozen=True)
class Row:
    label: str
    state: str = "draft"
    start: date = date(2026, 12, 1)
    end: date = date(2026, 12, 7)
    scenario_type: str | None = "balanced"
    net_ebit_delta: Decimal | None = Decimal(100)
    validation_status: str | None = "PASS"
    updated_at: datetime = datetime(2026, 11, 1, tzinfo=UTC)
    scenario_id: str = "id"
    version: int = 1
    model_version: str | None = "m1"
    updated_by: str = "ana"
    ebit_delta: Decimal | None = None
    margin_value_delta: Decimal | None = None
    sales_value_delta: Decimal | None = None
    total_margin_pct: Decimal | None = None
    overall_score: int | None = 100


ROWS = [
    Row("small", net_ebit_delta=Decimal(20), updated_at=datetime(2026, 11, 3, tzinfo=UTC)),
    Row("loss", net_ebit_delta=Decimal(-70), validation_status="BLOCK", scenario_type="aggressive"),
    Row("never simulated", net_ebit_delta=None, scenario_type=None),
    Row("over", "approved", date(2026, 10, 30), date(2026, 11, 2), net_ebit_delta=Decimal(999)),
    Row("running", "approved", date(2026, 11, 15), date(2026, 11, 21), net_ebit_delta=Decimal(300)),
    Row("to come", "approved", date(2027, 1, 30), date(2027, 2, 2), net_ebit_delta=Decimal("50.5")),
    Row("asked", "submitted", date(2026, 12, 24), date(2026, 12, 26), net_ebit_delta=Decimal(700)),
    Row("old", "archived", net_ebit_delta=Decimal(5000)),
]


def labels(rows: list[Row]) -> list[str]:
    return [row.label for row in rows]


def test_the_list_is_filtered_by_state_type_and_month() -> None:
    everything = scenario_list.filtered(ROWS, (), (), ())
    assert "old" not in labels(everything)
    assert len(everything) == 7
    assert labels(scenario_list.filtered(ROWS, ("archived",), (), ())) == ["old"]
    assert labels(scenario_list.filtered(ROWS, (), ("aggressive",), ())) == ["loss"]
    # A scenario is in every month that it touches.
    assert labels(scenario_list.filtered(ROWS, (), (), (date(2026, 11, 1),))) == ["over", "running"]
    assert labels(scenario_list.filtered(ROWS, (), (), (date(2027, 2, 1),))) == ["to come"]
    assert list(scenario_list.months(ROWS)) == [
        "February 2027", "January 2027", "December 2026", "November 2026", "October 2026"
    ]  # fmt: skip


def test_the_list_is_ordered_by_result_with_unknown_ones_last() -> None:
    found = labels(scenario_list.ordered(ROWS[:4], scenario_list.BEST_RESULT))
    assert found == ["over", "small", "loss", "never simulated"]
    assert labels(scenario_list.ordered(ROWS, scenario_list.LAST_CHANGED))[0] == "small"
    assert labels(scenario_list.ordered(ROWS, scenario_list.STARTS_NEXT))[0] == "to come"


def test_the_cards_of_the_list() -> None:
    cards = {card.key: card for card in scenario_list.four_cards(ROWS, TODAY, "EUR")}
    assert (cards["waiting"].value, cards["waiting"].beneath) == ("1", ["the first starts 24 Dec 2026"])
    # Of the approved ones one is over; the one that ends today is not.
    assert (cards["ahead"].value, cards["ahead"].beneath) == ("+€350", ["EBIT change of 2 scenarios"])
    assert (cards["best"].value, cards["best"].beneath) == ("+€20.00", ["small"])
    assert (cards["blocked"].value, cards["blocked"].beneath) == ("1", ["of 3 drafts"])
    said = scenario_list.sentence(ROWS, TODAY, "EUR")
    assert said == "2 scenarios approved and not over: +€350 of EBIT expected; 1 scenario to decide on."
    nothing = {card.key: card.value for card in scenario_list.four_cards([], TODAY, "EUR")}
    assert nothing == {"waiting": "0", "ahead": "–", "best": "–", "blocked": "0"}


def side(label: str, figures: Mapping[str, Number | None], **departments: float) -> Side:
    return Side(label, label, date(2026, 12, 1), date(2026, 12, 7), "m1", figures, departments)


def test_the_comparison_marks_the_best_and_tells_the_distance() -> None:
    found = compared(
        [
            side("A", {"net_ebit_delta": 100.0, "total_margin_pct": Decimal("20.50")}, TV=90.0, Toys=10.0),
            side("A", {"net_ebit_delta": 250.0, "total_margin_pct": Decimal("18.00")}, TV=-40.0, Audio=290.0),
        ]
    )
    assert scenario_comparison.names(found) == ["A (1)", "A (2)"]
    net, rate = found.lines
    assert [scenario_comparison.cell(net, n, "EUR") for n in (0, 1)] == ["€100.00", "★ €250.00 (+€150.00)"]
    assert [scenario_comparison.cell(rate, n, "EUR") for n in (0, 1)] == ["★ 20.5 %", "18.0 % (−2.5 pp)"]
    assert scenario_comparison.sentence(found, "EUR") == (
        "A (2) brings most: +€250.00 of EBIT, the days after included."
    )
    figure = scenario_comparison.departments(found, "EUR")
    go.Figure(figure)
    assert [(bar["x"], bar["y"]) for bar in figure["data"]] == [
        (["Audio", "TV", "Toys"], [None, 90.0, 10.0]),
        (["Audio", "TV", "Toys"], [290.0, -40.0, None]),
    ]
    go.Figure(scenario_comparison.changes(found, "EUR"))
    assert {row["is_best"] for row in scenario_comparison.rows(found)} == {True, False}


def test_losing_and_equal_scenarios_are_called_so() -> None:
    losing = compared([side("A", {"net_ebit_delta": -5.0}), side("B", {"net_ebit_delta": -9.0})])
    assert scenario_comparison.sentence(losing, "EUR") == (
        "A loses least: −€5.00 of EBIT, the days after included. None of them is expected to earn anything."
    )
    equal = compared([side("A", {"net_ebit_delta": 5.0}), side("B", {"net_ebit_delta": 5.0})])
    assert scenario_comparison.sentence(equal, "EUR") == "All are expected to bring the same."


def test_colliding_limits_are_named_with_their_values() -> None:
    limits = Constraints(budget=150.0, least_sales=2900.0, department_floors={"TV": 0.18}, most_promotions=1)
    said = optimiser_words.colliding_said(("budget", "least sales"), limits, "EUR")
    assert said == (
        "No combination of discounts keeps a budget of €150 and sales of at least €2,900 together. Loosen one of them."
    )
    assert "a margin of at least 18.0 % in TV" in optimiser_words.colliding_said(("margin floor of TV",), limits, "EUR")
    assert "at most 1 promotion at once" in optimiser_words.colliding_said(
        ("most promotions at once", "stock"), limits, "EUR"
    )


def test_the_room_that_is_left() -> None:
    assert optimiser_words.room(Kept("margin floor", Counted.RATE, 0.25, 0.2, -0.05, False), "EUR") == "−5.0 pp"
    assert optimiser_words.room(Kept("budget", Counted.MONEY, 450, 400, 50, True), "EUR") == "€50.00"
    assert optimiser_words.room(Kept("stock", Counted.PIECES, 180, 200, -20, False), "EUR") == "−20"


def test_who_may_do_what_next_is_said() -> None:
    planner, approver = Rights(write=True, approve=False), Rights(write=False, approve=True)
    assert "has to change before it can be submitted" in why(State.DRAFT, "BLOCK", planner)
    assert why(State.DRAFT, "WARN", planner) == ""
    assert "somebody who may approve" in why(State.SUBMITTED, "PASS", planner)
    assert why(State.SUBMITTED, "PASS", approver) == "You may look at scenarios; a planner can change them."
    assert "frozen" in why(State.APPROVED, "PASS", planner)
