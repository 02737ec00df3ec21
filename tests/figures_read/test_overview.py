"""Each figure of the overview from a few rows that can be added up by hand, on each warehouse."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from analytics.decomposition import ChannelSum, Factor, Purchases, explain
from analytics.gaps import Reach
from analytics.overview import OverviewFigures
from analytics.periods import Against, Kind, compared, to_date
from components.overview_words import sales_said
from data_access.queries.overview import OverviewQuery, overview, sales_state
from data_access.queries.revenue import RevenueQuery, revenue
from data_access.scope import Right, granted, local_admin
from data_access.stores import Stores
from tests.message_rows import campaign, flow, flow_fact, segment
from tests.warehouse_rows import ACCOUNT, SEEN, attribution, deduction, insert, order

ADMIN = local_admin()
BERLIN = ZoneInfo("Europe/Berlin")
# Saturday 21 November 2026, 13:00 in Berlin.
MONTH = to_date(date(2026, 11, 21), Kind.MONTH_TO_DATE)
PREVIOUS, YEAR = compared(MONTH, Against.PREVIOUS), compared(MONTH, Against.LAST_YEAR)
LATER = {"is_first_order": 0, "order_count_for_customer": 2}


def asked(until: datetime = SEEN) -> OverviewQuery:
    assert PREVIOUS is not None
    assert YEAR is not None
    ends = {"previous_until": PREVIOUS.until(MONTH, until, BERLIN), "year_until": YEAR.until(MONTH, until, BERLIN)}
    return OverviewQuery(MONTH, until, "Europe/Berlin", PREVIOUS, year=YEAR, **ends)


def read(stores: Stores, **other: Any) -> OverviewFigures:
    return overview(stores, ADMIN, ACCOUNT, asked(**other))


def test_what_net_revenue_is_made_of(warehouse: Stores) -> None:
    insert(
        warehouse,
        "klaviyo_orders",
        order("first", "9.00", "2025-10-01 10:00", customer_id="ann"),
        # November: Ann comes back twice; Bob is new and comes back; Cem cancels; a free order; one in francs.
        order("a1", "100.00", "2026-11-02 10:00", customer_id="ann", **LATER),
        order("a2", "50.00", "2026-11-20 10:00", customer_id="ann", **LATER),
        order("b1", "30.00", "2026-11-03 10:00", customer_id="bob"),
        order("b2", "20.50", "2026-11-04 10:00", customer_id="bob", **LATER),
        order("c1", "70.00", "2026-11-05 10:00", customer_id="cem", order_status="cancelled", is_first_order=0),
        order("free", "0.00", "2026-11-05 10:00", customer_id="dan", is_first_order=0),
        order("minus", "-5.00", "2026-11-05 11:00", customer_id="dan", is_first_order=0),
        order("francs", "40.00", "2026-11-06 10:00", customer_id="eve", currency="CHF", order_value_account=None),
        # Today, after the moment up to which orders are known.
        order("late", "500.00", "2026-11-21 14:00", customer_id="fay"),
        # October and last November, up to 13:00 of the 21st.
        order("o1", "60.00", "2026-10-21 12:00", customer_id="gus"),
        order("o2", "600.00", "2026-10-21 14:00", customer_id="hal"),
        order("o3", "600.00", "2026-10-25 10:00", customer_id="ivy"),
        order("y1", "80.00", "2025-11-21 12:59", customer_id="ann", **LATER),
        order("y2", "800.00", "2025-11-21 13:00", customer_id="ann", **LATER),
    )
    insert(
        warehouse,
        "order_deductions",
        deduction("c1", "70.00", "2026-11-06 09:00", "2026-11-05", "cancelled"),
        deduction("o1", "10.00", "2026-11-07 09:00", "2026-10-21"),
        deduction("a1", "4.00", "2026-11-21 12:30", "2026-11-02"),
        deduction("a2", "4.00", "2026-11-21 13:30", "2026-11-20"),
        deduction("y1", "8.00", "2025-11-21 12:59", "2025-11-21"),
    )
    insert(
        warehouse,
        "order_attribution",
        attribution("a1", "campaign", "K", "email", "2026-11-02"),
        attribution("c1", "flow", "F", "sms", "2026-11-05"),
    )
    found = read(warehouse)
    this = found.this
    assert (this.new, this.repeat) == (Purchases(1, 2, Decimal("50.50")), Purchases(1, 2, Decimal("150.00")))
    assert (this.uncounted, this.gross, this.booked) == (Decimal("65.00"), Decimal("265.50"), Decimal("84.00"))
    assert (this.net, this.deductions) == (Decimal("181.50"), Decimal("19.00"))
    # Orders with a value above 0, with the cancelled one and the one in francs; Eve is a new customer all the same.
    assert (this.placed, this.new_customers, this.repeat_customers, this.unpriced) == (6, 2, 1, {"CHF": 1})
    assert this.channels == {
        "email": ChannelSum(Decimal("100.00"), Decimal("4.00")),
        "none": ChannelSum(Decimal("95.50"), Decimal("10.00")),
        "sms": ChannelSum(Decimal("70.00"), Decimal("70.00")),
    }
    assert sum(channel.net for channel in this.channels.values()) == this.net
    assert found.previous is not None
    assert found.year is not None
    assert (found.previous.net, found.year.net) == (60, 72)
    assert (found.previous.new_customers, found.year.new_customers, found.year.repeat_customers) == (1, 0, 1)
    # The whole November of last year; days hold what is known of today.
    assert found.year_month == 872
    assert (found.days[date(2026, 11, 21)], found.days[date(2026, 11, 6)]) == (-4, -70)
    assert sum(value for day, value in found.days.items() if day >= MONTH.start) == this.net
    assert (found.last_whole, found.landing) == (date(2026, 11, 20), None)
    assert sum(explain(this, found.year).values()) == Decimal("109.50")
    # As the page Revenue has it.
    same = RevenueQuery(MONTH, PREVIOUS, asked().previous_until, "Europe/Berlin", 1, SEEN)
    shown = revenue(warehouse, ADMIN, ACCOUNT, same)
    assert (shown.this.total.gross, shown.this.net, shown.this.total.orders) == (this.gross, this.net, this.placed)
    assert (shown.this.customers, shown.this.total.new) == (3, 2)
    assert shown.compared is not None
    assert shown.compared.net == found.previous.net


def test_nothing_is_compared_with_days_before_the_first_order(warehouse: Stores) -> None:
    insert(
        warehouse, "klaviyo_orders", order("a", "10.00", "2026-10-02 10:00"), order("b", "10.00", "2026-11-02 10:00")
    )
    found = read(warehouse)
    assert (found.previous, found.year, found.year_month) == (None, None, None)
    insert(warehouse, "klaviyo_orders", order("c", "10.00", "2026-10-01 10:00"))
    assert read(warehouse).previous is not None


def test_only_the_value_of_orders_doubled(warehouse: Stores) -> None:
    then = [order(f"o{n}", "20.00", f"2026-10-{n:02d} 10:00") for n in range(1, 6)]
    now = [order(f"n{n}", "40.00", f"2026-11-{n:02d} 10:00") for n in range(1, 6)]
    insert(warehouse, "klaviyo_orders", *then, *now)
    found = read(warehouse)
    assert found.previous is not None
    shares = explain(found.this, found.previous)
    assert {factor: share for factor, share in shares.items() if share} == {Factor.ORDER_VALUE: 100}


def test_a_day_that_is_not_over_lands_by_the_share_of_it_that_has_gone(warehouse: Stores) -> None:
    first = date(2026, 5, 1)
    days = [first + timedelta(days=n) for n in range((MONTH.end - first).days)]
    rows = [order(f"o{day}", "10.00", f"{day} 06:00") for day in days]
    insert(warehouse, "klaviyo_orders", *rows, order("today", "4.00", "2026-11-21 06:00"))
    found = read(warehouse).landing
    assert found is not None
    # 20 days of 10, today 4 and 11 of 24 hours of 10, nine days of 10.
    assert found.expected == pytest.approx(200 + 4 + 10 * 11 / 24 + 90)
    over = read(warehouse, until=datetime(2026, 11, 21, 23, 0, tzinfo=UTC)).landing
    assert over is not None
    # The last 28 days are 274, Saturdays of the last 56 are 74 of 554: eight days of 274/28 × 10/(554/56), a Saturday.
    assert over.expected == pytest.approx(204 + 274 / 28 * (8 * 10 + 74 / 8) / (554 / 56))


def test_the_hours_of_that_day_count_by_what_the_stores_own_bring(warehouse: Stores) -> None:
    """Each day 10 in the morning and 30 in the evening, by the store's clock: at 13:00 a quarter has usually come."""
    first = date(2026, 5, 1)
    days = [first + timedelta(days=n) for n in range((MONTH.end - first).days)]
    rows = [
        order(f"{day}{hour}", amount, f"{day} {hour}:15")
        for day in days
        for hour, amount in (("08", "10"), ("20", "30"))
    ]
    insert(warehouse, "klaviyo_orders", *rows, order("today", "4.00", "2026-11-21 08:00"))
    found = read(warehouse).landing
    assert found is not None
    assert found.expected == pytest.approx(20 * 40 + 4 + 0.75 * 40 + 9 * 40)


