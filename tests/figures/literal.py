"""A store of literal events: what a sync would have loaded, written by hand, on whichever engine the test opens."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

import pyarrow as pa

from data_access.aggregates import Aggregated, Refreshed, aggregate, refresh
from data_access.projections import Projected, project
from data_access.stores import Stores

ACCOUNT = "AbC123"
PLACED, REFUNDED, CANCELLED = "m-placed", "m-refunded", "m-cancelled"
OPENED, CLICKED, RECEIVED, SMS_RECEIVED, SMS_CLICKED = "m-open", "m-click", "m-received", "m-sms", "m-sms-click"
METRICS = {
    PLACED: ("Placed Order", "shop"),
    REFUNDED: ("Refunded Order", "shop"),
    CANCELLED: ("Cancelled Order", "shop"),
    OPENED: ("Opened Email", "klaviyo"),
    CLICKED: ("Clicked Email", "klaviyo"),
    RECEIVED: ("Received Email", "klaviyo"),
    SMS_RECEIVED: ("Received SMS", "klaviyo"),
    SMS_CLICKED: ("Clicked SMS", "klaviyo"),
}


WAREHOUSE = {
    "campaign_statistics", "campaign_message_statistics", "flow_statistics", "form_statistics",
    "form_version_statistics", "segment_statistics", "segment_memberships", "klaviyo_orders",
    "klaviyo_order_line_items", "refund_cancelled_orders", "order_deductions", "order_attribution",
    "projection_rejects", "customer_profiles", "products_master", "product_relationships_optimized",
    "campaign_daily_aggregates", "account_metrics_daily", "customer_states", "customer_history_blocks",
    "flow_days", "flows_by_day", "customer_purchases", "purchase_names",
}  # fmt: skip


@dataclass(frozen=True)
class Event:
    """One event as Klaviyo tells it. `at`: ISO text with its offset, or an instant."""

    id: str
    metric: str
    at: str | datetime
    profile: str = "p1"
    properties: Mapping[str, Any] = field(default_factory=dict)

    @property
    def timestamp(self) -> datetime:
        return self.at if isinstance(self.at, datetime) else datetime.fromisoformat(self.at).astimezone(UTC)

    @property
    def value(self) -> Decimal | None:
        found = self.properties.get("$value")
        return None if found is None or isinstance(found, str) else Decimal(str(found)).quantize(Decimal("0.01"))


def placed(id: str, at: str | datetime, value: Any, profile: str = "p1", **properties: Any) -> Event:
    """An order: its number is the event's id unless told otherwise."""
    return Event(id, PLACED, at, profile, {"OrderId": id, "$value": value} | _named(properties))


def refunded(id: str, order: str, at: str | datetime, value: Any = None, profile: str = "p1", **more: Any) -> Event:
    """A refund of an order; without a value the event names no amount."""
    amount = {} if value is None else {"$value": value}
    return Event(id, REFUNDED, at, profile, {"OrderId": order} | amount | _named(more))


def cancelled(id: str, order: str, at: str | datetime, value: Any = None, profile: str = "p1", **more: Any) -> Event:
    """A cancellation of an order."""
    amount = {} if value is None else {"$value": value}
    return Event(id, CANCELLED, at, profile, {"OrderId": order} | amount | _named(more))


def _named(properties: Mapping[str, Any]) -> dict[str, Any]:
    return {{"currency": "$value_currency"}.get(key, key): value for key, value in properties.items()}


def item(product: str, price: float, quantity: int = 1, **more: Any) -> dict[str, Any]:
    """A line of the plain flavour."""
    row = {
        "ProductID": product,
        "SKU": f"{product}-1",
        "ProductName": f"Product {product}",
        "Quantity": quantity,
        "ItemPrice": price,
        "RowTotal": price * quantity,
        "Brand": "Brand",
        "ProductCategories": ["Shoes", "Trail"],
    }
    return row | more


