"""Where a card shows no comparison, chart, table, caption and exports show none either."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

import pytest

from analytics.account import Account
from analytics.periods import Against, Comparison, Kind, Period, chosen, compared
from analytics.periods import Preset as P
from analytics.revenue import NO_AMOUNTS, Amounts, Product, RevenueFigures, Source, Span
from components import charts, export_words, revenue_charts, revenue_tables
from components import revenue_words as words
from components.revenue_cards import revenue_cards
from components.revenue_comparison import comparable
from components.revenue_series import MEASURES, Shown, compared_series, compared_sums

SEEN = datetime(2026, 11, 21, 12, 0, tzinfo=UTC)
STORE = Account("AbC123", "Demo store", "Europe/Berlin", "EUR", "DE")
THIS, BEFORE = date(2026, 11, 16), date(2026, 11, 9)
ONE = Amounts(Decimal(10), Decimal(10), 1, 1)
OF = {measure.short: measure for measure in MEASURES}


def shown(**other: Any) -> Shown:
    period = chosen(P.DAYS_7, date(2026, 11, 21))
    return Shown(STORE, period, compared(period, Against.PREVIOUS), SEEN, SEEN, **other)


def span(day: date, gross: int, orders: int, priced: int) -> Span:
    amounts = Amounts(Decimal(gross), Decimal(gross), orders, priced)
    return Span(
        total=amounts, days={day: amounts}, customers=orders, sources=(Source("none", "none", "", "", amounts),)
    )


def figures(first_day: date = date(2026, 1, 1), priced: int = 4) -> RevenueFigures:
    """€300 from 3 orders against €400 from 4, of which `priced` have a value."""
    sold = Product("p", "P", "B", Decimal(90), Decimal(60), 2, 2)
    return RevenueFigures(
        span(THIS, 300, 3, 3), span(BEFORE, 400, 4, priced), (sold,), {}, {}, {}, {}, 0, 0, 0, first_day
    )


@pytest.fixture
def drawn(monkeypatch: pytest.MonkeyPatch) -> Callable[..., tuple[int, str]]:
    """How many lines the main chart has, and how it is described."""

    def draw(found: RevenueFigures, measure: str) -> tuple[int, str]:
        seen: list[tuple[int, str]] = []

        def show(figure: charts.Figure, *, alt: str, **_other: object) -> None:
            seen.append((len({trace["name"] for trace in figure["data"]}), alt))

        monkeypatch.setattr(charts, "show", show)
        revenue_charts.over_time(found, shown(), OF[measure])
        return seen[0]

    return draw


def changes(found: RevenueFigures) -> dict[str, str]:
    return {card.key: card.change for card in revenue_cards(found, shown())}


def test_a_period_that_is_known_and_priced_is_compared_everywhere(drawn: Callable[..., tuple[int, str]]) -> None:
    found = figures()
    assert (changes(found)["gross"], changes(found)["orders"]) == ("−25.0 %", "−25.0 %")
    assert drawn(found, "Gross")[0] == drawn(found, "Orders")[0] == 2
    row = revenue_tables.day_rows(found, shown())[1]
    assert (row["from"], row["to"], row["currency"]) == (THIS, THIS, "EUR")
    assert (row["compared_from"], row["compared_to"]) == (BEFORE, BEFORE)
    assert (row["gross_revenue"], row["compared_gross_revenue"], row["compared_orders"]) == (300, 400, 4)
    product = revenue_tables.product_rows(found.products, found, shown())[0]
    assert (product["compared_from"], product["compared_to"]) == (date(2026, 11, 8), date(2026, 11, 14))
    assert (product["sales"], product["compared_sales"], product["currency"]) == (90, 60, "EUR")
    assert export_words.revenue_about(found, shown(), "", [])["Compared with"] == "8–14 Nov 2026"


def test_days_from_before_the_first_order_are_compared_nowhere(drawn: Callable[..., tuple[int, str]]) -> None:
    found = figures(first_day=date(2026, 11, 9))
    assert set(changes(found).values()) == {"–"}
    for measure in OF:
        lines, alt = drawn(found, measure)
        assert (lines, "against" in alt) == (1, False)
    assert not [name for name in revenue_tables.day_rows(found, shown())[0] if name.startswith("compared")]
    assert "compared_sales" not in revenue_tables.product_rows(found.products, found, shown())[0]
    assert export_words.revenue_about(found, shown(), "", [])["Compared with"] == "nothing"
    assert "against" not in words.caption(shown(), [], compared=comparable(found, shown()).counts is not None)


def test_where_orders_have_no_rate_only_their_numbers_are_compared(drawn: Callable[..., tuple[int, str]]) -> None:
    found = figures(priced=3)
    assert (changes(found)["gross"], changes(found)["orders"]) == ("–", "−25.0 %")
    assert [drawn(found, measure)[0] for measure in OF] == [2 if name == "Orders" else 1 for name in OF]
    row = revenue_tables.day_rows(found, shown())[1]
    assert (row["compared_from"], row["compared_orders"]) == (BEFORE, 4)
    assert "compared_gross_revenue" not in row
    assert "compared_net_revenue" not in row
    assert "compared_sales" not in revenue_tables.product_rows(found.products, found, shown())[0]


@pytest.mark.parametrize(
    ("against", "said"), [(Against.PREVIOUS, "previous period"), (Against.LAST_YEAR, "a year before")]
)
def test_364_days_before_are_last_years_only_where_that_was_asked_for(against: Against, said: str) -> None:
    period = Period(date(2025, 11, 23), date(2026, 11, 21), Kind.DAYS)
    other = compared(period, against)
    assert other is not None
    assert (other.period, other.shift_days) == (Period(date(2024, 11, 24), date(2025, 11, 22)), 364)
    asked = replace(shown(), period=period, comparison=other)
    series = compared_series(figures().compared, asked, OF["Gross"])
    assert series is not None
    assert series.label == said


def test_a_longer_month_before_leaves_no_peak_at_the_end_of_the_line() -> None:
    period = chosen(P.CUSTOM, date(2026, 11, 21), (date(2026, 2, 1), date(2026, 2, 28)))
    asked = replace(shown(), period=period, comparison=compared(period, Against.PREVIOUS))
    january = replace(span(THIS, 0, 0, 0), days={date(2026, 1, day): NO_AMOUNTS.plus(ONE) for day in range(1, 32)})
    series = compared_series(january, asked, OF["Gross"])
    assert series is not None
    assert (len(series.values), series.values[-1]) == (28, 10.0)
    assert "28 Jan 2026" in series.hover[-1]
    sums = compared_sums(january, asked)
    assert sum(found[0].gross for found in sums if found) == 310


def test_orders_tell_their_time_in_utc_and_on_the_stores_clock() -> None:
    moment = datetime(2026, 11, 16, 23, 30, tzinfo=UTC)
    row = revenue_tables.order_rows([{"order_id": "a", "order_timestamp": moment, "order_value": Decimal(9)}], shown())
    assert list(row[0]) == [
        "order_id", "order_timestamp_utc", "order_timestamp_local", "timezone", "order_value", "currency"
    ]  # fmt: skip
    assert row[0]["order_timestamp_utc"].isoformat() == "2026-11-16T23:30:00+00:00"
    assert row[0]["order_timestamp_local"].isoformat() == "2026-11-17T00:30:00+01:00"
    assert (row[0]["timezone"], row[0]["currency"]) == ("Europe/Berlin", "EUR")


def test_buckets_end_with_the_period() -> None:
    period = Period(date(2026, 8, 19), date(2026, 11, 18))
    weeks = Shown(STORE, period, Comparison(period), SEEN, SEEN)
    rows = revenue_tables.day_rows(figures(), weeks)
    assert (rows[0]["from"], rows[0]["to"]) == (date(2026, 8, 19), date(2026, 8, 23))
    assert (rows[-1]["from"], rows[-1]["to"]) == (date(2026, 11, 16), date(2026, 11, 18))
