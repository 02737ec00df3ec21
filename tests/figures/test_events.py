"""Figures of events of every metric: engagement by day, buckets of hours to months, the calendar."""

from __future__ import annotations

from datetime import UTC, date, datetime
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from data_access.account_days import day_start
from data_access.aggregates import recompute
from data_access.conversion import metric_role
from data_access.stores import Stores
from tests.figures.literal import CLICKED, OPENED, PLACED, RECEIVED, SMS_CLICKED, SMS_RECEIVED, Event, Ledger, placed


def engagement(ledger: Ledger) -> list[tuple[Any, ...]]:
    ledger.refresh()
    return ledger.table("fact_engagement", "date", "channel", "metric_type", "count", "rate")


def test_rates_are_of_what_was_received_on_that_day_and_channel(ledger: Ledger) -> None:
    at = "2025-05-01T12:00:00+02:00"
    ledger.load(*(Event(f"r{n}", RECEIVED, at) for n in range(3)), Event("o", OPENED, at), Event("s", SMS_RECEIVED, at))
    assert engagement(ledger) == [
        ("2025-05-01", "email", "opened", 1, "33.33"),
        ("2025-05-01", "email", "received", 3, "100.00"),
        ("2025-05-01", "sms", "received", 1, "100.00"),
    ]


def test_without_anything_received_there_is_no_rate(ledger: Ledger) -> None:
    ledger.load(Event("o", OPENED, "2025-05-01T12:00:00+02:00"))
    assert engagement(ledger) == [("2025-05-01", "email", "opened", 1, None)]


def test_machine_opens_and_bot_clicks_are_left_out(ledger: Ledger) -> None:
    at = "2025-05-01T12:00:00+02:00"
    for n, told in enumerate([{}, {"machine_open": False}, {"machine_open": True}, {"machine_open": "True"}]):
        ledger.load(Event(f"o{n}", OPENED, at, properties=told))
    for n, told in enumerate([{"Bot Click": False}, {"Bot Click": True}, {"Bot Click": "true"}]):
        ledger.load(Event(f"c{n}", CLICKED, at, properties=told))
    assert [row[:4] for row in engagement(ledger)] == [
        ("2025-05-01", "email", "clicked", 1),
        ("2025-05-01", "email", "opened", 2),
    ]


def test_a_metric_that_is_loaded_after_its_events_counts_them(ledger_stores: Stores) -> None:
    ledger = Ledger(ledger_stores)
    ledger.store(metrics=[PLACED, OPENED])
    at = "2025-05-01T12:00:00+02:00"
    ledger.load(Event("r", RECEIVED, at), Event("o", OPENED, at), Event("s", SMS_CLICKED, at))
    ledger.load(placed("A", "2025-05-02T12:00:00+02:00", 10))
    ledger.attribute("A", {"attributed_event_id": "s", "flow_id": "f1", "flow_message_id": "m1"})
    assert engagement(ledger) == [("2025-05-01", "email", "opened", 1, None)]
    assert ledger.table("order_attribution", "order_id", "channel") == [("A", "none")]
    for id in (RECEIVED, SMS_CLICKED):
        ledger.metric(id)
    told = [
        ("2025-05-01", "email", "opened", 1, "100.00"),
        ("2025-05-01", "email", "received", 1, "100.00"),
        ("2025-05-01", "sms", "clicked", 1, None),
    ]
    assert engagement(ledger) == told
    assert ledger.table("order_attribution", "order_id", "channel") == [("A", "sms")]
    assert ledger.table("fact_revenue", "date", "channel") == [("2025-05-02", "sms")]
    assert ledger.refresh().aggregated.datasets == ()
    recompute(ledger_stores, ledger.account)
    assert engagement(ledger) == told


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("Received Email", ("email", "received")),
        ("opened push", ("push", "opened")),
        ("Bounced Email", ("email", "bounced")),
        ("Marked Email as Spam", ("email", "marked_spam")),
        ("Unsubscribed", ("email", "unsubscribed")),
        ("Unsubscribed from SMS Marketing", ("sms", "unsubscribed")),
        ("Received WhatsApp", ("whatsapp", "received")),
        ("Failed to Deliver SMS", ("sms", "")),
        ("Unsubscribed from List", ("", "")),
        ("Subscribed to Email Marketing", ("email", "")),
        ("Viewed Product", ("", "")),
    ],
)
def test_what_a_metric_stands_for(name: str, expected: tuple[str, str]) -> None:
    role = metric_role("m", name, "")
    assert (role.channel, role.engagement) == expected


