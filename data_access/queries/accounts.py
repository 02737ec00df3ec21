"""The stores that a scope sees, what their admins chose, and which state of their data is published."""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Any, Final

from analytics.account import PUBLISHING, Account, AccountSettings, DataState, Metric, OrderFiles
from data_access.aggregates import DERIVED_DATASETS
from data_access.conversion import account_basis, default_conversion_metric
from data_access.holdouts import DATASET as HELD_OUT
from data_access.repeating import repeatable
from data_access.scope import Right, Scope
from data_access.scoped import scoped_read
from data_access.stores import Stores
from data_access.unwritten import until_written

# The dataset of notes on days: only charts rest on it.
NOTES: Final = "annotations"
# The company's sales, promotions, targets and segments: one version for all stores.
PROMO: Final = "promo"
# Forecasts, of a store and of the company: only the page of forecasts rests on them.
FORECASTS: Final = "forecasts"
# What those left out of campaigns bought, and those whom they reached: only a campaign's own part rests on it.
HOLDOUTS: Final = HELD_OUT
FIELDS = frozenset(AccountSettings.__dataclass_fields__) - {"version"}


def accounts(stores: Stores, scope: Scope) -> list[Account]:
    """The connected stores that the scope sees, by name. Raises NotPermitted, StoreError.

    Currency and zone are those of the published figures: a choice shows from the moment that it is computed.
    """
    return list(_accounts(stores, scope))


@until_written
@repeatable
def _accounts(stores: Stores, scope: Scope) -> tuple[Account, ...]:
    scope.require(Right.VIEW)
    with stores.operational.read() as session:
        rows = [row for row in session.rows("read/accounts/list") if scope.sees(row["public_id"])]
    chosen: dict[str, dict[str, Any]] = {}
    versions: dict[str, int] = {}
    for row in rows:
        own = chosen.setdefault(row["public_id"], {})
        if row["key"] in FIELDS:
            own[row["key"]] = json.loads(row["value"])
            versions[row["public_id"]] = versions.get(row["public_id"], 0) + int(row["version"])
    first = {row["public_id"]: row for row in rows}
    found = []
    for public_id, row in first.items():
        # Until the first of them is complete nothing is known to be missing of it.
        reports = filter(None, (row["campaign_values_last_update"], row["flow_values_last_update"]))
        settings = AccountSettings(**chosen[public_id], version=versions.get(public_id, 0))
        published = json.loads(row["basis"]) if row["basis"] else {}
        found.append(
            Account(
                public_id=public_id,
                name=row["name"],
                timezone=published.get("timezone") or row["timezone"],
                currency=published.get("currency") or settings.currency or row["currency"],
                country=settings.country or row["country"],
                own_currency=row["currency"],
                own_country=row["country"],
                settings=settings,
                files=OrderFiles(row["file_name"] or "", row["loaded_at"]) if row["status"] == "files" else None,
                messages_until=min(reports, default=None),
                segments_until=row["segment_values_last_update"],
            )
        )
    return tuple(found)


@repeatable
def busiest(stores: Stores, scope: Scope, known: Sequence[str]) -> str:
    """The one of some accounts with the most orders, the first of several. Raises NotPermitted, StoreError."""
    scope.require(Right.VIEW)

    def orders(account: str) -> int:
        with scoped_read(stores.warehouse, scope, account) as session:
            return int(session.rows("read/accounts/orders")[0]["orders"])

    return known[0] if len(known) == 1 else max(known, key=orders)


@repeatable
def figures_pending(stores: Stores, scope: Scope, account: str) -> bool:
    """Whether the published figures rest on other settings or rates than those that are kept now.

    So it is after a save until the figures are computed anew. Raises NotPermitted, UnknownAccount, StoreError.
    """
    scope.require(Right.VIEW, account)
    with stores.operational.read() as session:
        mark = session.one("project/watermark", account=account)
        return mark is not None and mark["basis"] != account_basis(session, account).fingerprint


@until_written
@repeatable
def data_state(stores: Stores, scope: Scope, account: str) -> DataState:
    """The published state of an account's data. Raises NotPermitted, StoreError."""
    with scoped_read(stores.operational, scope, account) as session:
        rows = session.rows("read/accounts/state")
    moments = [row["as_of"] for row in rows if row["as_of"] is not None and row["dataset"] in ("orders", "events")]
    marks = {
        row["dataset"]: f"{row['dataset']}:{row['version']}{PUBLISHING if row['publishing'] else ''}" for row in rows
    }
    apart = DERIVED_DATASETS.keys() | {NOTES, PROMO, FORECASTS, HOLDOUTS}
    derived = tuple((name, mark) for name, mark in marks.items() if name in apart)
    version = " ".join(mark for name, mark in marks.items() if name not in apart)
    return DataState(version, max(moments, default=None), derived)


@repeatable
def without_rate(stores: Stores, scope: Scope, account: str) -> dict[str, int]:
    """Orders that no rate turns into the account's currency, by their own. Raises NotPermitted, StoreError."""
    with scoped_read(stores.warehouse, scope, account) as session:
        return {row["currency"]: int(row["orders"]) for row in session.rows("read/accounts/without_rate")}


@repeatable
def order_metrics(stores: Stores, scope: Scope, account: str) -> list[Metric]:
    """Metrics named 'Placed Order', most events first. Raises NotPermitted, StoreError."""
    with scoped_read(stores.operational, scope, account) as scoped:
        rows = scoped.rows("read/accounts/metrics")
    with stores.operational.read() as session:
        usual = default_conversion_metric(session, account)
    return [
        Metric(row["id"], row["name"], row["integration_name"] or "", int(row["events"]), row["id"] == usual)
        for row in rows
    ]


@repeatable
def rates(stores: Stores, scope: Scope, account: str, currency: str) -> list[dict[str, Any]]:
    """Exchange rates from and into a currency, newest first: date, base, quote, rate, source. Raises StoreError."""
    with scoped_read(stores.operational, scope, account) as session:
        return session.rows("read/accounts/rates", currency=currency)
