"""What the revenue page says that it leaves out, or that is not final, from a few rows."""

from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

from data_access.stores import Stores
from tests.figures_read.test_revenue import read
from tests.warehouse_rows import ACCOUNT, deduction, insert, order


def test_an_order_without_a_rate_is_left_out_of_sums_and_told(warehouse: Stores) -> None:
    foreign = {"currency": "SEK", "order_value_account": None, "discount_amount_account": None}
    insert(
        warehouse,
        "klaviyo_orders",
        order("a", "100.00", "2026-11-09 10:00"),
        order("s", "900.00", "2026-11-10 10:00", **foreign),
    )
    found = read(warehouse)
    assert found.this.total.gross == 100
    assert found.this.total.aov == 100
    assert found.unpriced == {"SEK": 1}


FOREIGN = {
    "klaviyo_public_id": ACCOUNT,
    "event_type": "refund",
    "original_order_id": "a",
    "customer_id": "c-a",
    "refund_currency": "CHF",
    "synced_at": datetime(2026, 11, 21, tzinfo=UTC),
}


def foreign(event_id: str, amount: str, day: int, month: int = 11, **other: Any) -> dict[str, Any]:
    at = datetime(2026, month, day, 9, 0, tzinfo=UTC)
    return FOREIGN | {"event_id": event_id, "event_timestamp": at, "refund_amount": Decimal(amount)} | other


def test_a_refund_without_a_rate_is_told_by_currency(warehouse: Stores) -> None:
    insert(
        warehouse,
        "klaviyo_orders",
        order("a", "100.00", "2026-11-09 10:00"),
        order("b", "80.00", "2026-10-01 10:00", channel="pos"),
        order("gone", "50.00", "2026-11-09 10:00"),
        order("sek", "50.00", "2026-11-09 10:00", currency="SEK", order_value_account=None),
    )
    insert(
        warehouse,
        "order_deductions",
        deduction("gone", "50.00", "2026-11-10 10:00", "2026-11-09", "cancelled"),
        deduction("a", "7.00", "2026-11-11 10:00", "2026-11-09") | {"event_id": "converted"},
    )
    insert(
        warehouse,
        "refund_cancelled_orders",
        foreign("converted", "7.00", 11),
        foreign("lost", "40.00", 12),
        foreign("lost later", "40.00", 24, month=12),
        foreign("of an older order", "9.00", 13, original_order_id="b", refund_currency="USD"),
        foreign("long ago", "9.00", 2, month=10, original_order_id="b", refund_currency="USD"),
        foreign("moot: nothing is left", "9.00", 14, original_order_id="gone"),
        foreign("told with its order", "9.00", 14, original_order_id="sek"),
        foreign("of nobody", "9.00", 14, original_order_id="unknown"),
    )
    assert read(warehouse).unconverted == {"CHF": 2, "USD": 1}
    assert read(warehouse, channels=("pos",)).unconverted == {"USD": 1}


def test_rejects_are_events_of_these_days_and_lines_are_told_apart(warehouse: Stores) -> None:
    def reject(event_id: str, day: int, reason: str) -> dict[str, Any]:
        at = datetime(2026, 11, day, 9, 0, tzinfo=UTC)
        return {"klaviyo_public_id": ACCOUNT, "event_id": event_id, "event_timestamp": at, "reason": reason}

    insert(warehouse, "klaviyo_orders", order("a", "100.00", "2026-11-09 10:00"))
    insert(
        warehouse,
        "projection_rejects",
        reject("e-a", 9, "line 1 has no product"),
        reject("e-a", 9, "line 2 has no product"),
        reject("bad", 10, "no value"),
        reject("bad", 10, "line 1 has no product"),
        reject("worse", 11, "no value"),
        reject("long ago", 1, "no value"),
    )
    found = read(warehouse)
    assert (found.rejected, found.rejected_lines) == (2, 2)


def test_young_orders_and_the_length_of_the_history_are_told(warehouse: Stores) -> None:
    insert(
        warehouse,
        "klaviyo_orders",
        order("first", "1.00", "2026-01-05 10:00"),
        order("a", "1.00", "2026-11-14 10:00"),
        order("b", "1.00", "2026-11-09 10:00"),
    )
    found = read(warehouse, young_from=date(2026, 11, 12))
    assert (found.immature, found.first_day) == (1, date(2026, 1, 5))
    assert read(warehouse, young_from=date(2026, 12, 1)).immature == 0
