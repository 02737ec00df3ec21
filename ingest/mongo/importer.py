"""`promolens import-mongo`: documents of the earlier system, batch by batch, into the operational store."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import asdict, dataclass, field
from datetime import UTC, datetime
from typing import Any, Final, TypeVar

from analytics.audit import Action
from data_access.scope import Right, Scope
from data_access.stores import Stores
from data_access.writes.audit import note_apart
from data_access.writes.earlier_system import (
    EarlierStatistics,
    EarlierStore,
    EarlierSync,
    Taken,
    Times,
    carry_sync_times,
    take_statistics,
    take_stores,
    take_syncs,
)
from ingest.mongo.documents import Malformed, statistics_of, store_of, sync_of
from ingest.mongo.sources import Damaged, Document, Found, Source, open_source
from settings import Settings

BATCH: Final = 500
# Of several sync types of an account this one is the sync itself.
SYNC_TYPE: Final = "cron_sync"

R = TypeVar("R")


@dataclass(frozen=True, slots=True)
class Reject:
    """A document that was left out. `id` is its _id, or its place where it could not be read."""

    collection: str
    id: str
    field: str
    reason: str

    @property
    def sentence(self) -> str:
        """The reject in one line."""
        return f"{self.collection} {self.id}: {f'{self.field} ' if self.field else ''}{self.reason}"


@dataclass(slots=True)
class Counted:
    """Documents of one collection."""

    read: int = 0
    new: int = 0
    changed: int = 0
    unchanged: int = 0
    rejected: int = 0


@dataclass(slots=True)
class Imported:
    """What an import did. accounts: those whose next sync goes on where the earlier system stood."""

    source: str
    dry_run: bool
    collections: dict[str, Counted] = field(default_factory=dict)
    accounts: list[str] = field(default_factory=list)
    rejects: list[Reject] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)

    @property
    def nothing_changed(self) -> bool:
        """Whether all that was read was here already."""
        return not self.accounts and not any(found.new or found.changed for found in self.collections.values())

    def as_dict(self) -> dict[str, Any]:
        return asdict(self) | {"nothing_changed": self.nothing_changed}


def import_mongo(
    stores: Stores,
    settings: Settings,
    scope: Scope,
    address: str,
    *,
    database: str | None = None,
    dry_run: bool = False,
    now: Callable[[], datetime] = lambda: datetime.now(UTC),
) -> Imported:
    """Takes `stores`, `klaviyo_syncs` and `campaignstats` over from a server's address, a folder or a file.

    Each batch is one transaction. Raises NotPermitted, SourceUnreadable, StoreError.
    """
    scope.require(Right.ADMIN)
    with open_source(address, database) as source:
        done = _Import(stores, settings, source, dry_run, now()).run()
    if not (dry_run or done.nothing_changed):
        told = {name: {"new": found.new, "changed": found.changed} for name, found in done.collections.items()}
        note_apart(stores.operational, scope.person, Action.STORE_IMPORT, done.source, after=told)
    return done


class _Import:
    def __init__(self, stores: Stores, settings: Settings, source: Source, dry_run: bool, now: datetime) -> None:
        self._stores = stores
        self._settings = settings
        self._source = source
        self._now = now
        self._keep = not dry_run
        self._done = Imported(source.name, dry_run)
        self._seen: dict[str, str] = {}
        self._store_times: dict[str, Times] = {}
        self._sync_times: dict[str, dict[str, Times]] = {}

    def run(self) -> Imported:
        work: dict[str, Callable[[], None]] = {
            "stores": self._all_stores,
            "klaviyo_syncs": self._all_syncs,
            "campaignstats": self._all_statistics,
        }
        there = self._source.collections()
        for collection in there:
            self._done.collections[collection] = Counted()
            work[collection]()
        missing = [name for name in work if name not in there]
        if missing:
            self._done.notes.append(f"Not there: {', '.join(missing)}.")
        self._done.accounts = carry_sync_times(self._stores, self._times(), keep=self._keep)
        return self._done

    def _all_stores(self) -> None:
        def once(store: EarlierStore, id: str) -> None:
            names = [("public_id", store.public_id), ("klaviyo_integration.public_id", store.account)]
            for name, value in names:
                if value and f"{name} {value}" in self._seen:
                    raise Malformed(name, f"is the same as that of {self._seen[f'{name} {value}']}")
            self._seen |= {f"{name} {value}": id for name, value in names if value}

        def take(found: list[EarlierStore]) -> Taken:
            return take_stores(self._stores, self._settings, found, keep=self._keep)

        for store in self._collection("stores", lambda document: store_of(document, self._now), take, once):
            if store.account:
                self._store_times[store.account] = store.times

    def _all_syncs(self) -> None:
        def take(found: list[EarlierSync]) -> Taken:
            return take_syncs(self._stores, found, now=self._now, keep=self._keep)

        for sync in self._collection("klaviyo_syncs", lambda document: sync_of(document, self._now), take):
            self._sync_times.setdefault(sync.account, {})[sync.sync_type] = sync.times

    def _all_statistics(self) -> None:
        def take(found: list[EarlierStatistics]) -> Taken:
            return take_statistics(self._stores, found, keep=self._keep)

        for _ in self._collection("campaignstats", lambda document: statistics_of(document, self._now), take):
            continue

    def _times(self) -> dict[str, Times]:
        """All that is known of each account; the times of the sync itself go before those of other types."""
        found: dict[str, Times] = {}
        for account in {*self._store_times, *self._sync_times}:
            types = self._sync_times.get(account, {})
            own = types.get(SYNC_TYPE) or (types[min(types)] if types else {})
            found[account] = {**self._store_times.get(account, {}), **own}
        return found

    def _collection(
        self,
        collection: str,
        to_row: Callable[[Mapping[str, Any]], R],
        take: Callable[[list[R]], Taken],
        check: Callable[[R, str], None] = lambda _row, _id: None,
    ) -> Iterator[R]:
        """Rows of the collection that were taken, each batch once its transaction is through."""
        counted = self._done.collections[collection]
        batch: list[tuple[str, R]] = []
        for found in self._source.documents(collection):
            counted.read += 1
            sound = self._sound(collection, found, to_row, check)
            if sound is not None:
                batch.append(sound)
            if len(batch) >= BATCH:
                yield from self._take(collection, batch, take)
                batch = []
        yield from self._take(collection, batch, take)

    def _sound(
        self,
        collection: str,
        found: Found,
        to_row: Callable[[Mapping[str, Any]], R],
        check: Callable[[R, str], None],
    ) -> tuple[str, R] | None:
        if isinstance(found, Damaged):
            self._reject(collection, found.place, "", found.reason)
            return None
        id = _id(found)
        try:
            row = to_row(found.fields)
            check(row, id)
        except Malformed as reason:
            self._reject(collection, id, reason.field, reason.reason)
            return None
        return id, row

    def _take(self, collection: str, batch: list[tuple[str, R]], take: Callable[[list[R]], Taken]) -> Iterator[R]:
        if not batch:
            return
        taken = take([row for _, row in batch])
        counted = self._done.collections[collection]
        counted.new += taken.new
        counted.changed += taken.changed
        counted.unchanged += taken.unchanged
        for place, (field_name, reason) in taken.refused.items():
            self._reject(collection, batch[place][0], field_name, reason)
        self._done.notes += [note for note in taken.notes if note not in self._done.notes]
        yield from (row for place, (_, row) in enumerate(batch) if place not in taken.refused)

    def _reject(self, collection: str, id: str, field_name: str, reason: str) -> None:
        self._done.collections[collection].rejected += 1
        self._done.rejects.append(Reject(collection, id, field_name, reason))


def _id(document: Document) -> str:
    found = document.fields.get("_id")
    return str(found) if found is not None else document.place