class TestBuckets:
    def buckets(self, ledger: Ledger, size: str) -> list[tuple[Any, ...]]:
        ledger.refresh()
        columns = ("time_bucket", "count", "sum_value", "min_value", "max_value", "avg_value")
        return ledger.table("klaviyo_aggregated_metrics", *columns, where=f"bucket_size = '{size}'")

    def test_hours_are_utc_and_the_rest_is_the_accounts(self, ledger: Ledger) -> None:
        ledger.load(placed("A", "2025-05-01T00:10:00+02:00", 10), placed("B", "2025-05-01T00:50:00+02:00", 5.01, "p2"))
        told = (2, "15.01", "5.01", "10.00", "7.51")
        assert self.buckets(ledger, "1 hour") == [("2025-04-30T22:00Z", *told)]
        assert self.buckets(ledger, "1 day") == [("2025-04-30T22:00Z", *told)]
        assert self.buckets(ledger, "1 week") == [("2025-04-27T22:00Z", *told)]
        assert self.buckets(ledger, "1 month") == [("2025-04-30T22:00Z", *told)]

    def test_the_average_is_of_the_events_that_carry_a_value(self, ledger: Ledger) -> None:
        ledger.load(placed("A", "2025-05-01T10:00:00+02:00", 10), Event("x", PLACED, "2025-05-02T10:00:00+02:00"))
        assert self.buckets(ledger, "1 week") == [("2025-04-27T22:00Z", 2, "10.00", "10.00", "10.00", "10.00")]
        assert self.buckets(ledger, "1 day")[1] == ("2025-05-01T22:00Z", 1, "0.00", None, None, None)

    def test_a_day_of_23_and_one_of_25_hours(self, ledger: Ledger) -> None:
        for day, first, last in (
            ("2025-03-30", "2025-03-29T23:00:00+00:00", "2025-03-30T21:59:59+00:00"),
            ("2025-10-26", "2025-10-25T22:00:00+00:00", "2025-10-26T22:59:59+00:00"),
        ):
            ledger.load(placed(f"{day} first", first, 1), placed(f"{day} last", last, 1))
        assert [row[:2] for row in self.buckets(ledger, "1 day")] == [
            ("2025-03-29T23:00Z", 2),
            ("2025-10-25T22:00Z", 2),
        ]
        assert ledger.table("account_metrics_daily", "date", "total_orders") == [("2025-03-30", 2), ("2025-10-26", 2)]

    def test_a_late_event_changes_its_week_and_month_only(self, ledger: Ledger) -> None:
        ledger.load(placed("A", "2025-05-01T10:00:00+02:00", 1), placed("B", "2025-06-20T10:00:00+02:00", 2))
        ledger.refresh()
        ledger.load(placed("C", "2025-05-04T10:00:00+02:00", 4))
        assert [row[:3] for row in self.buckets(ledger, "1 week")] == [
            ("2025-04-27T22:00Z", 2, "5.00"),
            ("2025-06-15T22:00Z", 1, "2.00"),
        ]
        assert [row[:3] for row in self.buckets(ledger, "1 month")] == [
            ("2025-04-30T22:00Z", 2, "5.00"),
            ("2025-05-31T22:00Z", 1, "2.00"),
        ]


@pytest.mark.parametrize(
    ("zone", "day", "start"),
    [
        ("Europe/Berlin", date(2025, 3, 30), "2025-03-29T23:00"),
        ("Asia/Kolkata", date(2025, 1, 1), "2024-12-31T18:30"),
        # Clocks go forward at midnight: the day begins at 01:00.
        ("Africa/Cairo", date(2025, 4, 25), "2025-04-24T22:00"),
        # Clocks go back from 01:00 to midnight: the day begins at the first of the two.
        ("America/Havana", date(2025, 11, 2), "2025-11-02T04:00"),
    ],
)
def test_when_a_day_begins(zone: str, day: date, start: str) -> None:
    assert day_start(day, ZoneInfo(zone)) == datetime.fromisoformat(start).replace(tzinfo=UTC)


def test_zones_of_two_accounts_do_not_meet(ledger_stores: Stores) -> None:
    at = "2025-05-01T02:00:00+00:00"
    days = []
    for account, zone in (("Berlin", "Europe/Berlin"), ("Denver", "America/Denver")):
        ledger = Ledger(ledger_stores, account)
        ledger.store(zone)
        ledger.load(placed("A", at, 10))
        ledger.refresh()
        days.append(ledger.table("account_metrics_daily", "date"))
    assert days == [[("2025-05-01",)], [("2025-04-30",)]]


