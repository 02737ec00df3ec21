"""Refunds and cancellations, and what they really deduct."""

from __future__ import annotations

from typing import Any

import pytest

from tests.figures.literal import Ledger, cancelled, item, placed, refunded

MAY1, MAY2, MAY3, MAY4 = (f"2025-05-0{n}T12:00:00+02:00" for n in range(1, 5))


def deducted(ledger: Ledger) -> list[tuple[Any, ...]]:
    ledger.refresh()
    return ledger.table("order_deductions", "event_id", "event_type", "deduction_date", "amount")


def status(ledger: Ledger) -> list[tuple[Any, ...]]:
    return ledger.table("klaviyo_orders", "order_id", "order_status")


def test_none(ledger: Ledger) -> None:
    ledger.load(placed("A", MAY1, 100))
    assert deducted(ledger) == []
    assert status(ledger) == [("A", "placed")]


def test_a_refund_deducts_on_its_own_day_in_the_accounts_zone(ledger: Ledger) -> None:
    ledger.load(placed("A", MAY1, 100), refunded("r", "A", "2025-05-31T22:00:00+00:00", 30))
    assert deducted(ledger) == [("r", "refund", "2025-06-01", "30.00")]
    assert status(ledger) == [("A", "placed")]


def test_refunds_never_exceed_the_order(ledger: Ledger) -> None:
    ledger.load(placed("A", MAY1, 100), refunded("r1", "A", MAY2, 70), refunded("r2", "A", MAY3, 70))
    ledger.load(refunded("r3", "A", MAY4, 5))
    # 70, then what is left; the third finds nothing left and has no row.
    assert deducted(ledger) == [("r1", "refund", "2025-05-02", "70.00"), ("r2", "refund", "2025-05-03", "30.00")]


def test_a_cancellation_takes_the_rest_and_makes_later_refunds_moot(ledger: Ledger) -> None:
    ledger.load(placed("A", MAY1, 100), refunded("r1", "A", MAY2, 40), cancelled("c", "A", MAY3, 10))
    ledger.load(refunded("r2", "A", MAY4, 40))
    assert deducted(ledger) == [("c", "cancelled", "2025-05-03", "60.00"), ("r1", "refund", "2025-05-02", "40.00")]
    assert status(ledger) == [("A", "cancelled")]


def test_a_tie_in_time_goes_by_event_id(ledger: Ledger) -> None:
    ledger.load(placed("A", MAY1, 100), refunded("r2", "A", MAY2, 80), refunded("r1", "A", MAY2, 80))
    assert deducted(ledger) == [("r1", "refund", "2025-05-02", "80.00"), ("r2", "refund", "2025-05-02", "20.00")]


def test_an_earlier_refund_that_arrives_late_comes_first(ledger: Ledger) -> None:
    ledger.load(placed("A", MAY1, 100), refunded("late", "A", MAY3, 80))
    deducted(ledger)
    ledger.load(refunded("early", "A", MAY2, 50))
    assert deducted(ledger) == [("early", "refund", "2025-05-02", "50.00"), ("late", "refund", "2025-05-03", "50.00")]


def test_an_unknown_order_deducts_nothing_until_it_arrives(ledger: Ledger) -> None:
    ledger.load(refunded("r", "A", MAY2, 30), refunded("silent", "A", MAY3))
    assert deducted(ledger) == []
    columns = ("event_id", "original_order_timestamp", "refund_amount", "amount_source")
    assert ledger.table("refund_cancelled_orders", *columns) == [
        ("r", None, "30.00", "event"),
        ("silent", None, None, ""),
    ]
    ledger.load(placed("A", MAY1, 100))
    assert deducted(ledger) == [("r", "refund", "2025-05-02", "30.00"), ("silent", "refund", "2025-05-03", "70.00")]
    assert ledger.table("refund_cancelled_orders", *columns) == [
        ("r", "2025-05-01T10:00Z", "30.00", "event"),
        ("silent", "2025-05-01T10:00Z", "100.00", "order"),
    ]


def test_without_an_amount_it_is_the_named_lines_total_after_discount(ledger: Ledger) -> None:
    items = [item("a", 60.0, 2), item("b", 40.0)]
    ledger.load(
        placed("A", MAY1, 144, Items=items, DiscountValue=16), refunded("r", "A", MAY2, Items=[item("a", 60.0)])
    )
    # Line a: 120.00 less its share of the discount, 12.00; one of its two units comes back.
    assert deducted(ledger) == [("r", "refund", "2025-05-02", "54.00")]
    columns = ("line_items_affected", "products_affected", "quantities_refunded", "amount_source")
    assert ledger.table("refund_cancelled_orders", *columns) == [(["A:1"], ["a"], [1], "lines")]


