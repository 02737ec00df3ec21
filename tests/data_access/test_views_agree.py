"""The views that other programs query agree with what the pages read, figure by figure, on every engine."""

from __future__ import annotations

import uuid
from dataclasses import replace
from datetime import date
from decimal import Decimal
from typing import Any

import pytest

from analytics.promo.mechanics import Mechanic
from analytics.promo.postmortem.kept import Figures, PostMortem, Subject
from data_access.queries.promo_comparison import sides
from data_access.queries.promo_post_mortems import post_mortems
from data_access.queries.promo_scenarios import scenario, scenarios
from data_access.scope import Right, granted
from data_access.scoped import promo_read
from data_access.stores import Stores
from data_access.writes import post_mortems as mortems
from data_access.writes import scenarios as writes
from tests.promo_rows import BLOCK, HERO, draft

ANN = granted("ann", [], [Right.PROMO_READ, Right.PROMO_WRITE])
EVE = granted("eve", [], [Right.PROMO_READ, Right.PROMO_APPROVE])
DEEPER = replace(HERO, discount_pct=30.0)


def one() -> str:
    return str(uuid.uuid4())


@pytest.fixture
def stores(each_operational: Stores) -> Stores:
    """Empty, migrated stores, the operational one on each engine."""
    return each_operational


def told(stores: Stores, sql: str) -> list[dict[str, Any]]:
    with stores.operational.read() as session:
        return list(session.query_text(sql, {}).to_pylist())


def test_scenarios_of_the_view_are_those_of_the_pages(stores: Stores) -> None:
    first = writes.save(stores, ANN, draft(label="Approved"), seen=None, save_id=one()).scenario_id
    writes.submit(stores, ANN, first, seen=1, save_id=one())
    writes.approve(stores, EVE, first, seen=2, save_id=one())
    # Simulated twice, the second time with toys besides: 175 TVs a day at 7.00 and 10 toys at 4.50 on two days.
    twice = writes.save(stores, ANN, draft(label="Twice"), seen=None, save_id=one()).scenario_id
    other = draft(DEEPER, Mechanic("Toys", "online", 10), label="Twice", scenario_id=twice)
    writes.save(stores, ANN, other, seen=1, save_id=one())
    blocked = writes.save(stores, ANN, draft(label="Blocked", report=BLOCK), seen=None, save_id=one()).scenario_id
    writes.archive(stores, ANN, blocked, seen=1, save_id=one())
    view = {str(row["scenario_id"]): row for row in told(stores, "SELECT * FROM scenario_comparison_view")}
    # By hand: 150 TVs at 8.00 and 10 toys at 5.00 a day; 2,540 of the second save; a blocked one says so.
    assert {row["label"]: row["total_sales_value"] for row in view.values()} == {
        "Approved": Decimal("2500.00"), "Twice": Decimal("2540.00"), "Blocked": Decimal("2500.00"),
    }  # fmt: skip
    assert {row["label"]: (row["validation_status"], row["overall_score"]) for row in view.values()} == {
        "Approved": ("PASS", 100), "Twice": ("PASS", 100), "Blocked": ("BLOCK", 60),
    }  # fmt: skip
    # The list of the page Scenarios.
    listed = scenarios(stores, ANN)
    assert {row.scenario_id for row in listed} == view.keys()
    for row in listed:
        shown = view[row.scenario_id]
        assert (row.label, row.scenario_type, row.start, row.end) == (
            shown["label"], shown["scenario_type"], shown["date_range_start"], shown["date_range_end"],
        )  # fmt: skip
        for name in ("total_sales_value", "total_margin_pct", "total_ebit", "sales_value_delta", "validation_status"):
            assert getattr(row, name) == shown[name], name
        assert row.overall_score == shown["overall_score"]
    # The opened scenario, and the comparison side by side.
    compared = {side.id: side for side in sides(stores, ANN, tuple(view))}
    assert compared.keys() == view.keys()
    for id, shown in view.items():
        standing = scenario(stores, ANN, id)
        assert standing is not None
        assert standing.kpis is not None
        assert standing.validation is not None
        assert standing.kpis.total_sales_value == shown["total_sales_value"]
        assert standing.kpis.total_ebit == shown["total_ebit"]
        assert standing.validation["status"] == shown["validation_status"]
        figures = compared[id].figures
        same = {name: shown[name] for name in figures.keys() & shown.keys()}
        assert {"total_sales_value", "total_margin_pct", "total_ebit", "sales_value_delta"} <= same.keys()
        for name, value in same.items():
            figure = figures[name]
            assert figure is not None
            assert round(Decimal(figure), 2) == round(Decimal(value), 2), name


