"""When the revenue page says a change, and when it says why there is none."""

from __future__ import annotations

from decimal import Decimal

import pytest
import streamlit as st

from components import cards as kpi
from data_access.stores import Stores
from tests.pages.conftest import Open, texts
from tests.warehouse_rows import insert, order

UNPRICED = {"currency": "USD", "order_value_account": None, "discount_amount_account": None}


def changes(stores: Stores, open_page: Open, *rows: dict[str, object], **query: str) -> tuple[list[str], str]:
    """The changes of gross, orders, value, customers, refunds, share; and all that is said."""
    insert(stores, "klaviyo_orders", *rows)
    app = open_page("revenue", period="7 d", **query)
    assert not app.exception
    return [metric.delta for metric in app.metric], texts(app)


def test_few_orders_without_a_rate_are_warned_of_and_changes_stay(connected: Stores, open_page: Open) -> None:
    known = [order(f"n{i}", "10.00", "2026-11-18 10:00") for i in range(60)]
    before = [order(f"o{i}", "10.00", "2026-11-10 10:00") for i in range(30)]
    found, said = changes(
        connected,
        open_page,
        *known,
        *before,
        order("first", "1.00", "2026-10-01 10:00"),
        order("usd", "9.00", "2026-11-19 10:00", **UNPRICED),
    )
    assert "1 order in USD has no exchange rate to EUR and is in no sum. Add a rate in Settings." in said
    assert found[0] == "+100.0 %"
    assert "Gross revenue rose 100.0 %: 100.0 points from more orders, 0.0 points from larger ones." in said


@pytest.mark.parametrize("day", ["2026-11-19 10:00", "2026-11-10 11:00"])
def test_many_orders_without_a_rate_in_either_period_leave_sums_without_a_change(
    connected: Stores, open_page: Open, day: str
) -> None:
    found, said = changes(
        connected,
        open_page,
        order("a", "30.00", "2026-11-18 10:00"),
        order("old", "10.00", "2026-11-10 10:00", discount_amount_account=Decimal(5)),
        order("first", "1.00", "2026-10-01 10:00"),
        order("usd1", "9.00", day, **UNPRICED),
        order("usd2", "9.00", day, **UNPRICED),
    )
    now = day.startswith("2026-11-19")
    assert ("2 orders in USD have no exchange rate to EUR and are in no sum. Add a rate in Settings." in said) is now
    orders = "+200.0 %" if now else "−66.7 %"
    assert found == ["–", orders, "–", orders, "–", "–"]
    assert "Too many orders have no exchange rate: no change of revenue can be given." in said
    assert "Gross revenue rose" not in said
    assert "before)" not in said


def test_days_before_the_first_known_order_are_not_nothing(connected: Stores, open_page: Open) -> None:
    found, said = changes(
        connected,
        open_page,
        order("a", "30.00", "2026-11-18 10:00"),
        order("old", "10.00", "2026-11-10 10:00"),
    )
    assert found == ["–"] * 6
    assert "Orders are known since 10 Nov 2026: the days compared with begin before that" in said
    assert "Before €" not in said
    assert "before)" not in said


def test_a_day_on_which_the_history_begins_is_compared(connected: Stores, open_page: Open) -> None:
    found, _ = changes(
        connected,
        open_page,
        order("a", "30.00", "2026-11-18 10:00"),
        order("old", "10.00", "2026-11-08 10:00"),
    )
    assert found[0] == "+200.0 %"


@pytest.mark.parametrize(("compare", "said"), [("Previous period", "% before)"), ("Last year", "% a year before)")])
def test_discounts_say_what_before_means(connected: Stores, open_page: Open, compare: str, said: str) -> None:
    _, told = changes(
        connected,
        open_page,
        order("a", "30.00", "2026-11-18 10:00"),
        order("old", "10.00", "2026-11-10 10:00"),
        order("year", "10.00", "2025-11-19 10:00"),
        order("first", "1.00", "2024-10-01 10:00"),
        compare=compare,
    )
    assert said in told


def test_days_without_orders_say_since_when_orders_are_known(connected: Stores, open_page: Open) -> None:
    _, said = changes(connected, open_page, order("old", "10.00", "2025-11-10 10:00"))
    assert "No orders in these days" in said
    assert "Orders are known since 10 Nov 2025. Choose other days" in said


@pytest.mark.parametrize(
    ("change", "good", "arrow", "colour"),
    [
        ("+7.7 %", "up", "up", "green"),
        ("−7.7 %", "up", "down", "red"),
        ("−7.7 pp", "down", "down", "green"),
        ("+7.7 pp", "down", "up", "red"),
        ("−7.7 %", "neither", "down", "off"),
        ("0.0 %", "up", "off", "off"),
        ("–", "up", "off", "off"),
        ("n/a", "down", "off", "off"),
    ],
)
def test_a_typographic_minus_falls(
    monkeypatch: pytest.MonkeyPatch, change: str, good: str, arrow: str, colour: str
) -> None:
    drawn: dict[str, object] = {}
    monkeypatch.setattr(st, "metric", lambda _label, _value, delta, **how: drawn.update(how, delta=delta))
    monkeypatch.setattr(st, "caption", lambda _text: None)
    kpi.show([kpi.Card("k", "K", "1", change, good, "", (), "")], "Before")  # type: ignore[arg-type]
    assert (drawn["delta"], drawn["delta_arrow"], drawn["delta_color"]) == (change, arrow, colour)