def test_a_line_is_known_by_its_sku_where_its_product_is_in_the_order_twice(ledger: Ledger) -> None:
    small, large = item("a", 10.0, SKU="a-s"), item("a", 30.0, SKU="a-l")
    ledger.load(placed("A", MAY1, 40, Items=[small, large]), refunded("r", "A", MAY2, Items=[large]))
    assert deducted(ledger) == [("r", "refund", "2025-05-02", "30.00")]


def test_an_order_told_anew_with_its_lines_in_another_order(ledger: Ledger) -> None:
    small, large = item("a", 10.0), item("b", 30.0)
    ledger.load(placed("e1", MAY1, 40, OrderId="A", Items=[small, large]), refunded("r", "A", MAY3, Items=[large]))
    assert deducted(ledger) == [("r", "refund", "2025-05-03", "30.00")]
    ledger.load(placed("e2", MAY2, 40, OrderId="A", Items=[large, small]))
    assert deducted(ledger) == [("r", "refund", "2025-05-03", "30.00")]
    assert ledger.table("refund_cancelled_orders", "line_items_affected") == [(["A:1"],)]


def test_a_line_that_the_order_has_not_counts_with_its_own_total(ledger: Ledger) -> None:
    ledger.load(placed("A", MAY1, 40, Items=[item("a", 40.0)]), refunded("r", "A", MAY2, Items=[item("z", 7.5, 2)]))
    assert deducted(ledger) == [("r", "refund", "2025-05-02", "15.00")]


def test_lines_that_come_to_less_than_nothing_leave_no_more_to_other_refunds(ledger: Ledger) -> None:
    ledger.load(placed("A", MAY1, 100), refunded("less", "A", MAY2, Items=[item("z", -5.0)]))
    ledger.load(refunded("r", "A", MAY3, 98), refunded("rest", "A", MAY4, 10))
    assert deducted(ledger) == [("r", "refund", "2025-05-03", "98.00"), ("rest", "refund", "2025-05-04", "2.00")]


def test_half_a_cent_of_a_line_below_nothing_is_rounded_as_one_above(ledger: Ledger) -> None:
    above = item("above", 0.5, 2, DiscountAmount=0.95)
    below = item("below", 0.5, 2, DiscountAmount=1.05)
    ledger.load(placed("A", MAY1, 100, Items=[above, below]))
    ledger.load(refunded("r1", "A", MAY2, Items=[item("above", 0.5)]))
    ledger.load(refunded("r2", "A", MAY2, Items=[item("below", 0.5)]))
    # One of two units of lines of 0.05 and of -0.05.
    assert deducted(ledger) == [("r1", "refund", "2025-05-02", "0.03")]
    assert ledger.table("refund_cancelled_orders", "event_id", "refund_amount") == [("r1", "0.03"), ("r2", "-0.03")]


@pytest.mark.parametrize("make", [refunded, cancelled])
def test_a_negative_amount_is_rejected_with_its_reason(ledger: Ledger, make: Any) -> None:
    ledger.load(placed("A", MAY1, 100), make("x", "A", MAY2, -30))
    assert deducted(ledger) == []
    assert status(ledger) == [("A", "placed")]
    (rejected,) = ledger.rows("projection_rejects")
    assert rejected["event_id"] == "x"
    assert "a negative amount (-30.00)" in rejected["reason"]


def test_a_refund_without_an_order_number_is_rejected(ledger: Ledger) -> None:
    ledger.load(refunded("x", "", MAY2, 30))
    ledger.refresh()
    assert "OrderId" in ledger.rows("projection_rejects")[0]["reason"]


@pytest.mark.parametrize("value", [0, -10])
def test_an_order_of_no_value_has_nothing_to_deduct(ledger: Ledger, value: int) -> None:
    ledger.load(placed("A", MAY1, value), cancelled("c", "A", MAY2), refunded("r", "A", MAY3, 5))
    assert deducted(ledger) == []
    assert status(ledger) == [("A", "cancelled")]


def test_a_cancelled_order_leaves_the_customers_sequence(ledger: Ledger) -> None:
    ledger.load(placed("A", MAY1, 100), placed("B", MAY3, 50))
    ledger.refresh()
    ledger.load(cancelled("c", "A", MAY4))
    ledger.refresh()
    columns = ("order_id", "is_first_order", "order_count_for_customer", "days_since_last_order",
               "customer_total_spent", "customer_order_count")  # fmt: skip
    assert ledger.table("klaviyo_orders", *columns) == [("A", 0, 0, None, "0.00", 0), ("B", 1, 1, None, "50.00", 1)]
    assert ledger.table("account_metrics_daily", "date", "total_revenue", "total_orders", "new_customers") == [
        ("2025-05-01", "100.00", 1, 0),
        ("2025-05-03", "50.00", 1, 1),
    ]