def test_what_needs_a_person(warehouse: Stores) -> None:
    def week(flow_id: str, back: int, people: int, value: str = "0.00", bought: int = 0) -> dict[str, Any]:
        day = date(2026, 11, 20) - timedelta(days=7 * back)
        return flow(flow_id, "m", str(day), people, value=value, bought=bought)

    insert(
        warehouse, "flow_statistics",
        *(week("fell", back, 100) for back in range(1, 13)), week("fell", 0, 20),
        *(week("asever", back, 100) for back in range(13)),
        *(week("gone", back, 100) for back in range(1, 13)),
        *(week("few", back, 10) for back in range(1, 13)),
    )  # fmt: skip
    # Revenue goes by weeks that end five days earlier: 15 November.
    sold = [
        flow("sells", "m", str(date(2026, 11, 15) - timedelta(days=7 * back)), 100, bought=50,
             value="100.00" if back == 0 else "1000.00")
        for back in range(13)
    ]  # fmt: skip
    insert(warehouse, "flow_statistics", *sold, flow("sells", "m", "2026-11-20", 100))
    insert(warehouse, "klaviyo_flows", flow_fact("fell"), flow_fact("gone", "draft") | {"archived": True})
    insert(
        warehouse, "segment_statistics",
        segment("drains", "2026-10-24", 1000), segment("drains", "2026-11-19", 800),
        segment("holds", "2026-10-24", 1000), segment("holds", "2026-11-19", 950),
        segment("small", "2026-10-24", 50), segment("small", "2026-11-19", 10),
    )  # fmt: skip
    insert(warehouse, "campaign_statistics", campaign("k", "2026-11-18", 1000, spam_complaints=4))
    found = read(warehouse)
    told = [(each.flow.name, each.flow.status, each.of, each.now, each.usual) for each in found.falls]
    assert told == [("Flow sells", "", "revenue", 100, 1000), ("Flow fell", "live", "recipients", 20, 100)]
    (drained,) = found.drains
    assert (drained.name, drained.before, drained.now, drained.pct) == ("Segment drains", 1000, 800, 20)
    # 4 complaints of 1,000 and the 730 that flows sent from 7 November on: 0.23 %.
    assert next(each.state for each in found.mail if each.limit.name == "Spam complaints").name == "HIGH"
    # Reports that end earlier: the weeks up to 13 November are as ever, the mail of the 18th and the smaller segment
    # are not looked at, though they are there.
    early = replace(asked(), messages_last=date(2026, 11, 13), segments_last=date(2026, 11, 18))
    found = overview(warehouse, ADMIN, ACCOUNT, early)
    assert (found.falls, found.drains) == ((), ())
    assert next(each.share for each in found.mail if each.limit.name == "Spam complaints") == 0


