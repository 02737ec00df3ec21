"""Who won an order, and what is said of the customers behind it."""

from __future__ import annotations

from typing import Any

import pytest

from data_access.aggregates import recompute
from tests.figures.literal import CLICKED, OPENED, SMS_CLICKED, Event, Ledger, placed, refunded

MAY1, MAY2, MAY3 = (f"2025-05-0{n}T12:00:00+02:00" for n in range(1, 4))


def campaign(touch: str, name: str, message: str) -> dict[str, str | None]:
    return {"attributed_event_id": touch, "campaign_id": name, "campaign_message_id": message}


def flow(touch: str, name: str, message: str) -> dict[str, str | None]:
    return {"attributed_event_id": touch, "flow_id": name, "flow_message_id": message}


def winners(ledger: Ledger) -> list[tuple[Any, ...]]:
    ledger.refresh()
    return ledger.table(
        "order_attribution", "order_id", "channel", "source_type", "campaign_id", "flow_id", "message_id"
    )


def revenue(ledger: Ledger) -> list[tuple[Any, ...]]:
    return ledger.table("fact_revenue", "date", "channel", "revenue", "order_count", "customer_count")


def test_an_order_without_a_touch_has_no_winner(ledger: Ledger) -> None:
    ledger.load(placed("A", MAY1, 100))
    assert winners(ledger) == []
    assert revenue(ledger) == [("2025-05-01", "none", "100.00", 1, 1)]


def test_the_latest_touch_wins(ledger: Ledger) -> None:
    ledger.load(
        Event("open", OPENED, "2025-05-01T08:00:00+02:00"), Event("click", SMS_CLICKED, "2025-05-01T09:00:00+02:00")
    )
    ledger.load(placed("A", MAY1, 100))
    ledger.attribute("A", campaign("open", "c1", "m1"), flow("click", "f1", "m2"))
    assert winners(ledger) == [("A", "sms", "flow", "", "f1", "m2")]
    assert revenue(ledger) == [("2025-05-01", "sms", "100.00", 1, 1)]
    assert ledger.table("fact_conversions", "date", "source_type", "source_id", "conversions", "revenue") == [
        ("2025-05-01", "flow", "f1", 1, "100.00")
    ]


def test_a_tie_goes_to_the_first_message_id(ledger: Ledger) -> None:
    ledger.load(Event("t1", OPENED, MAY1), Event("t2", CLICKED, MAY1), placed("A", MAY2, 100))
    ledger.attribute("A", campaign("t1", "c9", "m2"), campaign("t2", "c1", "m1"))
    assert winners(ledger) == [("A", "email", "campaign", "c1", "", "m1")]


def test_a_touch_that_is_not_known_is_the_oldest(ledger: Ledger) -> None:
    ledger.load(Event("t2", CLICKED, MAY1), placed("A", MAY2, 100))
    ledger.attribute("A", campaign("unknown", "c1", "m1"), campaign("t2", "c2", "m2"))
    assert winners(ledger) == [("A", "email", "campaign", "c2", "", "m2")]


def test_a_touch_that_is_loaded_later_may_win(ledger: Ledger) -> None:
    ledger.load(Event("t1", OPENED, MAY1), placed("A", MAY3, 100))
    ledger.attribute("A", campaign("t1", "c1", "m1"), campaign("t2", "c2", "m2"))
    assert winners(ledger) == [("A", "email", "campaign", "c1", "", "m1")]
    ledger.load(Event("t2", CLICKED, MAY2))
    assert winners(ledger) == [("A", "email", "campaign", "c2", "", "m2")]
    assert ledger.table("fact_conversions", "source_id", "conversions") == [("c2", 1)]


def test_revised_attribution_moves_the_revenue(ledger: Ledger) -> None:
    ledger.load(Event("t1", OPENED, MAY1), Event("t2", SMS_CLICKED, MAY1), placed("A", MAY2, 100))
    ledger.attribute("A", campaign("t1", "c1", "m1"))
    ledger.refresh()
    ledger.attribute("A", campaign("t2", "c2", "m2"))
    assert winners(ledger) == [("A", "sms", "campaign", "c2", "", "m2")]
    columns = ("email_revenue", "sms_revenue", "campaign_revenue", "flow_revenue", "email_orders", "sms_orders")
    assert ledger.table("account_metrics_daily", *columns) == [("0.00", "100.00", "100.00", "0.00", 0, 1)]
    ledger.attribute("A")
    assert winners(ledger) == []
    assert revenue(ledger) == [("2025-05-02", "none", "100.00", 1, 1)]
    assert ledger.rows("fact_conversions") == []


