"""Each figure of the revenue page from a few orders that can be added up by hand."""

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from analytics.periods import Against, Period, compared
from analytics.revenue import RevenueFigures
from data_access.queries.revenue import OrdersOf, RevenueQuery, orders, products, revenue, revenue_choices
from data_access.scope import NotPermitted, Right, granted, local_admin
from data_access.stores import Stores
from tests.warehouse_rows import ACCOUNT, attribution, deduction, insert, line, order

WEEK = Period(date(2026, 11, 9), date(2026, 11, 15))
BEFORE = compared(WEEK, Against.PREVIOUS)
ADMIN = local_admin()


def asked(**other: Any) -> RevenueQuery:
    values: dict[str, Any] = {
        "period": WEEK,
        "comparison": BEFORE,
        "compared_until": datetime(2026, 11, 8, 23, 0, tzinfo=UTC),
        "zone": "Europe/Berlin",
        "first_weekday": 1,
    }
    return RevenueQuery(**(values | other))


def read(stores: Stores, **other: Any) -> RevenueFigures:
    return revenue(stores, ADMIN, ACCOUNT, asked(**other))


def test_gross_is_by_order_date_and_net_by_the_date_of_the_deduction(warehouse: Stores) -> None:
    insert(
        warehouse,
        "klaviyo_orders",
        order("a", "100.00", "2026-11-09 00:00"),
        order("b", "50.50", "2026-11-15 23:59"),
        order("old", "80.00", "2026-11-02 10:00"),
    )
    insert(
        warehouse,
        "order_deductions",
        deduction("old", "30.00", "2026-11-10 09:00", "2026-11-02"),
        deduction("a", "100.00", "2026-11-20 09:00", "2026-11-09", "cancelled"),
    )
    found = read(warehouse)
    assert found.this.total.gross == Decimal("150.50")
    assert found.this.refunded == Decimal("30.00")
    assert found.this.cancelled == 0
    assert found.this.net == Decimal("120.50")
    assert found.compared is not None
    assert found.compared.total.gross == Decimal("80.00")
    assert found.compared.net == Decimal("80.00")


def test_the_refund_rate_takes_deductions_of_the_periods_orders_whenever_they_came(warehouse: Stores) -> None:
    insert(
        warehouse,
        "klaviyo_orders",
        order("a", "150.00", "2026-11-09 10:00"),
        order("b", "50.00", "2026-11-10 10:00"),
    )
    insert(warehouse, "order_deductions", deduction("b", "50.00", "2026-12-24 10:00", "2026-11-10", "cancelled"))
    assert read(warehouse).this.total.refund_rate == 25


def test_compared_orders_had_as_long_to_be_refunded_as_those_of_the_period(warehouse: Stores) -> None:
    insert(
        warehouse,
        "klaviyo_orders",
        order("a", "100.00", "2026-11-09 10:00"),
        order("old", "200.00", "2026-11-02 10:00"),
    )
    insert(
        warehouse,
        "order_deductions",
        deduction("a", "10.00", "2026-11-17 11:00", "2026-11-09"),
        deduction("old", "10.00", "2026-11-10 11:00", "2026-11-02"),
        deduction("old", "90.00", "2026-11-12 11:00", "2026-11-02"),
    )
    # Known up to 18 Nov 12:00: of the week before, what came up to 11 Nov 12:00, though that week was over by then.
    assert BEFORE is not None
    age = BEFORE.same_age(datetime(2026, 11, 18, 11, 0, tzinfo=UTC), ZoneInfo("Europe/Berlin"))
    assert age == datetime(2026, 11, 11, 11, 0, tzinfo=UTC)
    found = read(warehouse, compared_refunds_until=age)
    assert found.compared is not None
    assert (found.this.total.refund_rate, found.compared.total.refund_rate) == (10, 5)
    longer = read(warehouse).compared
    assert longer is not None
    assert longer.total.refund_rate == 50


def test_an_order_in_both_periods_has_its_own_cut_in_each(warehouse: Stores) -> None:
    long = Period(date(2025, 1, 1), date(2026, 11, 15))
    insert(warehouse, "klaviyo_orders", order("a", "10.00", "2025-06-01 09:00"))
    insert(warehouse, "order_deductions", deduction("a", "4.00", "2025-12-01 09:00", "2025-06-01"))
    cut = {"compared_refunds_until": datetime(2025, 11, 15, 23, 0, tzinfo=UTC)}
    found = read(warehouse, period=long, comparison=compared(long, Against.LAST_YEAR), **cut)
    assert found.compared is not None
    assert (found.this.total.deducted, found.compared.total.deducted) == (4, 0)