class Ledger:
    """Writes literal rows into the stores of a test, as a load would: rows and what they touched in one commit."""

    def __init__(self, stores: Stores, account: str = ACCOUNT) -> None:
        self.stores = stores
        self.account = account

    def store(
        self, timezone: str = "Europe/Berlin", currency: str = "EUR", country: str = "DE", metrics: Any = None
    ) -> None:
        self.insert(
            "stores",
            {
                "public_id": self.account,
                "name": self.account,
                "klaviyo_public_id": self.account,
                "timezone": timezone,
                "currency": currency,
                "country": country,
            },
        )
        for id in METRICS if metrics is None else metrics:
            self.metric(id)

    def metric(self, id: str) -> None:
        """A metric of METRICS, as a load of entities brings it."""
        name, integration = METRICS[id]
        made = datetime(2024, 1, 1, tzinfo=UTC)
        row = {"id": id, "name": name, "created_at": made, "updated_at": made, "integration_id": integration}
        self.insert("klaviyo_metrics", {"klaviyo_public_id": self.account, **row})

    def load(self, *events: Event) -> None:
        """Takes events in; one that is there already with the same profile changes nothing, with another it moves."""
        with self.stores.operational.write() as session:
            known = _events_known(session, self.account)
            fresh = {e.id: e for e in events if e.id not in known}
            moved = [e for e in events if e.id in known and known[e.id] != e.profile]
            if fresh:
                seq = session.query_text("SELECT coalesce(max(ingest_seq), 0) AS seq FROM klaviyo_events", {})["seq"][
                    0
                ].as_py()
                rows = [
                    {
                        "klaviyo_public_id": self.account,
                        "id": e.id,
                        "metric_id": e.metric,
                        "profile_id": e.profile,
                        "timestamp": e.timestamp,
                        "value": e.value,
                        "properties": json.dumps(e.properties),
                        "raw_data": "{}",
                        "ingest_seq": seq + place,
                    }
                    for place, e in enumerate(fresh.values(), 1)
                ]
                insert_rows(session, "klaviyo_events", rows)
                days = sorted({e.timestamp.date().isoformat() for e in fresh.values()})
                self._touch(session, [("events", "day", day) for day in days])
            for e in moved:
                mine = f"klaviyo_public_id = '{self.account}' AND id = '{e.id}'"
                _text(session, f"UPDATE klaviyo_events SET profile_id = '{e.profile}' WHERE {mine}")
                self._touch(session, [("events", "order_event", e.id)])

    def profile(self, id: str, email: str | None = None, merged_into: str | None = None, **properties: Any) -> None:
        """A profile as it is now; a changed e-mail or a merge is touched, and events of one that ends elsewhere."""
        now = datetime(2024, 1, 1, tzinfo=UTC)
        into = {row["id"]: row["merged_into"] for row in self.rows("klaviyo_profiles", "id, merged_into")}
        turned = [id] if into.get(id) and into[id] != merged_into else []
        for each in turned:
            turned += [other for other, target in into.items() if target == each and other not in turned]
        moved = [row["id"] for row in self.rows("klaviyo_events", "id, profile_id") if row["profile_id"] in turned]
        with self.stores.operational.write() as session:
            self._touch(session, [("events", "order_event", event) for event in moved])
            _text(session, f"DELETE FROM klaviyo_profiles WHERE klaviyo_public_id = '{self.account}' AND id = '{id}'")
            row = {
                "klaviyo_public_id": self.account,
                "id": id,
                "email": email,
                "created_at": now,
                "updated_at": now,
                "merged_into": merged_into,
                "properties": json.dumps(properties),
            }
            insert_rows(session, "klaviyo_profiles", [row])
            self._touch(session, [("events", "profile", key) for key in (id, merged_into) if key])

    def attribute(self, event: str, *touches: Mapping[str, str | None]) -> None:
        """Replaces the attributions of an event: each names attributed_event_id and campaign or flow and message."""
        with self.stores.operational.write() as session:
            _text(
                session,
                f"DELETE FROM klaviyo_attributions WHERE klaviyo_public_id = '{self.account}' AND event_id = '{event}'",
            )
            rows = [
                {"klaviyo_public_id": self.account, "id": f"{event}-{place}", "event_id": event, **touch}
                for place, touch in enumerate(touches)
            ]
            for row in rows:
                insert_rows(session, "klaviyo_attributions", [row])
            self._touch(session, [("events", "order_event", event)])

    def message(self, id: str, campaign: str | None = None, flow: str | None = None, channel: str = "email") -> None:
        table, owner = (
            ("klaviyo_campaign_messages", "campaign_id") if campaign else ("klaviyo_flow_messages", "flow_id")
        )
        self.insert(
            table,
            {"klaviyo_public_id": self.account, "message_id": id, owner: campaign or flow, "channel": channel},
        )

    def rate(self, day: str, base: str, quote: str, rate: str) -> None:
        row = {"date": datetime.fromisoformat(day).date(), "base": base, "quote": quote, "rate": Decimal(rate)}
        self.insert("exchange_rates", row)

    def setting(self, key: str, value: Any) -> None:
        with self.stores.operational.write() as session:
            _text(session, f"DELETE FROM settings WHERE klaviyo_public_id = '{self.account}' AND key = '{key}'")
            insert_rows(
                session, "settings", [{"klaviyo_public_id": self.account, "key": key, "value": json.dumps(value)}]
            )

    def insert(self, table: str, *rows: Mapping[str, Any]) -> None:
        store = self.stores.warehouse if table in WAREHOUSE else self.stores.operational
        with store.write() as session:
            insert_rows(session, table, [dict(row) for row in rows])

    def touch(self, dataset: str, kind: str, key: str) -> None:
        with self.stores.operational.write() as session:
            self._touch(session, [(dataset, kind, key)])

    def _touch(self, session: Any, keys: Iterable[tuple[str, str, str]]) -> None:
        for dataset, kind, key in keys:
            _text(
                session,
                "INSERT INTO touched (klaviyo_public_id, dataset, kind, key, seq) "
                f"VALUES ('{self.account}', '{dataset}', '{kind}', '{key}', nextval('ingest_seq'))",
            )

    def refresh(self, **how: Any) -> Refreshed:
        return refresh(self.stores, self.account, **how)

    def project(self) -> Projected:
        return project(self.stores, self.account)

    def aggregate(self, **how: Any) -> Aggregated:
        return aggregate(self.stores, self.account, **how)

    def rows(self, table: str, columns: str = "*", order: str = "", where: str = "true") -> list[dict[str, Any]]:
        """The account's rows of a table, of the store that has it; by all their columns where no order is asked for."""
        store = self.stores.warehouse if table in WAREHOUSE else self.stores.operational
        with store.read() as session:
            mine = f"klaviyo_public_id = '{self.account}' AND {where}"
            placed = f"ORDER BY {order}" if order else ""
            found = session.query_text(f"SELECT {columns} FROM {table} WHERE {mine} {placed}", {}).to_pylist()
        for row in found:
            row.pop("is_deleted", None)  # of a row that is read it is always 0
        return found if order else sorted(found, key=_place)

    def table(self, table: str, *columns: str, where: str = "true") -> list[tuple[Any, ...]]:
        """The account's rows as tuples of the named columns, ordered by them; instants as UTC text, money as text."""
        return [tuple(_plain(row[c]) for c in columns) for row in self.rows(table, ", ".join(columns), where=where)]


