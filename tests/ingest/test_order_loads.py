"""Taking a load of orders out again, and stopping one that is under way: nothing half is left on either stack."""

from __future__ import annotations

import signal
from datetime import UTC, date, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from commands.order_files import _gone, _lines
from data_access import jobs
from data_access.operations.leases import Cancelled
from data_access.queries.accounts import data_state
from data_access.queries.rfm import computed
from data_access.scope import local_admin
from data_access.stores import Stores
from data_access.writes import order_loads as taking_out
from data_access.writes.load_orders import OrdersRefused
from data_access.writes.order_loads import order_loads
from ingest.order_files.loading import load_orders
from ingest.order_files.removal import remove_load
from settings import Settings
from tests.ingest.test_order_files import BERLIN, LINES, SHOP, both, load, rows, text

__all__ = ["both"]
ADMIN = local_admin("test")
# Replaces A2, cancels A4, and brings a customer of its own.
WRONG = """\
order_id,customer_id,order_timestamp,order_status,product_id,line_total
A2,c9,2026-03-02 10:00,placed,P1,99.00
A4,c2,2026-03-20 10:00,cancelled,P1,4.00
A5,c3,2026-03-31 23:30,placed,P8,6.00
"""
TABLES = {
    "klaviyo_orders": "order_id, customer_id, order_value, is_first_order, order_count_for_customer",
    "klaviyo_order_line_items": "order_id, line_item_id, product_id, line_total",
    "order_deductions": "order_id, amount",
    "refund_cancelled_orders": "original_order_id, event_type",
    "account_metrics_daily": "date, total_revenue, total_orders, new_customers, repeat_customers",
    "customer_profiles": "customer_id, total_orders, net_revenue, rfm_score",
    "products_master": "product_id, quantity_sold_30d",
}


def held(stores: Stores) -> dict[str, list[dict[str, Any]]]:
    """All that a load fills; days on which nothing was sold are left out."""
    found = {name: rows(stores, f"SELECT {columns} FROM {name} ORDER BY 1, 2") for name, columns in TABLES.items()}
    found["account_metrics_daily"] = [day for day in found["account_metrics_daily"] if day["total_orders"]]
    return found


def test_a_load_is_taken_out_again(both: list[tuple[Settings, Stores]], tmp_path: Path) -> None:
    right, wrong = text(tmp_path, LINES), text(tmp_path, WRONG, "wrong.csv")
    found = []
    for settings, stores in both:
        load(stores, settings, right)
        second = load(stores, settings, wrong)
        gone = remove_load(stores, settings, ADMIN, SHOP, second.load)
        assert (gone.file, gone.brought, gone.orders, gone.customers) == ("wrong.csv", 3, 3, 3)
        assert "3 orders of 3 customers are taken out, 02 Mar 2026 to 31 Mar 2026" in _gone(gone)[0]
        # Known up to the end of 4 March in Berlin again.
        assert data_state(stores, ADMIN, SHOP).as_of == datetime(2026, 3, 4, 23, tzinfo=UTC)
        known = computed(stores, ADMIN, SHOP)
        assert known is not None
        assert known.as_of == date(2026, 3, 5)
        found.append(held(stores))
    left, apart = found
    assert left == apart
    # A2 was another customer's before: it went with the load that had replaced it.
    assert [order["order_id"] for order in left["klaviyo_orders"]] == ["A1", "A3"]
    assert [(one["customer_id"], one["net_revenue"]) for one in left["customer_profiles"]] == [("c1", Decimal("38.50"))]
    assert [one["product_id"] for one in left["products_master"]] == ["P1", "P2"]
    assert [(day["date"], day["total_revenue"]) for day in left["account_metrics_daily"]] == [
        (date(2026, 3, 1), Decimal("23.50")), (date(2026, 3, 4), Decimal("15.00")),
    ]  # fmt: skip
    assert (left["order_deductions"], left["refund_cancelled_orders"]) == ([], [])