def test_days_of_the_view_add_up_to_those_of_the_pages(stores: Stores) -> None:
    with stores.operational.write() as session:
        session.execute_text(
            "INSERT INTO sales_aggregated (date, channel, department, promo_flag, discount_pct, sales_value,"
            " margin_value, units) VALUES"
            " ('2026-12-01', 'online', 'TV', true, 20, 800.50, 200.10, 100),"
            " ('2026-12-01', 'online', 'Toys', false, NULL, 50.25, 10.05, 10),"
            " ('2026-12-01', 'offline', 'TV', false, NULL, 100.00, 40.00, 10),"
            " ('2026-12-02', 'online', 'TV', false, NULL, 0.00, -5.00, 0)"
        )
    view = told(stores, "SELECT * FROM sales_daily_summary ORDER BY date, channel DESC")
    kept = ("channel", "total_sales_value", "total_margin_value", "avg_margin_pct", "total_units", "promo_days_count")
    assert [tuple(row[name] for name in kept) for row in view] == [
        ("online", Decimal("850.75"), Decimal("210.15"), Decimal("24.70"), 110, 1),
        ("offline", Decimal("100.00"), Decimal("40.00"), Decimal("40.00"), 10, 0),
        ("online", Decimal("0.00"), Decimal("-5.00"), None, 0, 0),
    ]  # fmt: skip
    span = {"since": date(2026, 12, 1), "through": date(2026, 12, 31)}
    with promo_read(stores.operational, ANN) as session:
        pacing, overview = session.rows("read/promo/days", **span), session.rows("read/overview/sales", **span)
    for rows in (pacing, overview):
        assert [(row["day"].day, row["sales"], row["margin"]) for row in rows] == [
            (1, Decimal("950.75"), Decimal("250.15")), (2, Decimal("0.00"), Decimal("-5.00")),
        ]  # fmt: skip
    for row in pacing:
        parts = [each for each in view if each["date"] == row["day"]]
        assert row["sales"] == sum(each["total_sales_value"] for each in parts)
        assert row["margin"] == sum(each["total_margin_value"] for each in parts)
        assert row["units"] == sum(each["total_units"] for each in parts)


def test_a_post_mortem_s_table_is_what_its_page_reads(stores: Stores) -> None:
    saved = writes.save(stores, ANN, draft(label="October"), seen=None, save_id=one()).scenario_id
    # 2,500.00 of sales, 620.00 of margin and 320 pieces were forecast: +4 %, −5 % and +10 %.
    figures = Figures(
        Decimal("2600.00"), Decimal("589.00"), Decimal("22.65"), Decimal("329.00"), 352, Decimal("4.00"),
        Decimal("-5.00"), None, Decimal("10.00"),
    )  # fmt: skip
    kept = PostMortem(
        Subject(scenario_id=saved), "October", date(2026, 12, 1), date(2026, 12, 2), figures, {"method": 1}
    )
    mortems.save(stores, ANN, kept, seen=None, save_id=one())
    [row] = post_mortems(stores, ANN)
    [stored] = told(
        stores,
        "SELECT p.*, v.total_sales_value AS forecast FROM post_mortem_reports AS p"
        " JOIN scenario_comparison_view AS v ON v.scenario_id = p.scenario_id",
    )
    assert row.figures == figures
    for name in Figures.__dataclass_fields__:
        assert stored[name] == getattr(row.figures, name), name
    assert stored["forecast"] == Decimal("2500.00")
    error = (stored["actual_sales_value"] - stored["forecast"]) / abs(stored["forecast"]) * 100
    assert error == row.figures.sales_value_error_pct
    assert (str(stored["scenario_id"]), stored["period_start"], stored["period_end"]) == (saved, row.start, row.end)