def test_a_cancelled_order_counts_for_gross_orders_and_aov_but_is_nobodys_purchase(warehouse: Stores) -> None:
    insert(
        warehouse,
        "klaviyo_orders",
        order("a", "100.00", "2026-11-09 10:00", customer_id="anna"),
        order("b", "60.00", "2026-11-10 10:00", customer_id="bert", order_status="cancelled", is_first_order=0),
    )
    found = read(warehouse).this
    assert (found.total.gross, found.total.orders, found.total.aov) == (160, 2, 80)
    assert (found.customers, found.total.new) == (1, 1)


def test_orders_of_nothing_or_less_change_the_value_but_no_count(warehouse: Stores) -> None:
    insert(
        warehouse,
        "klaviyo_orders",
        order("a", "100.00", "2026-11-09 10:00"),
        order("zero", "0.00", "2026-11-10 10:00", is_first_order=0),
        order("minus", "-10.00", "2026-11-10 11:00", is_first_order=0),
    )
    found = read(warehouse).this
    assert (found.total.gross, found.total.orders, found.total.aov, found.customers) == (90, 1, 100, 1)


def test_customers_are_distinct_over_the_period_and_new_by_their_first_order(warehouse: Stores) -> None:
    later = {"is_first_order": 0, "order_count_for_customer": 2}
    insert(
        warehouse,
        "klaviyo_orders",
        order("a", "10.00", "2026-11-09 10:00", customer_id="anna"),
        order("b", "10.00", "2026-11-12 10:00", customer_id="anna", **later),
        order("c", "10.00", "2026-11-12 10:00", customer_id="carl", **later),
    )
    found = read(warehouse)
    assert (found.this.customers, found.this.total.new, found.this.repeat_customers) == (2, 1, 1)
    assert found.bucket_customers == {date(2026, 11, 9): 1, date(2026, 11, 12): 2}


def test_attributed_and_unattributed_add_up(warehouse: Stores) -> None:
    insert(
        warehouse,
        "klaviyo_orders",
        order("a", "100.00", "2026-11-09 10:00"),
        order("b", "60.00", "2026-11-10 10:00"),
        order("c", "40.00", "2026-11-11 10:00"),
    )
    insert(
        warehouse,
        "order_attribution",
        attribution("a", "campaign", "K1", "email", "2026-11-09"),
        attribution("b", "flow", "F1", "sms", "2026-11-10"),
    )
    insert(
        warehouse,
        "klaviyo_campaigns",
        {
            "klaviyo_public_id": ACCOUNT,
            "campaign_id": "K1",
            "name": "Autumn sale",
            "status": "Sent",
            "created_at": datetime(2026, 11, 1, tzinfo=UTC),
        },
    )
    found = read(warehouse).this
    won = {(s.kind, s.channel, s.name): s.amounts.gross for s in found.sources}
    assert won == {
        ("campaign", "email", "Autumn sale"): 100,
        ("flow", "sms", "Flow F1"): 60,
        ("none", "none", "Unattributed"): 40,
    }
    assert found.attributed_share == 80


def test_a_running_day_is_compared_up_to_the_same_hour(warehouse: Stores) -> None:
    insert(
        warehouse,
        "klaviyo_orders",
        order("early", "10.00", "2026-11-08 09:00"),
        order("late", "99.00", "2026-11-08 18:00"),
        order("now", "20.00", "2026-11-15 09:00"),
    )
    insert(warehouse, "order_deductions", deduction("early", "4.00", "2026-11-08 17:00", "2026-11-08"))
    found = read(warehouse, compared_until=datetime(2026, 11, 8, 11, 0, tzinfo=UTC)).compared
    assert found is not None
    assert (found.total.gross, found.net) == (10, 10)