def test_taken_out_twice_is_as_once_and_loads_end_where_they_began(
    stores: Stores, settings: Settings, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Of many orders everything is computed anew; here three are many."""
    monkeypatch.setattr(taking_out, "NOTED_ORDERS", 2)
    right, wrong = text(tmp_path, LINES), text(tmp_path, WRONG, "wrong.csv")
    first = load(stores, settings, right)
    before = held(stores)
    second = load(stores, settings, wrong)
    assert [one.id for one in order_loads(stores, ADMIN, SHOP)] == [second.load, first.load]
    remove_load(stores, settings, ADMIN, SHOP, second.load)
    left = held(stores)
    again = remove_load(stores, settings, ADMIN, SHOP, second.load)
    assert (again.orders, _gone(again)) == (0, [f"SHOP: nothing was left of load {second.load}."])
    assert held(stores) == left != before
    third = load(stores, settings, right)
    assert held(stores) == before
    # The first load's orders are the last one's by now.
    assert remove_load(stores, settings, ADMIN, SHOP, first.load).orders == 0
    assert held(stores) == before
    assert remove_load(stores, settings, ADMIN, SHOP, third.load).orders == 3
    assert not any(held(stores).values())
    assert data_state(stores, ADMIN, SHOP).as_of is None
    assert computed(stores, ADMIN, SHOP) is None


def test_a_load_that_never_was_is_told(stores: Stores, settings: Settings, tmp_path: Path) -> None:
    load(stores, settings, text(tmp_path, LINES))
    with pytest.raises(OrdersRefused, match="SHOP has no load 20200101"):
        remove_load(stores, settings, ADMIN, SHOP, "20200101")
    with stores.warehouse.write() as session:  # as before loads were noted
        session.execute_text("UPDATE klaviyo_orders SET event_id = 'file:' || order_id")
    (one,) = order_loads(stores, ADMIN, SHOP)
    with pytest.raises(OrdersRefused, match=r"Load orders\.csv again"):
        remove_load(stores, settings, ADMIN, SHOP, one.id)


def test_days_of_a_load_are_the_accounts(stores: Stores, settings: Settings, tmp_path: Path) -> None:
    """Begins at midnight of 1 October in Berlin, which is 30 September in UTC."""
    days = "order_id,customer_id,order_timestamp,product_id,line_total\nA,c,2026-10-01,P,1\nB,c,2026-10-10 00:30,P,1\n"
    done = load(stores, settings, text(tmp_path, days))
    assert "01 Oct 2026 to 10 Oct 2026 (Europe/Berlin time)" in _lines(done)[0]


def test_a_load_that_is_stopped_leaves_nothing_half(both: list[tuple[Settings, Stores]], tmp_path: Path) -> None:
    """Ctrl-C while orders go in: one database takes all back, two take all in."""
    file = text(tmp_path, LINES)

    def stop(what: str, share: float | None) -> None:
        if what == "Putting the orders in place" and share:
            signal.raise_signal(signal.SIGINT)

    (settings, stores), (apart_settings, apart) = both
    with pytest.raises(KeyboardInterrupt):
        load_orders(stores, settings, ADMIN, SHOP, file, BERLIN, stop)
    assert not any(held(stores).values())
    with stores.operational.read() as session:
        job = jobs.latest_job(session, SHOP)
    assert job is not None
    assert (job.state, job.error) == ("failed", "It was stopped before it had ended.")
    assert load(stores, settings, file).orders == 3

    done = load_orders(apart, apart_settings, ADMIN, SHOP, file, BERLIN, stop)
    assert "It was asked to stop while orders were being put in place, and has ended first." in done.notes
    assert held(apart) == held(stores)
    assert not data_state(apart, ADMIN, SHOP).publishing


def test_a_load_is_cancelled_before_it_goes_in(
    stores: Stores, settings: Settings, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    load(stores, settings, text(tmp_path, LINES))
    before = held(stores)

    def cancel(what: str, _share: float | None) -> None:
        if what == "Checking the orders":
            assert jobs.request_cancel(stores.operational, ADMIN, SHOP)

    with pytest.raises(Cancelled, match="nothing of it is in place"):
        load_orders(stores, settings, ADMIN, SHOP, text(tmp_path, WRONG, "wrong.csv"), BERLIN, cancel)
    assert held(stores) == before
    with stores.operational.read() as session:
        job = jobs.latest_job(session, SHOP)
    assert job is not None
    assert job.state == "cancelled"
