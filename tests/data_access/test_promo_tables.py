"""The promo tables take the rows that they were designed on, and their views give what a person can check by hand."""

from __future__ import annotations

import json
from datetime import date
from decimal import Decimal
from typing import Any

import pytest

from data_access.errors import StatementRefused
from data_access.stores import Stores

MECHANICS = """[
  {"department": "TV", "channel": "online", "discount_pct": 20, "segments": ["ALL"], "notes": "main hero"}
]"""
KPI_BREAKDOWN = """{
  "by_channel": [{"channel": "online", "sales_value": 2100000, "margin_pct": 21.5, "units": 12000}],
  "by_department": [{"department": "TV", "sales_value": 2000000, "margin_pct": 21.0, "units": 10000}],
  "by_segment": [{"segment_id": "LOYAL_HIGH_VALUE", "sales_value": 1500000, "margin_pct": 23.0, "units": 8000}]
}"""
ISSUES = """[
  {"type": "margin_threshold", "severity": "medium", "message": "Margin below minimum threshold",
   "suggested_fix": "Reduce discount by 2%", "affected_department": "TV"}
]"""
BRIEF = """{
  "objectives": {"primary": "Close October sales gap", "secondary": ["Maintain margin", "Drive online traffic"]},
  "target_audience": {"segments": ["LOYAL_HIGH_VALUE"], "demographics": "25-45, tech-savvy"},
  "key_messages": ["Exclusive member pricing", "Limited time offer"],
  "tone": "energetic",
  "mandatory_elements": {"legal": ["Terms and conditions apply"], "brand": ["MediaMarkt logo"]}
}"""
ASSETS = """[
  {"type": "homepage_hero", "headline": "Member-Exclusive TV & Gaming Sale",
   "subheadline": "Up to 20% off selected models", "cta": "Shop Now - Members Only", "product_focus": ["TV", "Gaming"]}
]"""
SCENARIO = "5c8e0f9e-3f5b-4c1d-9a55-0c6a6a6f0001"


@pytest.fixture
def stores(each_operational: Stores) -> Stores:
    """Empty, migrated stores, the operational one on each engine."""
    return each_operational


def run(stores: Stores, *statements: str) -> None:
    with stores.operational.write() as session:
        for statement in statements:
            session.execute_text(statement)


def rows(stores: Stores, text: str) -> list[dict[str, Any]]:
    with stores.operational.read() as session:
        return list(session.query_text(text, {}).to_pylist())


def sale(day: str, sales: str, margin: str, *, department: str = "TV", promo: str = "false", units: int = 1) -> str:
    return (
        "INSERT INTO sales_aggregated (date, channel, department, promo_flag, discount_pct, sales_value, margin_value,"
        f" units) VALUES ('{day}', 'online', '{department}', {promo}, NULL, {sales}, {margin}, {units})"
    )


def scenario(identifier: str = SCENARIO) -> str:
    return (
        "INSERT INTO promo_scenarios (id, label, date_range_start, date_range_end, scenario_type, mechanics)"
        f" VALUES ('{identifier}', 'October push', '2024-10-22', '2024-10-28', 'balanced', '{MECHANICS}')"
    )


def kpis(value: int, at: str, identifier: str = SCENARIO) -> str:
    return (
        "INSERT INTO scenario_kpis (scenario_id, period_start, period_end, total_sales_value, total_margin_value,"
        " total_margin_pct, total_ebit, total_units, sales_value_delta, margin_value_delta, ebit_delta, units_delta,"
        f" kpi_breakdown, created_at) VALUES ('{identifier}', '2024-10-22', '2024-10-28', {value}, 441000, 21.0,"
        f" 231000, 12000, 300000, 20000, -5000, 2000, '{KPI_BREAKDOWN}', '{at}')"
    )