def test_orders_newer_than_the_last_complete_sync_wait_on_both_sides(warehouse: Stores) -> None:
    insert(
        warehouse,
        "klaviyo_orders",
        order("early", "10.00", "2026-11-02 09:00"),
        order("known", "20.00", "2026-11-09 08:00"),
        order("newer", "500.00", "2026-11-09 15:00", currency="SEK", order_value_account=None),
        order("newest", "700.00", "2026-11-10 10:00"),
    )
    insert(
        warehouse,
        "klaviyo_order_line_items",
        line("known", "p1", "20.00", "2026-11-09"),
        line("newest", "p1", "700.00", "2026-11-10"),
    )
    insert(
        warehouse,
        "order_deductions",
        deduction("known", "5.00", "2026-11-09 09:30", "2026-11-09"),
        deduction("known", "3.00", "2026-11-10 09:30", "2026-11-09"),
    )
    as_of = datetime(2026, 11, 9, 9, 0, tzinfo=UTC)
    until = {"this_until": as_of, "compared_until": as_of - timedelta(days=7), "young_from": date(2026, 10, 10)}
    found = read(warehouse, **until)
    assert found.compared is not None
    assert (found.this.total.gross, found.this.total.orders, found.compared.total.gross) == (20, 1, 10)
    assert (found.this.refunded, found.this.customers, sum(found.bucket_customers.values())) == (5, 1, 1)
    assert [product.sales for product in found.products] == [20]
    assert found.hours == {(1, 8): (20, 1)}
    assert (found.unpriced, found.immature) == ({}, 1)
    assert [row["order_id"] for row in orders(warehouse, ADMIN, ACCOUNT, asked(**until))] == ["known"]


def test_overlapping_periods_hold_an_order_twice(warehouse: Stores) -> None:
    long = Period(date(2025, 1, 1), date(2026, 11, 15))
    insert(warehouse, "klaviyo_orders", order("a", "10.00", "2025-06-01 09:00"))
    found = read(warehouse, period=long, comparison=compared(long, Against.LAST_YEAR))
    assert found.compared is not None
    assert (found.this.total.gross, found.compared.total.gross) == (10, 10)


def test_weekdays_and_hours_are_the_accounts(warehouse: Stores) -> None:
    insert(
        warehouse,
        "klaviyo_orders",
        order("a", "10.00", "2026-11-09 00:30"),
        order("b", "5.00", "2026-11-09 00:59"),
        order("c", "7.00", "2026-11-15 23:45"),
    )
    assert read(warehouse).hours == {(1, 0): (15, 2), (7, 23): (7, 1)}


def test_hours_hold_in_zones_that_are_half_an_hour_off_and_when_the_clocks_change(warehouse: Stores) -> None:
    insert(
        warehouse,
        "klaviyo_orders",
        order("before", "1.00", "2026-10-25 01:30"),
        order("after", "2.00", "2026-10-25 12:30"),
    )
    sunday = Period(date(2026, 10, 25), date(2026, 10, 25))
    assert set(read(warehouse, period=sunday, comparison=None).hours) == {(7, 1), (7, 12)}
    # 01:30 in Berlin, still summer time, is 05:00 in Kolkata; 12:30 in winter time is 17:00.
    assert set(read(warehouse, period=sunday, comparison=None, zone="Asia/Kolkata").hours) == {(7, 5), (7, 17)}


def test_discounts_lead_from_the_list_value_to_gross(warehouse: Stores) -> None:
    insert(
        warehouse,
        "klaviyo_orders",
        order("a", "80.00", "2026-11-09 10:00", discount_amount_account=Decimal(20)),
        order("b", "100.00", "2026-11-10 10:00"),
    )
    total = read(warehouse).this.total
    assert (total.list_value, total.discount, total.discount_share) == (200, 20, 10)
    assert total.discounted_orders_share == 50


def test_products_leave_cancelled_orders_out_and_carry_a_trend(warehouse: Stores) -> None:
    insert(
        warehouse,
        "klaviyo_orders",
        order("a", "30.00", "2026-11-09 10:00"),
        order("b", "70.00", "2026-11-11 10:00"),
        order("x", "500.00", "2026-11-11 10:00", order_status="cancelled", is_first_order=0),
        order("old", "5.00", "2026-11-03 10:00"),
    )
    insert(
        warehouse,
        "klaviyo_order_line_items",
        line("a", "p1", "30.00", "2026-11-09", quantity=3),
        line("b", "p1", "30.00", "2026-11-11"),
        line("b", "p2", "40.00", "2026-11-11"),
        line("x", "p2", "500.00", "2026-11-11"),
        line("old", "p1", "5.00", "2026-11-03"),
    )
    first, second = read(warehouse).products
    assert (first.name, first.sales, first.units, first.orders, first.compared_sales) == ("Product p1", 60, 4, 2, 5)
    assert first.trend == (30, 0, 30, 0, 0, 0, 0)
    assert (second.name, second.sales, second.compared_sales) == ("Product p2", 40, None)
    assert products(warehouse, ADMIN, ACCOUNT, asked()) == (first, second)
    assert [product.compared_sales for product in read(warehouse, compared_until=None).products] == [5, None]


