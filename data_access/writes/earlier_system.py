"""Takes over what an earlier system kept: stores with their tokens, sync times, campaign figures.

Whatever is newer here stands: a time never goes back, a key or token of our own is never replaced by an older one, a
store that was disconnected here stays so. Taking the same over twice changes nothing the second time.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any, Final

import pyarrow as pa

from data_access.engines.base import Session
from data_access.secrets import SecretUnreadable, decrypt, encrypt
from data_access.stores import Stores
from settings import Settings

UPDATE_TIMES: Final = (
    "campaign_values_last_update",
    "segment_values_last_update",
    "flow_values_last_update",
    "form_values_last_update",
    "placed_order_last_update",
)
RUN_TIMES: Final = (
    "campaigns_last_sync",
    "flows_last_sync",
    "forms_last_sync",
    "segments_last_sync",
    "events_last_sync",
    "aggregates_last_sync",
    "campaign_aggregates_last_run",
    "customer_profiles_last_run",
    "product_analytics_last_run",
    "product_relationships_last_run",
)
# Times of whole reports: the column of `stores` and the report whose next read rests on it.
REPORT_OF: Final[Mapping[str, str]] = {
    "campaign_values_last_update": "campaign_values",
    "flow_values_last_update": "flow_series",
    "form_values_last_update": "form_series",
    "segment_values_last_update": "segment_series",
}
DISCONNECTED: Final = "disconnected"
_INSTANT: Final = pa.timestamp("us", tz="UTC")
_TEXT: Final = pa.string()
_STORES: Final = pa.schema(
    [
        *((name, _TEXT) for name in ("public_id", "name", "account", "status")),
        ("oauth_token_encrypted", _TEXT),
        ("refresh_token_encrypted", _TEXT),
        ("token_expires_at", _INSTANT),
        *((name, _INSTANT) for name in UPDATE_TIMES),
    ]
)
_SYNCS: Final = pa.schema(
    [("account", _TEXT), ("sync_type", _TEXT), *((name, _INSTANT) for name in RUN_TIMES), ("updated_at", _INSTANT)]
)
_STATISTICS: Final = pa.schema(
    [
        *((name, _TEXT) for name in ("account", "campaign_id", "campaign_message_id", "send_channel")),
        ("store_public_ids", pa.list_(_TEXT)),
        ("campaign_name", _TEXT),
        ("subject", _TEXT),
        ("tag_names", pa.list_(_TEXT)),
        ("statistics", _TEXT),
        ("updated_at", _INSTANT),
    ]
)
_CURSORS: Final = pa.schema(
    [*((name, _TEXT) for name in ("account", "resource", "partition", "cursor")), ("watermark", _INSTANT)]
)

Times = Mapping[str, datetime | None]


@dataclass(frozen=True, slots=True)
class EarlierStore:
    """A store as the earlier system knew it. The tokens are as they came: they are encrypted before they are kept."""

    public_id: str
    name: str
    account: str | None
    status: str
    oauth_token: str | None = field(repr=False)
    refresh_token: str | None = field(repr=False)
    token_expires_at: datetime | None
    times: Times


@dataclass(frozen=True, slots=True)
class EarlierSync:
    """Until when the earlier system had synced an account."""

    account: str
    sync_type: str
    times: Times
    updated_at: datetime | None


@dataclass(frozen=True, slots=True)
class EarlierStatistics:
    """Figures of one campaign message; `statistics` is a JSON object of numbers."""

    account: str
    campaign_id: str
    campaign_message_id: str
    send_channel: str | None
    store_public_ids: list[str]
    campaign_name: str | None
    subject: str | None
    tag_names: list[str]
    statistics: str
    updated_at: datetime | None

    @property
    def key(self) -> tuple[str, str, str]:
        return self.account, self.campaign_id, self.campaign_message_id


@dataclass(slots=True)
class Taken:
    """What one batch did: rows that are new, rows that changed, and the rest.

    refused: place in the batch → (field, reason). notes: what was kept as it is here, as sentences.
    """

    new: int = 0
    changed: int = 0
    unchanged: int = 0
    refused: dict[int, tuple[str, str]] = field(default_factory=dict)
    notes: list[str] = field(default_factory=list)


class _NothingKept(Exception):
    """Ends a trial: its transaction is rolled back."""


@contextmanager
def _transaction(stores: Stores, keep: bool) -> Iterator[Session]:
    try:
        with stores.operational.write() as session:
            yield session
            if not keep:
                raise _NothingKept
    except _NothingKept:
        return


def take_stores(stores: Stores, settings: Settings, found: Sequence[EarlierStore], *, keep: bool = True) -> Taken:
    """Stores with their encrypted tokens, in one transaction; `keep` False tries it and keeps nothing.

    Raises StoreError.
    """
    taken = Taken()
    with _transaction(stores, keep) as session:
        held = session.rows(
            "move/stores_held",
            stores=[store.public_id for store in found],
            accounts=[store.account for store in found if store.account],
        )
        by_id = {row["public_id"]: row for row in held}
        by_account = {row["account"]: row for row in held if row["account"]}
        staged: list[dict[str, Any]] = []
        for place, store in enumerate(found):
            same_id = by_id.get(store.public_id)
            here = by_account.get(store.account) if store.account else same_id
            if here is None and same_id is not None and same_id["account"] is None:
                here = same_id
            if here is None and same_id is not None:
                reason = f"is {store.account}, but {store.public_id} is connected to {same_id['account']} here"
                taken.refused[place] = ("klaviyo_integration.public_id", reason)
                continue
            row = _new_store(settings, store) if here is None else _merged_store(settings, store, here, taken)
            if row is None:
                taken.unchanged += 1
                continue
            taken.new += here is None
            taken.changed += here is not None
            staged.append(row)
        if staged:
            session.stage("staged_stores", pa.Table.from_pylist(staged, schema=_STORES))
            session.execute("move/stores_put")
    return taken


def _new_store(settings: Settings, store: EarlierStore) -> dict[str, Any]:
    return {
        "public_id": store.public_id,
        "name": store.name,
        "account": store.account,
        "status": store.status,
        **_encrypted(settings, store),
        **store.times,
    }


def _encrypted(settings: Settings, store: EarlierStore) -> dict[str, Any]:
    return {
        "oauth_token_encrypted": encrypt(settings, store.oauth_token) if store.oauth_token else None,
        "refresh_token_encrypted": encrypt(settings, store.refresh_token) if store.refresh_token else None,
        "token_expires_at": store.token_expires_at,
    }


def _merged_store(
    settings: Settings, store: EarlierStore, here: Mapping[str, Any], taken: Taken
) -> dict[str, Any] | None:
    """The row as it has to become, None where nothing of it changes."""
    row = {name: here[name] for name in _STORES.names} | {"account": here["account"] or store.account}
    row |= {name: _later(here[name], store.times[name]) for name in UPDATE_TIMES}
    if store.oauth_token or store.refresh_token:
        if here["status"] == DISCONNECTED:
            taken.notes.append(f"{here['name']} was disconnected here: its tokens were not taken over.")
        elif here["api_key_encrypted"]:
            taken.notes.append(f"{here['name']} has a private key here: its tokens were not taken over.")
        elif _newer_tokens(settings, store, here):
            row |= _encrypted(settings, store)
    return None if all(row[name] == here[name] for name in row) else row


def _newer_tokens(settings: Settings, store: EarlierStore, here: Mapping[str, Any]) -> bool:
    """Whether the tokens replace those that are here: none, unreadable ones, or ones that end sooner."""
    if not here["oauth_token_encrypted"] and not here["refresh_token_encrypted"]:
        return True
    try:
        for column in ("oauth_token_encrypted", "refresh_token_encrypted"):
            if here[column]:
                decrypt(settings, here[column])
    except SecretUnreadable:
        return True
    ends, ours = store.token_expires_at, here["token_expires_at"]
    return ends is not None and (ours is None or ends > ours)


def take_syncs(stores: Stores, found: Sequence[EarlierSync], *, now: datetime, keep: bool = True) -> Taken:
    """Sync times by account and sync type, in one transaction. Raises StoreError."""
    taken = Taken()
    with _transaction(stores, keep) as session:
        held = session.rows("move/syncs_held", accounts=sorted({sync.account for sync in found}))
        known = {(row["account"], row["sync_type"]): dict(row) for row in held}
        before = {key: dict(row) for key, row in known.items()}
        for sync in found:
            key = (sync.account, sync.sync_type)
            row = known.setdefault(key, {"account": sync.account, "sync_type": sync.sync_type})
            row |= {name: _later(row.get(name), sync.times[name]) for name in RUN_TIMES}
            row["updated_at"] = _later(row.get("updated_at"), sync.updated_at)
        touched = {(sync.account, sync.sync_type) for sync in found}
        staged = [row for key, row in known.items() if key in touched and row != before.get(key)]
        taken.new = sum(1 for row in staged if (row["account"], row["sync_type"]) not in before)
        taken.changed = len(staged) - taken.new
        taken.unchanged = len(touched) - len(staged)
        for row in staged:
            row["updated_at"] = row["updated_at"] or now
        if staged:
            session.stage("staged_syncs", pa.Table.from_pylist(staged, schema=_SYNCS))
            session.execute("move/syncs_put")
    return taken


def take_statistics(stores: Stores, found: Sequence[EarlierStatistics], *, keep: bool = True) -> Taken:
    """Campaign figures, in one transaction; of one message those updated last stand. Raises StoreError."""
    taken = Taken()
    with _transaction(stores, keep) as session:
        held = session.rows(
            "move/campaignstats_held",
            accounts=sorted({each.account for each in found}),
            campaigns=sorted({each.campaign_id for each in found}),
        )
        known = {(row["account"], row["campaign_id"], row["campaign_message_id"]): row["updated_at"] for row in held}
        chosen: dict[tuple[str, str, str], EarlierStatistics] = {}
        stand = dict(known)
        for each in found:
            if each.key not in stand or _is_later(each.updated_at, stand[each.key]):
                chosen[each.key] = each
                stand[each.key] = each.updated_at
        taken.new = sum(1 for key in chosen if key not in known)
        taken.changed = len(chosen) - taken.new
        taken.unchanged = len(found) - len(chosen)
        if chosen:
            rows = [{name: getattr(each, name) for name in _STATISTICS.names} for each in chosen.values()]
            session.stage("staged_campaignstats", pa.Table.from_pylist(rows, schema=_STATISTICS))
            session.execute("move/campaignstats_put")
            for account in sorted({each.account for each in chosen.values()}):
                session.execute("aggregate/publish", account=account, datasets=["campaigns"])
    return taken


def carry_sync_times(stores: Stores, times: Mapping[str, Times], *, keep: bool = True) -> list[str]:
    """Lets the next sync go on where the earlier system stood; the accounts for which it does.

    times: account → the times of UPDATE_TIMES and RUN_TIMES. Only accounts that were never synced here: where a cursor
    stands already, data that came before it may still be missing, so it is left alone. Events go on at the earlier of
    events_last_sync and placed_order_last_update, less the overlap of every walk; a report counts as read whole at its
    time, so that a week is read again, or a year where that is longer ago. Raises StoreError.
    """
    with _transaction(stores, keep) as session:
        synced = {row["account"] for row in session.rows("move/accounts_synced", accounts=sorted(times))}
        staged = [row for account in sorted(set(times) - synced) for row in _cursors(account, times[account])]
        if staged:
            session.stage("staged_cursors", pa.Table.from_pylist(staged, schema=_CURSORS))
            session.execute("move/cursors_put")
    return sorted({row["account"] for row in staged})


def _cursors(account: str, times: Times) -> list[dict[str, Any]]:
    rows: list[dict[str, Any]] = []

    def add(resource: str, partition: str, cursor: Mapping[str, Any], watermark: datetime) -> None:
        rows.append(
            {
                "account": account,
                "resource": resource,
                "partition": partition,
                "cursor": json.dumps(cursor),
                "watermark": watermark,
            }
        )

    events = [at for name in ("events_last_sync", "placed_order_last_update") if (at := times.get(name))]
    if events:
        add("events", "", {"metrics": ["*"]}, min(events))
    for column, report in REPORT_OF.items():
        at = times.get(column)
        if at is not None:
            add(report, "full", {"started": at.astimezone(UTC).date().isoformat()}, at)
            add(report, "", {}, at)
    return rows


def _later(ours: datetime | None, theirs: datetime | None) -> datetime | None:
    return theirs if _is_later(theirs, ours) else ours


def _is_later(theirs: datetime | None, ours: datetime | None) -> bool:
    return theirs is not None and (ours is None or theirs > ours)