def test_the_sample_sales_are_accepted_and_summed_by_day(stores: Stores) -> None:
    run(
        stores,
        """INSERT INTO sales_aggregated
    (date, channel, department, promo_flag, discount_pct, sales_value, margin_value, units)
VALUES
    ('2024-10-01', 'online', 'TV', false, NULL, 50000, 12500, 100),
    ('2024-10-02', 'online', 'TV', true, 20.0, 75000, 15000, 150);""",
    )
    found = rows(stores, "SELECT date, margin_pct, discount_pct FROM sales_aggregated ORDER BY date")
    assert found == [
        {"date": date(2024, 10, 1), "margin_pct": Decimal("25.00"), "discount_pct": None},
        {"date": date(2024, 10, 2), "margin_pct": Decimal("20.00"), "discount_pct": Decimal("20.00")},
    ]
    assert rows(stores, "SELECT * FROM sales_daily_summary ORDER BY date") == [
        {
            "date": date(2024, 10, 1), "channel": "online", "total_sales_value": Decimal("50000.00"),
            "total_margin_value": Decimal("12500.00"), "avg_margin_pct": Decimal("25.00"), "total_units": 100,
            "promo_days_count": 0,
        },
        {
            "date": date(2024, 10, 2), "channel": "online", "total_sales_value": Decimal("75000.00"),
            "total_margin_value": Decimal("15000.00"), "avg_margin_pct": Decimal("20.00"), "total_units": 150,
            "promo_days_count": 1,
        },
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("sales", "margin", "expected"),
    [
        ("50000", "12500", Decimal("25.00")),
        ("0", "0", None),
        ("0", "-300", None),
        ("-100", "20", None),
        ("0.01", "-90000", Decimal("-900000000.00")),  # one cheap row with a large loss rejects no batch
    ],
)
def test_a_rows_margin_rate_has_no_value_without_sales(
    stores: Stores, sales: str, margin: str, expected: Decimal | None
) -> None:
    run(stores, sale("2024-10-01", sales, margin))
    assert rows(stores, "SELECT margin_pct FROM sales_aggregated") == [{"margin_pct": expected}]
    assert rows(stores, "SELECT avg_margin_pct AS m FROM sales_daily_summary") == [{"m": expected}]


def test_a_days_margin_rate_is_weighted_by_sales_and_a_promo_day_counts_once(stores: Stores) -> None:
    run(
        stores,
        sale("2024-10-01", "900", "90", department="TV", promo="true"),  # 10 %
        sale("2024-10-01", "100", "50", department="Toys", promo="true"),  # 50 %; the plain mean would be 30 %
        sale("2024-10-01", "0", "0", department="Toys", promo="false"),
    )
    assert rows(stores, "SELECT avg_margin_pct, promo_days_count, total_units FROM sales_daily_summary") == [
        {"avg_margin_pct": Decimal("14.00"), "promo_days_count": 1, "total_units": 3}
    ]


def test_a_discount_alone_makes_a_promo_day(stores: Stores) -> None:
    run(
        stores,
        "INSERT INTO sales_aggregated (date, channel, department, discount_pct, sales_value, margin_value, units)"
        " VALUES ('2024-10-01', 'offline', 'TV', 15, 10, 1, 1), ('2024-10-02', 'offline', 'TV', 0, 10, 1, 1)",
    )
    assert rows(stores, "SELECT date, promo_days_count AS n FROM sales_daily_summary ORDER BY date") == [
        {"date": date(2024, 10, 1), "n": 1},
        {"date": date(2024, 10, 2), "n": 0},
    ]


@pytest.mark.parametrize(
    "statement",
    [
        sale("2024-10-01", "1", "1").replace("'online'", "'web'"),
        scenario().replace("'balanced'", "'bold'"),
        scenario().replace("'2024-10-28'", "'2024-10-21'"),
        f"INSERT INTO validation_reports (scenario_id, status) VALUES ('{SCENARIO}', 'FINE')",
        f"INSERT INTO validation_reports (scenario_id, status, overall_score) VALUES ('{SCENARIO}', 'PASS', 101)",
        "INSERT INTO segments (segment_id, name, share_of_customers, share_of_revenue, avg_basket_value)"
        " VALUES ('a', 'A', 1.2, 0.1, 1)",
        "INSERT INTO uplift_coefficients (department, channel, discount_band, uplift_sales_pct, uplift_units_pct,"
        " margin_impact_pct, confidence, model_version) VALUES ('TV', 'online', '0-10', 1, 1, 1, 1.5, 'v1')",
        "INSERT INTO data_processing_jobs (job_id, status, files_queued) VALUES ('j', 'done', 1)",
        "INSERT INTO targets (month, geo, sales_value_target, margin_pct_target) VALUES ('2024-13', 'DE', 1, 1)",
        "INSERT INTO promo_catalog (date_start, date_end) VALUES ('2024-10-02', '2024-10-01')",
    ],
)
def test_what_the_design_forbids_is_refused(stores: Stores, statement: str) -> None:
    with pytest.raises(StatementRefused, match=r"(?i)check constraint"):
        run(stores, statement)