@pytest.mark.parametrize(
    ("filters", "gross", "net"),
    [
        ({"channels": ("pos",)}, 60, 50),
        ({"countries": ("AT", "CH")}, 60, 50),
        ({"orders_of": OrdersOf.FIRST}, 100, 100),
        ({"orders_of": OrdersOf.REPEAT}, 60, 50),
    ],
)
def test_filters_hold_for_orders_and_their_deductions(
    warehouse: Stores, filters: dict[str, Any], gross: int, net: int
) -> None:
    insert(
        warehouse,
        "klaviyo_orders",
        order("a", "100.00", "2026-11-09 10:00"),
        order(
            "b",
            "60.00",
            "2026-11-10 10:00",
            channel="pos",
            shipping_country="AT",
            is_first_order=0,
            order_count_for_customer=2,
        ),
    )
    insert(warehouse, "order_deductions", deduction("b", "10.00", "2026-11-11 09:00", "2026-11-10"))
    found = read(warehouse, **filters).this
    assert (found.total.gross, found.net) == (gross, net)


def test_another_accounts_orders_are_never_seen(warehouse: Stores) -> None:
    insert(warehouse, "klaviyo_orders", order("a", "100.00", "2026-11-09 10:00", klaviyo_public_id="Other1"))
    assert read(warehouse).empty
    viewer = granted("eve", ["Other1"], [Right.VIEW])
    with pytest.raises(NotPermitted, match="not among those"):
        revenue(warehouse, viewer, ACCOUNT, asked())


def test_export_rows_need_their_right_and_hide_addresses_without_another(warehouse: Stores) -> None:
    insert(
        warehouse,
        "klaviyo_orders",
        order("a", "100.00", "2026-11-09 10:00"),
        order("b", "1.00", "2026-11-09 11:00", customer_email="01HPROFILE"),
    )
    viewer = granted("eve", [ACCOUNT], [Right.VIEW])
    with pytest.raises(NotPermitted, match="export"):
        orders(warehouse, viewer, ACCOUNT, asked())
    marketer = granted("max", [ACCOUNT], [Right.VIEW, Right.EXPORT])
    assert [row["customer_email"] for row in orders(warehouse, marketer, ACCOUNT, asked())] == ["", ""]
    assert [row["customer_email"] for row in orders(warehouse, ADMIN, ACCOUNT, asked())] == ["a@example.com", ""]


def test_choices_hold_what_orders_hold_most_first(warehouse: Stores) -> None:
    insert(
        warehouse,
        "klaviyo_orders",
        order("a", "1.00", "2026-11-09 10:00", channel="pos"),
        order("b", "1.00", "2026-11-09 10:00", channel="pos", shipping_country="AT"),
        order("c", "1.00", "2026-11-09 10:00"),
    )
    found = revenue_choices(warehouse, ADMIN, ACCOUNT)
    assert (found.channels, found.countries) == (("pos", "web"), ("DE", "AT"))


def test_first_repeat_and_cancelled_orders_add_up_to_all(warehouse: Stores) -> None:
    nobodys = {"is_first_order": 0, "order_count_for_customer": 0}
    insert(
        warehouse,
        "klaviyo_orders",
        order("first", "100.00", "2026-11-09 10:00"),
        order("second", "60.00", "2026-11-10 10:00", is_first_order=0, order_count_for_customer=2),
        order("cancelled", "30.00", "2026-11-10 10:00", order_status="cancelled", **nobodys),
        order("minus", "-5.00", "2026-11-11 10:00", **nobodys),
    )
    insert(
        warehouse,
        "order_deductions",
        deduction("cancelled", "30.00", "2026-11-10 12:00", "2026-11-10", "cancelled"),
    )
    spans = {part: read(warehouse, orders_of=part).this for part in OrdersOf}
    whole = spans.pop(OrdersOf.ALL)
    assert [(span.total.gross, span.total.orders, span.net) for span in spans.values()] == [
        (100, 1, 100),
        (60, 1, 60),
        (25, 1, -5),
    ]
    assert (whole.total.gross, whole.total.orders, whole.net) == (185, 3, 155)
    assert sum(span.total.gross for span in spans.values()) == whole.total.gross
    assert sum(span.net for span in spans.values()) == whole.net