def test_the_messages_channel_goes_before_the_touchs(ledger: Ledger) -> None:
    ledger.message("m1", campaign="c1", channel="mobile_push")
    ledger.load(Event("t1", OPENED, MAY1), placed("A", MAY2, 100))
    ledger.attribute("A", campaign("t1", "c1", "m1"))
    assert winners(ledger) == [("A", "push", "campaign", "c1", "", "m1")]


def test_a_message_that_is_loaded_later_tells_the_channel(ledger: Ledger) -> None:
    ledger.load(placed("A", MAY2, 100))
    ledger.attribute("A", flow("never loaded", "f1", "m1"))
    assert winners(ledger) == [("A", "none", "flow", "", "f1", "m1")]
    ledger.message("m1", flow="f1", channel="whatsapp")
    assert winners(ledger) == [("A", "whatsapp", "flow", "", "f1", "m1")]
    assert revenue(ledger) == [("2025-05-02", "whatsapp", "100.00", 1, 1)]


def test_a_message_that_is_loaded_later_tells_its_campaign_or_flow(ledger: Ledger) -> None:
    ledger.load(Event("t1", CLICKED, MAY1), placed("A", MAY2, 100), placed("B", MAY2, 10))
    ledger.attribute("A", {"attributed_event_id": "t1", "campaign_message_id": "m1"})
    ledger.attribute("B", {"attributed_event_id": "t1", "flow_message_id": "m2"})
    assert winners(ledger) == [("A", "email", "campaign", "", "", "m1"), ("B", "email", "flow", "", "", "m2")]
    ledger.message("m1", campaign="c1", channel="email")
    ledger.message("m2", flow="f1", channel="")
    told = [("A", "email", "campaign", "c1", "", "m1"), ("B", "email", "flow", "", "f1", "m2")]
    assert winners(ledger) == told
    columns = ("source_type", "source_id", "conversions", "revenue")
    assert ledger.table("fact_conversions", *columns) == [("campaign", "c1", 1, "100.00"), ("flow", "f1", 1, "10.00")]
    recompute(ledger.stores, ledger.account)
    assert winners(ledger) == told


def test_attributed_and_unattributed_are_the_total(ledger: Ledger) -> None:
    ledger.load(Event("t1", OPENED, MAY1), *(placed(id, MAY2, 10, id) for id in "ABC"))
    ledger.attribute("B", campaign("t1", "c1", "m1"))
    ledger.refresh()
    assert revenue(ledger) == [("2025-05-02", "email", "10.00", 1, 1), ("2025-05-02", "none", "20.00", 2, 2)]
    assert ledger.table("account_metrics_daily", "total_revenue", "campaign_revenue") == [("30.00", "10.00")]


