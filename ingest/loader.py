"""Chunks of the spool → tables: rows, cursors, work list and the job's counts in one commit.

Several chunks go in with one transaction: their events with one bulk statement. A chunk that is in already is left out.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Sequence
from datetime import date, timedelta
from pathlib import Path

from data_access.aggregates import mark_publishing
from data_access.engines.base import Session
from data_access.jobs import REJECTS_KEPT, Progress, beat
from data_access.repeating import repeatable
from data_access.stores import Stores
from data_access.writes.load_entities import load_entities, load_raw_responses
from data_access.writes.load_events import load_events
from data_access.writes.load_progress import (
    Moves,
    loaded_chunks,
    record_chunks,
    record_report_calls,
    record_synced,
    touch_report_days,
)
from data_access.writes.load_statistics import DATASETS, load_statistics
from ingest import spool
from ingest.fetch.plan import MEMBERSHIPS
from ingest.fetch.reports import ENDPOINTS, TABLE
from ingest.klaviyo.endpoints import SEGMENT_PROFILES
from ingest.spool import Chunk, DamagedChunk
from ingest.washing import Washing
from settings import Settings

EVENT_TABLES = ("events", "attributions", "profiles")
# What replaces a window of the warehouse: the reports, and the snapshots of segments' members.
WINDOW_TABLE = {**TABLE, MEMBERSHIPS: MEMBERSHIPS}
WINDOW_ENDPOINT = {**ENDPOINTS, MEMBERSHIPS: SEGMENT_PROFILES}
REPORT_ENDPOINTS = frozenset(endpoint.name for endpoint in ENDPOINTS.values())


class Loader:
    """Loads one account's chunks for one job. `progress` is told what went in; `timezone` follows the account."""

    def __init__(
        self, stores: Stores, settings: Settings, account: str, job_id: str, progress: Progress, lease: timedelta
    ) -> None:
        self._stores = stores
        self._account = account
        self._job = job_id
        self._progress = progress
        self._lease = lease
        self._washing = Washing(stores, settings, account)

    def load(self, chunks: Sequence[Chunk], after_commit: Callable[[Session], None]) -> None:
        """Takes chunks of one job in, in one transaction, and removes them from the spool.

        `after_commit` reads the store once the rows are in. Raises DamagedChunk (what was fetched before that chunk is
        loaded then, and nothing else), LeaseLost, StoreError.
        """
        sound, damaged = _sound(chunks)
        if sound:
            self._load(sound, after_commit)
        if damaged is not None:
            raise damaged

    def _load(self, chunks: Sequence[Chunk], after_commit: Callable[[Session], None]) -> None:
        # Who was forgotten does not come back with what Klaviyo still has of them.
        chunks = self._washing.wash(chunks)
        fresh = self._fresh(chunks)
        if self._stores.same:
            with self._stores.operational.write() as session:
                told = self._take(session, session, fresh)
                self._tell(session, told)
        else:
            self._take_apart(fresh)
        with self._stores.operational.read() as session:
            after_commit(session)
        for chunk in chunks:
            spool.remove(chunk)

    def _fresh(self, chunks: Sequence[Chunk]) -> list[Chunk]:
        with self._stores.operational.read() as session:
            known = {job: loaded_chunks(session, self._account, job) for job in {c.manifest.job for c in chunks}}
        return [chunk for chunk in chunks if chunk.manifest.seq not in known[chunk.manifest.job]]

    def _take(self, operational: Session, warehouse: Session, chunks: Sequence[Chunk]) -> Progress:
        told = Progress(counts=dict(self._progress.counts))
        _manifests(chunks, told)
        self._rows(operational, chunks, told)
        for chunk in chunks:
            for report, (days, table) in self._statistics(operational, warehouse, chunk, told).items():
                touch_report_days(operational, self._account, DATASETS[report], days)
                told.count({table: len(days)})
        self._cursors(operational, chunks)
        return told

    def _take_apart(self, chunks: Sequence[Chunk]) -> None:
        """Two databases: work list first, then the warehouse, then the cursor: a crash in between repeats a window."""
        told = self._begin_apart(chunks)
        if any(_reports_in(chunk) for chunk in chunks):
            with self._stores.operational.read() as names, self._stores.warehouse.write() as session:
                for chunk in chunks:
                    self._statistics(names, session, chunk, told)
        self._end_apart(chunks, told, list(self._progress.rejects))

    @repeatable
    def _begin_apart(self, chunks: Sequence[Chunk]) -> Progress:
        told = Progress(counts=dict(self._progress.counts))
        _manifests(chunks, told)
        with self._stores.operational.write() as session:
            self._rows(session, chunks, told)
            if any(_reports_in(chunk) for chunk in chunks):
                mark_publishing(session, self._account)
            for chunk in chunks:
                for report in _reports_in(chunk):
                    touch_report_days(session, self._account, DATASETS[report], _days(chunk))
        return told

    @repeatable
    def _end_apart(self, chunks: Sequence[Chunk], told: Progress, rejects: list[dict[str, str]]) -> None:
        """`rejects`: what the job had left out before these chunks, so that a repetition adds theirs once."""
        fresh = self._fresh(chunks)
        self._progress.rejects = rejects
        with self._stores.operational.write() as session:
            if fresh:
                self._cursors(session, fresh)
            self._tell(session, told)

    def _rows(self, session: Session, chunks: Sequence[Chunk], told: Progress) -> None:
        files: dict[str, list[Path]] = defaultdict(list)
        for chunk in chunks:
            for name in EVENT_TABLES:
                if name in chunk.manifest.tables:
                    files[name].append(chunk.path(name))
        if files:
            told.count(load_events(session, self._account, files))
        for chunk in chunks:
            own = {name: [chunk.path(name)] for name in chunk.manifest.tables}
            told.count(load_entities(session, self._account, self._timezone(session), own))
        raw = [c.path("raw_api_responses") for c in chunks if "raw_api_responses" in c.manifest.tables]
        load_raw_responses(session, self._account, {"raw_api_responses": raw})

    def _statistics(
        self, operational: Session, warehouse: Session, chunk: Chunk, told: Progress
    ) -> dict[str, tuple[list[str], str]]:
        found: dict[str, tuple[list[str], str]] = {}
        for report in _reports_in(chunk):
            low, high = _window(chunk)
            days, unplaced = load_statistics(
                operational,
                warehouse,
                self._account,
                self._timezone(operational),
                report,
                [chunk.path(WINDOW_TABLE[report])],
                (low, high),
                chunk.manifest.fetched_at,
            )
            place = WINDOW_ENDPOINT[report].path
            told.reject(
                [{"place": f"{place} {id}", "reason": "the campaign's send date is not known"} for id in unplaced]
            )
            found[report] = (days, f"{report}_days")
        return found

    def _cursors(self, session: Session, chunks: Sequence[Chunk]) -> None:
        moves = Moves()
        for chunk in chunks:
            manifest = chunk.manifest
            for move in manifest.cursors:
                moves.move(move.resource, move.partition, move.cursor, move.watermark, move.forget)
                if move.watermark is not None and move.partition == "":
                    record_synced(session, self._account, move.resource, move.watermark)
            for endpoint, count in manifest.requests.items():
                if endpoint in REPORT_ENDPOINTS:
                    record_report_calls(session, self._account, endpoint, count, manifest.fetched_at)
        moves.write(session, self._account)
        record_chunks(session, self._account, [(chunk.manifest.job, chunk.manifest.seq) for chunk in chunks])

    def _tell(self, session: Session, told: Progress) -> None:
        self._progress.counts = told.counts
        self._progress.rejects = (self._progress.rejects + told.rejects)[:REJECTS_KEPT]
        for note in told.notes:
            self._progress.note(note)
        beat(session, self._job, self._progress, self._lease)

    def _timezone(self, session: Session) -> str:
        row = session.one("load/account_state", account=self._account)
        return row["timezone"] if row else "UTC"


def _manifests(chunks: Sequence[Chunk], told: Progress) -> None:
    for chunk in chunks:
        told.count({"requests": sum(chunk.manifest.requests.values())})
        told.reject([{"place": item.place, "reason": item.reason} for item in chunk.manifest.rejects])
        for note in chunk.manifest.notes:
            told.note(note)


def _sound(chunks: Sequence[Chunk]) -> tuple[Sequence[Chunk], DamagedChunk | None]:
    """The chunks before the first that is damaged, and what is wrong with that one."""
    for place, chunk in enumerate(chunks):
        try:
            spool.verify(chunk)
        except DamagedChunk as damaged:
            return chunks[:place], damaged
    return chunks, None


def _reports_in(chunk: Chunk) -> list[str]:
    return [chunk.manifest.resource] if chunk.manifest.window is not None else []


def _window(chunk: Chunk) -> tuple[date, date]:
    window = chunk.manifest.window or {}
    return date.fromisoformat(window["start"]), date.fromisoformat(window["end"])


def _days(chunk: Chunk) -> list[str]:
    low, high = _window(chunk)
    return [(low + timedelta(days=number)).isoformat() for number in range((high - low).days + 1)]
