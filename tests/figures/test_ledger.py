"""A synced demo store against the generator's own ledger: every order, deduction, winner and day, to the cent."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest

from data_access.aggregates import recompute
from data_access.migrate import migrate
from data_access.stores import Stores, close_stores, open_stores
from demo.emulator import running_emulator
from demo.ledger import Ledger as Truth
from ingest.accounts import register_account
from ingest.runner import run_sync
from settings import Settings
from tests.figures import figures
from tests.figures.literal import Ledger

NOW = datetime(2026, 11, 1, 12, tzinfo=UTC)
Synced = tuple[Stores, Truth]


@pytest.fixture(scope="module")
def synced(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Synced]:
    """Both accounts of a small demo store, synced through the API."""
    with running_emulator(events=6_000, seed=11, now=NOW) as emulator:
        settings = Settings(
            data_dir=tmp_path_factory.mktemp("ledger"), klaviyo_base_url=emulator.base_url, klaviyo_limits=False
        )
        stores = open_stores(settings)
        migrate(stores)
        for key in (emulator.api_key, emulator.second_api_key):
            found = register_account(stores, settings, key)
            summary = run_sync(stores, settings, found.public_id)
            assert summary.as_dict()["state"] == "done", summary
        yield stores, emulator.ledger
        close_stores(stores)


@pytest.fixture(params=[0, 1], ids=["first account", "second account"])
def account(request: pytest.FixtureRequest, synced: Synced) -> tuple[Ledger, dict[str, Any]]:
    stores, truth = synced
    told = truth.account(request.param)
    return Ledger(stores, told["id"]), told


def money(minor: int | None) -> str | None:
    return None if minor is None else f"{Decimal(minor) / 100:.2f}"


def test_orders(account: tuple[Ledger, dict[str, Any]]) -> None:
    ledger, told = account
    columns = (
        "order_id", "event_id", "customer_id", "order_value", "currency", "order_status", "order_date",
        "discount_amount", "discount_code", "discount_type", "is_first_order", "order_count_for_customer",
    )  # fmt: skip
    expected = [
        (
            o["order_id"], o["event_id"], o["customer"], money(o["value"]), o["currency"], o["status"], o["day"],
            money(o["discount"]), o["discount_code"], o["discount_type"], int(o["first"]), o["number"],
        )
        for o in told["orders"]
    ]  # fmt: skip
    assert sorted(ledger.table("klaviyo_orders", *columns)) == sorted(expected)
    # No rate is loaded: orders in another currency have no value in the account's.
    for row in ledger.rows("klaviyo_orders", "currency, order_value, order_value_account"):
        own = row["order_value"] if row["currency"] == told["currency"] else None
        assert row["order_value_account"] == own


def test_lines(account: tuple[Ledger, dict[str, Any]]) -> None:
    ledger, told = account
    columns = ("order_id", "product_id", "variant_id", "sku", "product_name", "product_brand", "product_type",
               "quantity", "unit_price", "discount_amount", "line_total")  # fmt: skip
    expected = [
        (
            line["order_id"], line["product_id"], line["variant_id"], line["sku"], line["name"], line["brand"],
            line["category"], line["quantity"], money(line["unit_price"]), money(line["discount"]),
            money(line["line_total"]),
        )
        for line in told["lines"]
    ]  # fmt: skip
    assert sorted(ledger.table("klaviyo_order_line_items", *columns)) == sorted(expected)


def test_refunds_and_what_they_deduct(account: tuple[Ledger, dict[str, Any]]) -> None:
    ledger, told = account
    events = {d["event_id"]: d for d in told["deductions"]}
    stored = ledger.table("refund_cancelled_orders", "event_id", "event_type", "original_order_id")
    assert sorted(stored) == sorted((d["event_id"], d["kind"], d["order_id"]) for d in events.values())
    deducted = ledger.table("order_deductions", "event_id", "order_id", "event_type", "deduction_date", "amount")
    assert sorted(deducted) == sorted(
        (d["event_id"], d["order_id"], d["kind"], d["day"], money(d["deducted"]))
        for d in events.values()
        if d["deducted"] and d["currency"] == told["currency"]
    )


def test_winners(account: tuple[Ledger, dict[str, Any]]) -> None:
    ledger, told = account
    stored = ledger.table("order_attribution", "order_id", "channel", "campaign_id", "flow_id", "message_id")
    assert sorted(stored) == sorted(
        (o["order_id"], o["channel"], o["campaign"] or "", o["flow"] or "", o["message"])
        for o in told["orders"]
        if o["message"]
    )


def test_days(account: tuple[Ledger, dict[str, Any]]) -> None:
    ledger, told = account
    revenue: dict[str, Decimal] = defaultdict(Decimal)
    orders: Counter[str] = Counter()
    new: dict[str, set[str]] = defaultdict(set)
    customers: dict[str, set[str]] = defaultdict(set)
    attributed: dict[str, Decimal] = defaultdict(Decimal)
    for o in told["orders"]:
        own = Decimal(o["value"]) / 100 if o["currency"] == told["currency"] else Decimal(0)
        revenue[o["day"]] += own
        attributed[o["day"]] += own if o["message"] else 0
        if o["value"] > 0:
            orders[o["day"]] += 1
        if o["value"] > 0 and o["status"] != "cancelled":
            customers[o["day"]].add(o["customer"])
        if o["first"]:
            new[o["day"]].add(o["customer"])
    expected = {
        day: (f"{revenue[day]:.2f}", orders[day], len(customers[day]), len(new[day]), f"{attributed[day]:.2f}")
        for day in revenue
    }
    stored = {
        row["date"].isoformat(): (
            str(row["total_revenue"]), row["total_orders"], row["unique_customers"], row["new_customers"],
            str(row["campaign_revenue"] + row["flow_revenue"]),
        )
        for row in ledger.rows("account_metrics_daily")
    }  # fmt: skip
    assert {day: stored[day] for day in expected} == expected
    # Days without an order are those of sends.
    assert all(stored[day][:2] == ("0.00", 0) for day in stored.keys() - expected.keys())


def test_own_currency_days_are_the_ledgers(account: tuple[Ledger, dict[str, Any]]) -> None:
    ledger, told = account
    deducted = defaultdict(Decimal)
    for row in ledger.rows("order_deductions"):
        deducted[row["deduction_date"].isoformat()] += row["amount"]
    for day in told["days"]:
        if day["currency"] == told["currency"]:
            assert deducted.pop(day["day"], Decimal(0)) == Decimal(day["deducted"]) / 100
    assert not deducted


def test_sends_by_day(account: tuple[Ledger, dict[str, Any]]) -> None:
    ledger, told = account
    sent: Counter[tuple[str, str]] = Counter()
    for row in (*told["campaign_days"], *told["flow_days"]):
        sent[row["day"], row["channel"]] += row["recipients"]
    # Reports reach back a year.
    first = (NOW - timedelta(days=364)).date().isoformat()
    stored = {row["date"].isoformat(): row for row in ledger.rows("account_metrics_daily")}
    for column, channel in (("total_emails_sent", "email"), ("total_sms_sent", "sms")):
        expected = {day: count for (day, its), count in sent.items() if its == channel and count and day >= first}
        assert expected
        assert {day: row[column] for day, row in stored.items() if row[column] and day >= first} == expected


def test_a_rebuild_changes_nothing(account: tuple[Ledger, dict[str, Any]]) -> None:
    ledger, _ = account
    before = figures.stored(ledger), figures.stored_beside(ledger), ledger.rows("campaign_daily_aggregates")
    recompute(ledger.stores, ledger.account)
    after = figures.stored(ledger), figures.stored_beside(ledger), ledger.rows("campaign_daily_aggregates")
    for row in (*before[2], *after[2]):
        row.pop("processed_at")
    assert after == before