def _place(row: Mapping[str, Any]) -> tuple[Any, ...]:
    """A row among others, by its columns from the left, missing values last."""
    return tuple((value is None, 0 if value is None else value) for value in row.values())


def _plain(value: Any) -> Any:
    if isinstance(value, Decimal):
        return str(value)
    if isinstance(value, datetime):
        return value.astimezone(UTC).strftime("%Y-%m-%dT%H:%MZ")
    if hasattr(value, "isoformat"):
        return value.isoformat()
    return value


def _text(session: Any, sql: str) -> None:
    session.execute_text(sql)


def _events_known(session: Any, account: str) -> dict[str, str]:
    found = session.query_text(f"SELECT id, profile_id FROM klaviyo_events WHERE klaviyo_public_id = '{account}'", {})
    return {row["id"]: row["profile_id"] for row in found.to_pylist()}


def insert_rows(session: Any, table: str, rows: Sequence[Mapping[str, Any]]) -> None:
    """Adds rows that name the same columns; others keep their defaults."""
    session.stage("literal_rows", pa.Table.from_pylist([dict(row) for row in rows]))
    columns = ", ".join(rows[0])
    values = ", ".join(_cast(session, table, column) for column in rows[0])
    session.execute_text(f"INSERT INTO {table} ({columns}) SELECT {values} FROM literal_rows")


def _cast(session: Any, table: str, column: str) -> str:
    """A column of literal rows as the table's own type, where the engine does not see to that itself."""
    if session.dialect != "postgresql":
        return column
    kind = session.query_text(
        "SELECT format_type(atttypid, atttypmod) AS kind FROM pg_attribute"
        f" WHERE attrelid = '{table}'::regclass AND attname = '{column}'",
        {},
    )["kind"][0].as_py()
    return f"CAST({column} AS {kind})"
