"""The baseline of a day without promotion: by hand, and the same by the database's function."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import psycopg
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from analytics.baseline import BaselineDay, SalesRow, weekday_baseline

MONDAY = date(2024, 9, 2)
START = date(2024, 9, 30)


def row(week: int, sales: str, department: str = "TV", channel: str = "online", **other: Any) -> SalesRow:
    """Sales of a Monday, `week` weeks after the first."""
    plain = {"promo_flag": False, "discount_pct": None, "margin_value": Decimal(sales) / 4, "units": 10} | other
    return SalesRow(MONDAY + timedelta(weeks=week), channel, department, sales_value=Decimal(sales), **plain)


SALES = [
    row(0, "100"),
    row(1, "200", units=11),
    row(2, "900", promo_flag=True),
    row(3, "50", discount_pct=Decimal(20)),
    row(0, "10", department="Toys"),
    row(0, "30", department="Toys", discount_pct=Decimal(0)),
    row(1, "1", channel="offline"),
    row(4, "5000"),
]


def test_each_series_counts_its_own_days_and_then_they_are_added() -> None:
    """TV (100 + 200) / 2, Toys 10 + 30 on its one day, TV offline 1: 191; units 10.5 + 20 + 10 = 40.5, so 41."""
    monday, tuesday = weekday_baseline(SALES, START, START + timedelta(days=1))
    assert monday == BaselineDay(START, Decimal("191.00"), Decimal("47.75"), 41)
    assert tuesday == BaselineDay(START + timedelta(days=1), None, None, None)


@pytest.mark.parametrize(
    ("channel", "department", "expected"),
    [
        ("online", None, "190.00"), ("offline", None, "1.00"), (None, "Toys", "40.00"), ("online", "TV", "150.00"),
        ("offline", "Toys", None),
    ],
)  # fmt: skip
def test_of_a_part_of_the_sales(channel: str | None, department: str | None, expected: str | None) -> None:
    (found,) = weekday_baseline(SALES, START, START, channel, department)
    assert found.sales_value == (Decimal(expected) if expected else None)


def by_function(connection: psycopg.Connection, rows: list[SalesRow], **asked: Any) -> list[BaselineDay]:
    with connection.transaction(force_rollback=True), connection.cursor() as cursor:
        cursor.executemany(
            "INSERT INTO sales_aggregated (date, channel, department, promo_flag, discount_pct, sales_value,"
            " margin_value, units) VALUES (%s, %s, %s, %s, %s, %s, %s, %s)",
            [
                (r.date, r.channel, r.department, r.promo_flag, r.discount_pct, r.sales_value, r.margin_value, r.units)
                for r in rows
            ],
        )
        cursor.execute(
            "SELECT * FROM calculate_baseline_forecast(%(start)s, %(end)s, %(channel)s, %(department)s)", asked
        )
        return [BaselineDay(*found) for found in cursor.fetchall()]


money = st.decimals(Decimal("-9999999999.99"), Decimal("9999999999.99"), places=2)
sales_rows = st.lists(
    st.builds(
        SalesRow,
        date=st.dates(date(2024, 9, 1), date(2024, 10, 6)),
        channel=st.sampled_from(["online", "offline"]),
        department=st.sampled_from(["TV", "Toys"]),
        promo_flag=st.sampled_from([False, False, False, True]),
        discount_pct=st.sampled_from([None, None, Decimal(0), Decimal("12.5")]),
        sales_value=money,
        margin_value=money,
        units=st.integers(0, 10**6),
    ),
    max_size=25,
    unique_by=lambda r: (r.date, r.channel, r.department, r.promo_flag),
)


def test_the_databases_function_gives_the_same_numbers(migrated_postgres_url: str) -> None:
    with psycopg.connect(migrated_postgres_url.replace("+psycopg", "")) as connection:
        asked = {"start": START, "end": START + timedelta(days=6), "channel": None, "department": None}
        literal = [r for r in SALES if r.department != "Toys"]
        assert by_function(connection, literal, **asked) == weekday_baseline(literal, *list(asked.values()))

        @settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
        @given(sales_rows, st.sampled_from([None, "online"]), st.sampled_from([None, "TV"]))
        def same(rows: list[SalesRow], channel: str | None, department: str | None) -> None:
            mine = asked | {"channel": channel, "department": department}
            assert by_function(connection, rows, **mine) == weekday_baseline(rows, *list(mine.values()))

        same()