def sold(day: str, sales: str, margin: str, department: str = "Tea", channel: str = "online") -> dict[str, Any]:
    return {
        "date": date.fromisoformat(day), "channel": channel, "department": department, "promo_flag": False,
        "discount_pct": Decimal(0), "sales_value": Decimal(sales), "margin_value": Decimal(margin), "units": 1,
    }  # fmt: skip


def target(month: str, geo: str, sales: str, margin: str) -> dict[str, Any]:
    return {
        "month": month, "geo": geo, "sales_value_target": Decimal(sales), "margin_pct_target": Decimal(margin),
    }  # fmt: skip


def test_sales_and_their_target_stand_apart_from_orders(warehouse: Stores) -> None:
    assert read(warehouse).sales is None
    before = sales_state(warehouse, ADMIN, ACCOUNT)
    insert(
        warehouse, "sales_aggregated",
        sold("2025-10-01", "1.00", "0.50"), sold("2025-11-01", "100.00", "30.00"), sold("2025-11-11", "900.00", "9.00"),
        sold("2026-11-01", "150.00", "45.00"), sold("2026-11-10", "50.00", "5.00", channel="offline"),
        sold("2026-11-05", "0.00", "0.00"), sold("2026-11-10", "0.00", "0.00"),  # delivered, without sales: no gap
    )  # fmt: skip
    insert(warehouse, "klaviyo_orders", order("a", "7.00", "2026-11-02 10:00"))
    assert sales_state(warehouse, ADMIN, ACCOUNT) != before
    found = read(warehouse).sales
    assert found is not None
    assert found.period is not None
    assert (found.period.start, found.period.end, found.days_left) == (date(2026, 11, 1), date(2026, 11, 10), 20)
    assert (found.sales, found.margin_pct, found.year_sales, found.year_margin_pct) == (200, 25, 100, 30)
    assert (found.target, found.gap, found.needed_a_day, found.landing) == (None, None, None, None)
    insert(
        warehouse, "targets",
        target("2026-11", "DE", "300.00", "20.00"), target("2026-11", "AT", "100.00", "40.00"),
        target("2026-12", "DE", "900.00", "20.00"),
    )  # fmt: skip
    found = read(warehouse).sales
    assert found is not None
    assert found.target is not None
    # 300 × 20 % + 100 × 40 % = 100 of 400.
    assert (found.target.sales, found.target.margin_pct, found.target.geos) == (400, 25, ("AT", "DE"))
    assert (found.gap, found.needed_a_day) == (200, 10)
    nobody = granted("reader", [ACCOUNT], [Right.VIEW])
    assert overview(warehouse, nobody, ACCOUNT, asked()).sales is None
    assert sales_state(warehouse, nobody, ACCOUNT) == ""


