"""Report statistics into the warehouse: replaced by key, left alone where nothing changed; on each engine."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, date, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from data_access.stores import Stores
from data_access.writes.load_statistics import load_statistics
from tests.embedded_clickhouse import WAREHOUSES, migrated_stores
from tests.figures.literal import ACCOUNT, Ledger

NOW = datetime(2026, 11, 20, 12, tzinfo=UTC)
NOVEMBER = (date(2026, 11, 1), date(2026, 11, 30))
AUTUMN = (date(2026, 10, 1), date(2026, 11, 30))
COUNTS = (
    "recipients", "delivered", "bounced", "failed", "opens", "opens_unique", "clicks", "clicks_unique", "conversions",
    "conversion_uniques", "unsubscribes", "unsubscribe_uniques", "spam_complaints", "text_message_spend",
    "text_message_credit_usage_amount",
)  # fmt: skip
FORM = (
    "viewed_form", "viewed_form_uniques", "viewed_form_step", "viewed_form_step_uniques", "submitted_form_step",
    "submitted_form_step_uniques", "submits", "qualified_form", "qualified_form_uniques", "closed_form",
    "closed_form_uniques",
)  # fmt: skip


class Reports:
    """Loads literal report rows, and reads what the warehouse holds then."""

    def __init__(self, stores: Stores, folder: Path) -> None:
        self.stores = stores
        self.folder = folder

    def load(
        self, report: str, *rows: dict[str, Any], window: tuple[date, date] = NOVEMBER
    ) -> tuple[list[str], list[str]]:
        path = self.folder / f"{report}.parquet"
        pq.write_table(self._typed(report, rows), path)
        with self.stores.operational.read() as names, self.stores.warehouse.write() as session:
            return load_statistics(names, session, ACCOUNT, "Europe/Berlin", report, [path], window, NOW)

    def _typed(self, report: str, rows: tuple[dict[str, Any], ...]) -> pa.Table:
        texts = {
            "campaign_values": (
                "campaign_id", "campaign_message_id", "campaign_message_name", "variation", "variation_name",
                "send_channel",
            ),
            "flow_series": (
                "flow_id", "flow_name", "flow_message_id", "flow_message_name", "send_channel", "date",
            ),
            "form_series": ("form_id", "form_version_id", "date"),
            "segment_series": ("segment_id", "date"),
        }[report]  # fmt: skip
        numbers = {
            "form_series": FORM,
            "segment_series": ("total_members", "members_added", "members_removed", "net_members_changed"),
        }
        schema = [(name, pa.string()) for name in texts]
        schema += [(name, pa.float64()) for name in numbers.get(report, COUNTS)]
        if report in ("campaign_values", "flow_series"):
            schema.append(("conversion_value", pa.decimal128(18, 2)))
        return pa.Table.from_pylist(list(rows), schema=pa.schema(schema))

    def rows(self, table: str, columns: str) -> list[tuple[Any, ...]]:
        text = f"SELECT {columns} FROM {table} WHERE klaviyo_public_id = '{ACCOUNT}' ORDER BY {columns}"
        with self.stores.warehouse.read() as session:
            return [tuple(row.values()) for row in session.query_text(text, {}).to_pylist()]


@pytest.fixture(params=WAREHOUSES)
def reports(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Reports]:
    with migrated_stores(tmp_path, request.param) as stores:
        ledger = Ledger(stores)
        ledger.store()
        ledger.insert("klaviyo_campaigns", campaign("c1", "2026-11-09T23:30:00+00:00"), campaign("c2", None))
        ledger.insert("klaviyo_forms", {"klaviyo_public_id": ACCOUNT, "form_id": "f1", "name": "Footer"})
        ledger.insert("klaviyo_segments", {"klaviyo_public_id": ACCOUNT, "segment_id": "s1", "name": "VIP"})
        yield Reports(stores, tmp_path)


def campaign(id: str, sent: str | None) -> dict[str, Any]:
    return {
        "klaviyo_public_id": ACCOUNT,
        "campaign_id": id,
        "name": f"Campaign {id}",
        "status": "Sent",
        "archived": False,
        "sent_at": None if sent is None else datetime.fromisoformat(sent),
        "created_at": NOW,
        "updated_at": NOW,
    }


def message(variation: str, recipients: float, value: str, **other: Any) -> dict[str, Any]:
    return {
        "campaign_id": "c1", "campaign_message_id": "m1", "variation": variation, "send_channel": "email",
        "recipients": recipients, "delivered": recipients / 2, "opens_unique": 10.0, "clicks_unique": 5.0,
        "conversion_uniques": 1.0, "conversion_value": Decimal(value), "text_message_spend": 0.285, **other,
    }  # fmt: skip


def flow(day: str, opens: float, **other: Any) -> dict[str, Any]:
    return {"flow_id": "w1", "flow_name": "Welcome", "flow_message_id": "m9", "date": day, "opens_unique": opens,
            "delivered": 100.0, "recipients": 110.0, "conversion_value": Decimal("19.99"), **other}  # fmt: skip


def test_messages_stand_by_variation_and_campaigns_are_their_sums_on_the_send_date(reports: Reports) -> None:
    days, unplaced = reports.load("campaign_values", message("a", 100.0, "19.99"), message("b", 300.0, "0.01"))
    assert (days, unplaced) == (["2026-11-10"], []), "sent at half past midnight in Berlin"
    assert reports.rows(
        "campaign_statistics", "campaign_name, date, recipients, conversion_value, text_message_spend"
    ) == [("Campaign c1", date(2026, 11, 10), 400.0, Decimal("20.00"), Decimal("0.5700"))]
    assert reports.rows(
        "campaign_statistics", "open_rate_pct, click_rate_pct, conversion_rate_pct, delivery_rate_pct"
    ) == [(10.0, 5.0, 1.0, 50.0)]
    assert reports.rows("campaign_message_statistics", "variation_id, recipients, conversion_value") == [
        ("a", 100.0, Decimal("19.99")),
        ("b", 300.0, Decimal("0.01")),
    ]


def test_a_report_that_says_the_same_changes_no_row_and_no_day(reports: Reports) -> None:
    told = message("a", 100.0, "19.99", opens=None, send_channel=None)
    assert reports.load("campaign_values", told)[0] == ["2026-11-10"]
    before = reports.rows("campaign_statistics", "updated_at")
    assert reports.load("campaign_values", told)[0] == []
    assert reports.rows("campaign_statistics", "updated_at") == before


@pytest.mark.parametrize(("told", "channel"), [("sms email push", "email"), ("push sms", "push"), ("email SMS", "sms")])
def test_a_campaign_of_several_channels_has_that_of_most_recipients_and_of_equals_the_first_by_name(
    reports: Reports, told: str, channel: str
) -> None:
    rows = [
        message(str(n), 101.0 if name.isupper() else 100.0, "1.00", send_channel=name.lower())
        for n, name in enumerate(told.split())
    ]
    reports.load("campaign_values", message("z", 500.0, "1.00", send_channel=None), *rows)
    assert reports.rows("campaign_statistics", "send_channel") == [(channel,)]


def test_a_row_that_changed_is_replaced_and_one_that_is_gone_goes(reports: Reports) -> None:
    reports.load("campaign_values", message("a", 100.0, "19.99"), message("b", 300.0, "0.01"))
    assert reports.load("campaign_values", message("a", 101.0, "19.99"))[0] == ["2026-11-10"]
    assert reports.rows("campaign_message_statistics", "variation_id, recipients") == [("a", 101.0)]
    assert reports.rows("campaign_statistics", "recipients, conversion_value") == [(101.0, Decimal("19.99"))]
    assert reports.load("campaign_values")[0] == ["2026-11-10"]
    assert reports.rows("campaign_statistics", "recipients") == []


def test_a_campaign_whose_send_date_moved_to_another_month_stands_once(reports: Reports) -> None:
    reports.load("campaign_values", message("a", 100.0, "19.99"))
    with reports.stores.operational.write() as session:
        session.execute_text("UPDATE klaviyo_campaigns SET sent_at = '2026-10-05 10:00:00+00' WHERE campaign_id = 'c1'")
    assert reports.load("campaign_values", message("a", 100.0, "19.99"), window=AUTUMN)[0] == [
        "2026-10-05",
        "2026-11-10",
    ]
    assert reports.rows("campaign_statistics", "campaign_id, date") == [("c1", date(2026, 10, 5))]
    assert reports.rows("campaign_message_statistics", "campaign_id, date") == [("c1", date(2026, 10, 5))]
    with reports.stores.operational.write() as session:
        session.execute_text("UPDATE klaviyo_campaigns SET sent_at = '2026-11-09 10:00:00+00' WHERE campaign_id = 'c1'")
    reports.load("campaign_values", message("a", 100.0, "19.99"), window=AUTUMN)
    assert reports.rows("campaign_statistics", "campaign_id, date") == [("c1", date(2026, 11, 9))]


def test_a_campaign_without_a_send_date_is_told(reports: Reports) -> None:
    assert reports.load("campaign_values", message("a", 1.0, "1.00") | {"campaign_id": "c2"})[1] == ["c2"]
    assert reports.rows("campaign_statistics", "campaign_id") == []


def test_a_window_of_a_series_replaces_its_own_days_only(reports: Reports) -> None:
    reports.load(
        "flow_series", flow("2026-10-31", 1.0), flow("2026-11-01", 2.0), flow("2026-11-02", 3.0), window=AUTUMN
    )
    days, _ = reports.load("flow_series", flow("2026-10-31", 9.0), flow("2026-11-01", 2.0), flow("2026-11-03", 4.0))
    assert days == ["2026-11-02", "2026-11-03"]
    assert reports.rows("flow_statistics", "date, opens_unique, open_rate_pct, conversion_value") == [
        (date(2026, 10, 31), 1.0, 1.0, Decimal("19.99")),
        (date(2026, 11, 1), 2.0, 2.0, Decimal("19.99")),
        (date(2026, 11, 3), 4.0, 4.0, Decimal("19.99")),
    ]


def test_form_versions_add_up_to_the_form(reports: Reports) -> None:
    one = {
        "form_id": "f1",
        "date": "2026-11-05",
        "viewed_form": 10.0,
        "submitted_form_step_uniques": 2.0,
        "submits": 3.0,
    }
    days, _ = reports.load(
        "form_series", one | {"form_version_id": "v1"}, one | {"form_version_id": "v2", "viewed_form": 5.0}
    )
    assert days == ["2026-11-05"]
    assert reports.rows("form_statistics", "form_name, viewed_form, submits_unique, submits, qualified_form") == [
        ("Footer", 15.0, 4.0, 6.0, None)
    ]
    assert reports.rows("form_version_statistics", "form_version_id, viewed_form") == [("v1", 10.0), ("v2", 5.0)]


def test_segment_sizes_are_whole_members(reports: Reports) -> None:
    days, _ = reports.load(
        "segment_series",
        {
            "segment_id": "s1",
            "date": "2026-11-05",
            "total_members": 12.0,
            "members_added": 3.0,
            "net_members_changed": -1.0,
        },
    )
    assert days == ["2026-11-05"]
    assert reports.rows(
        "segment_statistics", "segment_name, total_members, new_members, removed_members, daily_change"
    ) == [("VIP", 12, 3, None, -1)]