def test_another_timezone_rebuilds_every_figure(ledger: Ledger) -> None:
    ledger.load(placed("A", "2025-05-01T02:00:00+02:00", 10), Event("o", OPENED, "2025-05-01T02:00:00+02:00"))
    ledger.refresh()
    with ledger.stores.operational.write() as session:
        session.execute_text("UPDATE stores SET timezone = 'America/New_York'")
    assert engagement(ledger) == [("2025-04-30", "email", "opened", 1, None)]
    assert ledger.table("account_metrics_daily", "date") == [("2025-04-30",)]
    assert ledger.table("fact_revenue", "date") == [("2025-04-30",)]
    starts = ledger.table("klaviyo_aggregated_metrics", "time_bucket", "bucket_size", where=f"metric_id = '{PLACED}'")
    assert starts == [
        ("2025-04-01T04:00Z", "1 month"),
        ("2025-04-28T04:00Z", "1 week"),
        ("2025-04-30T04:00Z", "1 day"),
        ("2025-05-01T00:00Z", "1 hour"),
    ]
    with ledger.stores.operational.write() as session:
        session.execute_text("UPDATE stores SET timezone = 'Europe/Berlin'")
    assert engagement(ledger) == [("2025-05-01", "email", "opened", 1, None)]
    assert len(ledger.rows("klaviyo_aggregated_metrics")) == 8


class TestCalendar:
    def days(self, ledger: Ledger, where: str) -> list[dict[str, Any]]:
        with ledger.stores.operational.read() as session:
            return session.query_text(f"SELECT * FROM dim_time WHERE {where} ORDER BY date", {}).to_pylist()

    def holidays(self, ledger: Ledger, country: str) -> set[date]:
        with ledger.stores.operational.read() as session:
            found = session.query_text(f"SELECT date FROM holidays WHERE country = '{country}'", {})
        return set(found["date"].to_pylist())

    def test_the_years_that_the_data_span_and_the_next(self, ledger: Ledger) -> None:
        ledger.load(placed("A", "2024-12-31T12:00:00+01:00", 10), placed("B", "2025-01-01T12:00:00+01:00", 10))
        ledger.refresh()
        assert len(self.days(ledger, "true")) == 366 + 365 + 365
        (row,) = self.days(ledger, "date = '2025-12-29'")
        assert row == {
            "date": date(2025, 12, 29),
            "year": 2025,
            "month": 12,
            "day": 29,
            "day_of_week": 1,
            "week_of_year": 1,
            "is_weekend": False,
            "is_holiday": False,
        }
        assert [row["day_of_week"] for row in self.days(ledger, "date BETWEEN '2025-01-04' AND '2025-01-05'")] == [6, 7]

    def test_holidays_are_the_countrys(self, ledger: Ledger) -> None:
        ledger.load(placed("A", "2025-05-01T12:00:00+02:00", 10))
        ledger.refresh()
        assert self.days(ledger, "date = '2025-10-03'")[0]["is_holiday"]
        assert date(2025, 10, 3) in self.holidays(ledger, "DE")
        other = Ledger(ledger.stores, "US1")
        other.store("America/New_York", "USD", "US")
        other.load(placed("A", "2025-05-01T12:00:00+02:00", 10))
        other.refresh()
        assert date(2025, 7, 4) in self.holidays(ledger, "US")
        # dim_time stays with the country of the store that was connected first.
        assert not self.days(ledger, "date = '2025-07-04'")[0]["is_holiday"]

    def test_a_first_store_whose_country_becomes_known_later_marks_its_holidays(self, ledger: Ledger) -> None:
        self.country(ledger, "")
        other = Ledger(ledger.stores, "DE2")
        other.store()
        for each in (ledger, other):
            each.load(placed("A", "2025-05-01T12:00:00+02:00", 10))
            each.refresh()
        assert not self.days(ledger, "is_holiday")
        self.country(ledger, "DE")
        ledger.load(placed("B", "2025-05-02T12:00:00+02:00", 10))
        ledger.refresh()
        assert self.days(ledger, "date = '2025-10-03'")[0]["is_holiday"]

    def country(self, ledger: Ledger, code: str) -> None:
        with ledger.stores.operational.write() as session:
            session.execute_text(f"UPDATE stores SET country = '{code}' WHERE klaviyo_public_id = '{ledger.account}'")

    def test_another_country_changes_the_holidays(self, ledger: Ledger) -> None:
        ledger.load(placed("A", "2025-05-01T12:00:00+02:00", 10))
        ledger.refresh()
        ledger.setting("country", "FR")
        recompute(ledger.stores, ledger.account)
        assert self.days(ledger, "date = '2025-07-14'")[0]["is_holiday"]
        assert not self.days(ledger, "date = '2025-10-03'")[0]["is_holiday"]