class TestCustomers:
    COLUMNS = ("order_id", "customer_id", "customer_email", "is_first_order", "order_count_for_customer",
               "days_since_last_order", "customer_total_spent")  # fmt: skip

    def orders(self, ledger: Ledger) -> list[tuple[Any, ...]]:
        ledger.refresh()
        return ledger.table("klaviyo_orders", *self.COLUMNS)

    def test_a_late_first_order_takes_the_place_of_the_one_after(self, ledger: Ledger) -> None:
        ledger.load(placed("B", MAY3, 20))
        ledger.refresh()
        ledger.load(placed("A", MAY1, 10))
        assert self.orders(ledger) == [("A", "p1", "p1", 1, 1, None, "10.00"), ("B", "p1", "p1", 0, 2, 2, "30.00")]
        columns = ("date", "new_customers", "repeat_customers", "new_customer_revenue", "repeat_customer_revenue")
        assert ledger.table("account_metrics_daily", *columns) == [
            ("2025-05-01", 1, 0, "10.00", "0.00"),
            ("2025-05-03", 0, 1, "0.00", "20.00"),
        ]

    def test_two_orders_of_one_second_go_by_their_number(self, ledger: Ledger) -> None:
        ledger.load(placed("B", MAY1, 20), placed("A", MAY1, 10))
        assert self.orders(ledger) == [("A", "p1", "p1", 1, 1, None, "10.00"), ("B", "p1", "p1", 0, 2, 0, "30.00")]

    def test_merged_profiles_are_one_customer_however_often_they_were_merged(self, ledger: Ledger) -> None:
        ledger.profile("p3", "Three@x.de")
        ledger.load(placed("A", MAY1, 10, "p1"), placed("B", MAY2, 20, "p2"), placed("C", MAY3, 30, "p3"))
        ledger.load(refunded("r", "A", MAY3, 5, "p1"))
        ledger.refresh()
        ledger.profile("p1", merged_into="p2")
        ledger.refresh()
        ledger.profile("p2", merged_into="p3")
        assert self.orders(ledger) == [
            ("A", "p3", "three@x.de", 1, 1, None, "10.00"),
            ("B", "p3", "three@x.de", 0, 2, 1, "30.00"),
            ("C", "p3", "three@x.de", 0, 3, 1, "60.00"),
        ]
        assert ledger.table("refund_cancelled_orders", "customer_id", "customer_email") == [("p3", "three@x.de")]
        assert ledger.table("order_deductions", "customer_id") == [("p3",)]
        assert ledger.table("account_metrics_daily", "date", "new_customers") == [
            ("2025-05-01", 1),
            ("2025-05-02", 0),
            ("2025-05-03", 0),
        ]

    def test_profiles_merged_in_a_circle_are_the_least_of_them(self, ledger: Ledger) -> None:
        ledger.load(placed("A", MAY1, 10, "p4"), placed("B", MAY2, 20, "p2"), placed("C", MAY3, 30, "p3"))
        ledger.refresh()
        for old, new in (("p4", "p3"), ("p3", "p2"), ("p2", "p4"), ("p1", "p3")):
            ledger.profile(old, merged_into=new)
        told = [("A", "p2", "p2", 1, 1, None, "10.00"), ("B", "p2", "p2", 0, 2, 1, "30.00"),
                ("C", "p2", "p2", 0, 3, 1, "60.00")]  # fmt: skip
        assert self.orders(ledger) == told
        for id in ("p2", "p3", "p4"):
            ledger.touch("events", "profile", id)
        assert self.orders(ledger) == told
        recompute(ledger.stores, ledger.account)
        assert self.orders(ledger) == told
        # The circle opens: all of them are now the one that was merged into nobody.
        ledger.profile("p3")
        assert [row[1] for row in self.orders(ledger)] == ["p3", "p3", "p3"]

    @pytest.mark.parametrize(("then", "customers"), [("p3", ["p3", "p3"]), (None, ["p1", "p1"])])
    def test_a_profile_that_ends_elsewhere_takes_its_orders_along(
        self, ledger: Ledger, then: str | None, customers: list[str]
    ) -> None:
        ledger.load(
            placed("o1", "2025-03-01T10:00+01:00", 100.0, profile="p1"),
            placed("o2", "2025-03-02T10:00+01:00", 50.0, profile="p2"),
            placed("o3", "2025-03-03T10:00+01:00", 30.0, profile="p0"),
        )
        ledger.profile("p0", merged_into="p1")
        ledger.profile("p1", merged_into="p2")
        ledger.refresh()
        assert [row["customer_id"] for row in ledger.rows("klaviyo_orders", order="order_id")] == ["p2", "p2", "p2"]
        ledger.profile("p1", merged_into=then)
        ledger.refresh()
        found = [(r["customer_id"], r["is_first_order"]) for r in ledger.rows("klaviyo_orders", order="order_id")]
        assert found == [(customers[0], 1), ("p2", 1), (customers[1], 0)]

    def test_a_merge_within_a_day_leaves_one_customer_on_it(self, ledger: Ledger) -> None:
        ledger.load(placed("A", MAY1, 10, "p1"), placed("B", MAY1, 20, "p2"))
        ledger.refresh()
        assert ledger.table("account_metrics_daily", "unique_customers") == [(2,)]
        ledger.profile("p1", merged_into="p2")
        ledger.refresh()
        assert ledger.table("account_metrics_daily", "unique_customers") == [(1,)]
        assert ledger.table("fact_revenue", "customer_count") == [(1,)]

    def test_an_event_that_comes_back_under_another_profile_moves(self, ledger: Ledger) -> None:
        ledger.load(placed("A", MAY1, 10, "p1"), placed("B", MAY2, 20, "p2"))
        ledger.refresh()
        ledger.load(placed("A", MAY1, 10, "p2"))
        assert self.orders(ledger) == [("A", "p2", "p2", 1, 1, None, "10.00"), ("B", "p2", "p2", 0, 2, 1, "30.00")]

    def test_a_changed_e_mail_moves_the_orders(self, ledger: Ledger) -> None:
        ledger.profile("p1", "Old@x.de")
        ledger.load(placed("A", MAY1, 10))
        assert self.orders(ledger)[0][2] == "old@x.de"
        ledger.profile("p1", " New@X.de ")
        assert self.orders(ledger)[0][2] == "new@x.de"
        ledger.profile("p1", None)
        assert self.orders(ledger)[0][2] == "p1"
