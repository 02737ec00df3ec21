"""Numbers, money and dates as people read them."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from zoneinfo import ZoneInfo

import pytest

from analytics.periods import Grain, Period
from components import wording


@pytest.mark.parametrize(
    ("value", "currency", "shown"),
    [
        (Decimal("0.0063"), "EUR", "€0.0063"),
        (Decimal("-0.0063"), "EUR", "−€0.0063"),
        (Decimal("0.01"), "EUR", "€0.01"),
        (Decimal("0.015"), "EUR", "€0.02"),
        (Decimal(0), "EUR", "€0.00"),
        (Decimal("0.3"), "JPY", "¥0.3000"),
        (Decimal("1.3"), "JPY", "¥1"),
        (None, "EUR", "–"),
    ],
)
def test_price(value: Decimal | None, currency: str, shown: str) -> None:
    assert wording.price(value, currency) == shown


@pytest.mark.parametrize(
    ("value", "currency", "exact", "short"),
    [
        (Decimal("1234.5"), "EUR", "€1,234.50", "€1,234"),
        (Decimal("-1234.5"), "USD", "−$1,234.50", "−$1,234"),
        (Decimal("999.96"), "EUR", "€999.96", "€1,000"),
        (Decimal("8712.40"), "EUR", "€8,712.40", "€8,712"),
        (Decimal("9999.60"), "EUR", "€9,999.60", "€10k"),
        (Decimal(12_345), "EUR", "€12,345.00", "€12.3k"),
        (Decimal(318_449), "EUR", "€318,449.00", "€318k"),
        (Decimal(-1_444_000), "EUR", "−€1,444,000.00", "−€1.44M"),
        (Decimal(1_355_100), "EUR", "€1,355,100.00", "€1.36M"),
        (Decimal(9_996_000), "EUR", "€9,996,000.00", "€10M"),
        (Decimal(99_960), "EUR", "€99,960.00", "€100k"),
        (Decimal("604.12"), "EUR", "€604.12", "€604"),
        (Decimal("48.21"), "GBP", "£48.21", "£48.21"),
        (Decimal(0), "EUR", "€0.00", "€0"),
        (Decimal("-0.001"), "EUR", "€0.00", "€0.00"),
        (Decimal(999_960), "EUR", "€999,960.00", "€1M"),
        (Decimal(1_500_000_000), "CHF", "CHF\u202f1,500,000,000.00", "CHF\u202f1.5bn"),
        (Decimal("1234.5"), "JPY", "¥1,234", "¥1,234"),
        (None, "EUR", "–", "–"),
    ],
)
def test_money(value: Decimal | None, currency: str, exact: str, short: str) -> None:
    assert wording.money(value, currency) == exact
    assert wording.money_short(value, currency) == short


def test_counts_and_rates() -> None:
    assert [wording.count_short(n) for n in (0, 4_471, 99_999, 100_000, 999_500, None)] == [
        "0", "4,471", "99,999", "100k", "1M", "–"
    ]  # fmt: skip
    assert [wording.rate(n) for n in (0, 12.34, -3.21, None)] == ["0.0 %", "12.3 %", "−3.2 %", "–"]


def test_changes_carry_their_sign_and_nothing_is_not_zero() -> None:
    assert [wording.change(n) for n in (12.34, -0.04, -5, None)] == ["+12.3 %", "0.0 %", "−5.0 %", "n/a"]
    assert [wording.points(n) for n in (0.06, -1.5, 0, None)] == ["+0.1 pp", "−1.5 pp", "0.0 pp", "n/a"]


@pytest.mark.parametrize(
    ("start", "end", "said"),
    [
        (date(2026, 11, 20), date(2026, 11, 20), "20 Nov 2026"),
        (date(2026, 11, 1), date(2026, 11, 20), "1–20 Nov 2026"),
        (date(2026, 10, 24), date(2026, 11, 20), "24 Oct – 20 Nov 2026"),
        (date(2025, 11, 21), date(2026, 11, 20), "21 Nov 2025 – 20 Nov 2026"),
    ],
)
def test_days(start: date, end: date, said: str) -> None:
    assert wording.days(Period(start, end)) == said


def test_a_bucket_names_only_the_days_of_the_period() -> None:
    period = Period(date(2026, 11, 18), date(2026, 11, 21))
    assert wording.bucket(date(2026, 11, 16), Grain.WEEK, period) == "18–21 Nov 2026"
    assert wording.bucket(date(2026, 11, 16), Grain.DAY, period) == "Mon 16 Nov 2026"
    assert wording.bucket(date(2026, 11, 1), Grain.MONTH, period) == "Nov 2026"


def test_moments_are_told_in_the_accounts_zone() -> None:
    moment = datetime(2026, 11, 20, 23, 30, tzinfo=UTC)
    assert wording.moment(moment, ZoneInfo("Europe/Berlin"), moment) == "today 00:30"
    assert wording.moment(moment, ZoneInfo("Europe/Berlin"), moment + timedelta(days=1)) == "21 Nov 2026 00:30"


def test_lengths_of_time() -> None:
    lengths = {5: "5 s", 9.8: "10 s", 59.6: "1 min 0 s", 185: "3 min 5 s", 7800: "2 h 10 min"}
    assert {length: wording.passed(timedelta(seconds=length)) for length in lengths} == lengths
    ages = (timedelta(seconds=5), timedelta(minutes=3), timedelta(hours=47), timedelta(days=3))
    assert [wording.ago(age) for age in ages] == ["just now", "3 min ago", "47 h ago", "3 days ago"]