def test_sales_end_where_the_first_channel_ends_that_still_sells(warehouse: Stores) -> None:
    # The shops are loaded to the 8th, the web shop to the 10th: of the 9th and 10th nobody knows what all sold.
    insert(
        warehouse, "sales_aggregated",
        sold("2025-11-01", "60.00", "6.00"), sold("2025-11-09", "40.00", "4.00"),
        *(sold(f"2026-11-{day:02}", "10.00", "3.00") for day in range(1, 11)),
        *(sold(f"2026-11-{day:02}", "5.00", "1.00", channel="offline") for day in range(1, 9)),
    )  # fmt: skip
    insert(warehouse, "targets", target("2026-11", "DE", "340.00", "20.00"))
    found = read(warehouse).sales
    assert found is not None
    assert found.period is not None
    # 8 × 15; a year before the same eight days; 220 are left for 22 days.
    assert (found.period.end, found.sales, found.year_sales) == (date(2026, 11, 8), 120, 60)
    assert (found.gap, found.days_left, found.needed_a_day) == (220, 22, 10)
    assert found.reach == Reach(date(2026, 11, 8), date(2026, 11, 10), ("offline",))
    assert sales_said(found).endswith(
        "Offline is loaded up to 8 Nov 2026, other sales up to 10 Nov 2026: figures end where the first channel does,"
        " as days that it lacks yet are no days without its sales."
    )


def test_days_that_were_not_delivered_are_left_out_of_last_year_too(warehouse: Stores) -> None:
    insert(
        warehouse, "sales_aggregated",
        sold("2025-11-01", "60.00", "6.00"), sold("2025-11-05", "40.00", "4.00"), sold("2025-11-10", "30.00", "3.00"),
        sold("2026-11-01", "50.00", "5.00"), sold("2026-11-10", "49.00", "5.00"),
    )  # fmt: skip
    found = read(warehouse).sales
    assert found is not None
    # The 2nd to the 9th are missing: the 1st and the 10th of both years.
    assert (found.missing, found.sales, found.year_sales) == (8, 99, 90)


def test_a_target_without_sales(warehouse: Stores) -> None:
    insert(warehouse, "targets", target("2026-11", "DE", "300.00", "20.00"))
    found = read(warehouse).sales
    assert found is not None
    assert (found.period, found.days_left, found.needed_a_day, found.margin_pct) == (None, 30, 10, None)