def test_who_only_cancelled_on_a_day_is_no_customer_of_it(ledger: Ledger) -> None:
    ledger.load(placed("A", MAY1, 100), placed("B", MAY3, 50), placed("C", MAY3, 20, "p2"), placed("D", MAY3, 0, "p3"))
    columns = ("date", "total_revenue", "total_orders", "unique_customers", "new_customers", "repeat_customers")
    ledger.refresh()
    assert ledger.table("account_metrics_daily", *columns) == [
        ("2025-05-01", "100.00", 1, 1, 1, 0),
        ("2025-05-03", "70.00", 2, 2, 1, 1),
    ]
    ledger.load(cancelled("c", "B", MAY4))
    ledger.refresh()
    assert ledger.table("account_metrics_daily", *columns) == [
        ("2025-05-01", "100.00", 1, 1, 1, 0),
        ("2025-05-03", "70.00", 2, 1, 1, 0),
    ]
    columns = ("date", "channel", "revenue", "order_count", "customer_count")
    assert ledger.table("fact_revenue", *columns, where="date = '2025-05-03'") == [
        ("2025-05-03", "none", "70.00", 2, 1),
    ]


class TestCurrencies:
    def test_without_a_rate_an_order_is_left_out_of_sums_and_counted(self, ledger: Ledger) -> None:
        ledger.load(
            placed("A", MAY1, 100, currency="USD"), placed("B", MAY1, 10), refunded("r", "A", MAY2, 30, currency="USD")
        )
        assert deducted(ledger) == []
        columns = ("date", "total_revenue", "total_orders", "avg_order_value")
        assert ledger.table("account_metrics_daily", *columns) == [("2025-05-01", "10.00", 2, "10.00")]
        columns = ("order_id", "order_value", "currency", "order_value_account", "customer_total_spent")
        assert ledger.table("klaviyo_orders", *columns) == [
            ("A", "100.00", "USD", None, "0.00"),
            ("B", "10.00", "EUR", "10.00", "10.00"),
        ]

    def test_the_latest_rate_on_or_before_the_day_in_either_direction(self, ledger: Ledger) -> None:
        ledger.rate("2025-05-01", "USD", "EUR", "0.9")
        ledger.rate("2025-05-03", "EUR", "USD", "1.25")
        ledger.load(*(placed(f"A{n}", f"2025-05-0{n}T12:00:00+02:00", 100, currency="usd") for n in (1, 2, 3)))
        ledger.load(placed("before", "2025-04-30T12:00:00+02:00", 100, currency="USD"))
        ledger.refresh()
        assert ledger.table("klaviyo_orders", "order_id", "currency", "order_value_account") == [
            ("A1", "USD", "90.00"),
            ("A2", "USD", "90.00"),
            ("A3", "USD", "80.00"),
            ("before", "USD", None),
        ]

    def test_half_a_cent_is_rounded_up_whichever_way_the_rate_is_told(self, ledger: Ledger) -> None:
        ledger.rate("2025-01-01", "USD", "EUR", "0.5")
        ledger.rate("2025-01-01", "EUR", "GBP", "8")
        ledger.load(placed("half", MAY1, 0.01, currency="USD"), placed("eighth", MAY1, 0.2, currency="GBP"))
        ledger.load(placed("less", MAY1, -0.01, currency="USD"))
        ledger.refresh()
        # 0.005, 0.025 and -0.005.
        assert ledger.table("klaviyo_orders", "order_id", "order_value_account") == [
            ("eighth", "0.03"),
            ("half", "0.01"),
            ("less", "-0.01"),
        ]

    def test_sums_in_a_chosen_currency_leave_an_order_in_the_accounts_own(self, ledger: Ledger) -> None:
        ledger.rate("2025-01-01", "EUR", "USD", "1.10")
        ledger.load(placed("silent", MAY1, 100), placed("told", MAY1, 100, "p2", currency="USD"))
        ledger.load(refunded("early", "late", MAY3, 10), cancelled("c", "silent", MAY3))
        ledger.setting("currency", "USD")
        assert deducted(ledger) == [("c", "cancelled", "2025-05-03", "110.00")]
        assert ledger.table("klaviyo_orders", "order_id", "currency", "order_value_account") == [
            ("silent", "EUR", "110.00"),
            ("told", "USD", "100.00"),
        ]
        assert ledger.table("refund_cancelled_orders", "event_id", "refund_currency") == [
            ("c", "EUR"),
            ("early", "EUR"),
        ]
        ledger.setting("currency", "EUR")
        assert deducted(ledger) == [("c", "cancelled", "2025-05-03", "100.00")]
        assert ledger.table("account_metrics_daily", "total_revenue") == [("190.91",)]

    def test_named_lines_are_worth_what_they_were_in_the_order(self, ledger: Ledger) -> None:
        ledger.rate("2025-05-01", "USD", "EUR", "1.05")
        ledger.rate("2025-05-02", "USD", "EUR", "2")
        items = [item("a", 30.0, 2), item("b", 40.0)]
        ledger.load(placed("A", MAY1, 100, currency="USD", Items=items))
        ledger.load(refunded("one of two", "A", MAY2, Items=[item("a", 30.0)]))
        ledger.load(refunded("the line", "A", MAY3, Items=[item("b", 40.0)]))
        ledger.load(refunded("none of its", "A", MAY4, Items=[item("z", 10.0)]))
        assert deducted(ledger) == [
            ("none of its", "refund", "2025-05-04", "10.50"),
            ("one of two", "refund", "2025-05-02", "31.50"),
            ("the line", "refund", "2025-05-03", "42.00"),
        ]
        assert ledger.table("refund_cancelled_orders", "event_id", "refund_amount", "refund_currency") == [
            ("none of its", "10.00", "USD"),
            ("one of two", "30.00", "USD"),
            ("the line", "40.00", "USD"),
        ]

    def test_spaces_of_any_script_are_no_part_of_a_currency(self, ledger: Ledger) -> None:
        ledger.rate("2025-01-01", "CHF", "EUR", "2")
        ledger.load(placed("A", MAY1, 100), refunded("r", "A", MAY2, 10, currency="\u00a0chf\u2009\u3000"))
        ledger.load(refunded("s", "A", MAY3, 10, currency="\u2003"))
        assert deducted(ledger) == [("r", "refund", "2025-05-02", "20.00"), ("s", "refund", "2025-05-03", "10.00")]
        assert ledger.table("refund_cancelled_orders", "event_id", "refund_currency") == [("r", "CHF"), ("s", "EUR")]

    def test_a_refund_before_its_order_takes_the_orders_currency(self, ledger: Ledger) -> None:
        ledger.rate("2025-01-01", "CHF", "EUR", "2")
        ledger.load(refunded("r", "A", MAY3, 30))
        assert deducted(ledger) == []
        assert ledger.table("refund_cancelled_orders", "refund_currency") == [("EUR",)]
        ledger.load(placed("A", MAY2, 100, currency="CHF"))
        assert deducted(ledger) == [("r", "refund", "2025-05-03", "60.00")]
        assert ledger.table("refund_cancelled_orders", "refund_currency") == [("CHF",)]

    def test_a_rate_of_less_than_a_millionth(self, ledger: Ledger) -> None:
        ledger.rate("2025-01-01", "IRR", "EUR", "0.00000091")
        ledger.load(placed("A", MAY1, 50_000_000, currency="IRR"))
        ledger.refresh()
        assert ledger.table("klaviyo_orders", "order_value_account") == [("45.50",)]

    def test_a_refund_is_converted_by_its_own_day_and_capped_in_the_accounts_currency(self, ledger: Ledger) -> None:
        ledger.rate("2025-05-01", "USD", "EUR", "0.8")
        ledger.rate("2025-05-02", "USD", "EUR", "0.9")
        ledger.load(placed("A", MAY1, 100, currency="USD"), placed("B", MAY1, 100, currency="USD"))
        ledger.load(refunded("part", "A", MAY2, 50, currency="USD"), refunded("all", "B", MAY2, 100, currency="USD"))
        assert deducted(ledger) == [("all", "refund", "2025-05-02", "80.00"), ("part", "refund", "2025-05-02", "45.00")]

    def test_a_rate_that_comes_later_brings_the_orders_into_the_sums(self, ledger: Ledger) -> None:
        ledger.load(placed("A", MAY1, 100, currency="USD", DiscountValue=10, Items=[item("a", 110.0)]))
        ledger.load(cancelled("c", "A", MAY2))
        assert deducted(ledger) == []
        ledger.rate("2025-01-01", "USD", "EUR", "0.9")
        assert deducted(ledger) == [("c", "cancelled", "2025-05-02", "90.00")]
        assert ledger.table("account_metrics_daily", "date", "total_revenue") == [("2025-05-01", "90.00")]
        assert ledger.table("klaviyo_orders", "discount_amount_account") == [("9.00",)]
        assert ledger.table("klaviyo_order_line_items", "line_total", "line_total_account") == [("100.00", "90.00")]

    def test_a_refund_that_names_no_currency_follows_its_order(self, ledger: Ledger) -> None:
        ledger.rate("2025-01-01", "USD", "EUR", "0.5")
        ledger.load(placed("e1", MAY1, 100, OrderId="A"), refunded("r", "A", MAY3, 10))
        assert deducted(ledger) == [("r", "refund", "2025-05-03", "10.00")]
        ledger.load(placed("e2", MAY2, 100, OrderId="A", currency="USD"))
        assert deducted(ledger) == [("r", "refund", "2025-05-03", "5.00")]
        assert ledger.table("refund_cancelled_orders", "refund_currency") == [("USD",)]