@pytest.mark.parametrize(
    "statement",
    [
        sale("2024-10-01", "1", "1"),
        f"INSERT INTO validation_reports (scenario_id, status) VALUES ('{SCENARIO}', 'PASS')",
        "INSERT INTO targets (month, geo, sales_value_target, margin_pct_target) VALUES ('2024-10', 'DE', 1, 1)",
        "INSERT INTO data_processing_jobs (job_id, status, files_queued) VALUES ('j', 'queued', 1)",
    ],
)
def test_what_is_unique_is_refused_twice(stores: Stores, statement: str) -> None:
    run(stores, scenario(), statement)
    with pytest.raises(StatementRefused, match=r"[Dd]uplicate key"):
        run(stores, statement)


def test_the_sample_documents_are_kept_as_they_are(stores: Stores) -> None:
    run(
        stores,
        scenario(),
        kpis(2_100_000, "2024-10-20 10:00:00+00"),
        "INSERT INTO validation_reports (scenario_id, status, issues, overall_score)"
        f" VALUES ('{SCENARIO}', 'WARN', '{ISSUES}', 85)",
        f"INSERT INTO creative_briefs (scenario_id, brief, assets) VALUES ('{SCENARIO}', '{BRIEF}', '{ASSETS}')",
    )
    for table, column, given in (
        ("promo_scenarios", "mechanics", MECHANICS),
        ("scenario_kpis", "kpi_breakdown", KPI_BREAKDOWN),
        ("validation_reports", "issues", ISSUES),
        ("creative_briefs", "brief", BRIEF),
        ("creative_briefs", "assets", ASSETS),
    ):
        (row,) = rows(stores, f"SELECT {column} AS document FROM {table}")
        assert json.loads(row["document"]) == json.loads(given)
    with stores.operational.read() as session:
        answer = session.query_text("SELECT mechanics->0->>'department' AS d FROM promo_scenarios", {}).to_pylist()
    assert answer == [{"d": "TV"}]


def test_a_scenario_simulated_twice_shows_once_with_its_latest_figures(stores: Stores) -> None:
    other = SCENARIO.replace("0001", "0002")
    run(
        stores,
        scenario(),
        scenario(other),
        kpis(2_100_000, "2024-10-20 10:00:00+00"),
        kpis(2_300_000, "2024-10-20 11:00:00+00"),
        kpis(1_900_000, "2024-10-20 09:00:00+00"),
        "INSERT INTO validation_reports (scenario_id, status, issues, overall_score)"
        f" VALUES ('{SCENARIO}', 'WARN', '{ISSUES}', 85)",
    )
    found = rows(stores, "SELECT * FROM scenario_comparison_view ORDER BY CAST(scenario_id AS VARCHAR)")
    assert [str(row["scenario_id"]) for row in found] == [SCENARIO, other]
    first, second = ({key: value for key, value in row.items() if key != "scenario_id"} for row in found)
    shared = {
        "label": "October push", "scenario_type": "balanced",
        "date_range_start": date(2024, 10, 22), "date_range_end": date(2024, 10, 28),
    }  # fmt: skip
    assert first == shared | {
        "total_sales_value": Decimal("2300000.00"), "total_margin_pct": Decimal("21.00"),
        "total_ebit": Decimal("231000.00"), "sales_value_delta": Decimal("300000.00"),
        "validation_status": "WARN", "overall_score": 85,
    }  # fmt: skip
    assert second == shared | dict.fromkeys(
        (
            "total_sales_value",
            "total_margin_pct",
            "total_ebit",
            "sales_value_delta",
            "validation_status",
            "overall_score",
        )
    )


def test_a_post_mortem_needs_no_scenario_and_no_error_where_the_forecast_was_zero(stores: Stores) -> None:
    run(
        stores,
        f"INSERT INTO promo_catalog (id, date_start, date_end) VALUES ('{SCENARIO}', '2023-10-01', '2023-10-07')",
        "INSERT INTO post_mortem_reports (promo_catalog_id, period_start, period_end, actual_sales_value,"
        " actual_margin_value, actual_margin_pct, actual_ebit, actual_units, ebit_error_pct, units_error_pct, insights)"
        f" VALUES ('{SCENARIO}', '2023-10-01', '2023-10-07', 0, -5, NULL, -5, 0, NULL, -123456.78, ARRAY['too deep'])",
    )
    assert rows(stores, "SELECT ebit_error_pct, units_error_pct, insights FROM post_mortem_reports") == [
        {"ebit_error_pct": None, "units_error_pct": Decimal("-123456.78"), "insights": ["too deep"]}
    ]
