"""A file of order lines into an account without Klaviyo: read, checked, put in place, figures brought up to date."""

from __future__ import annotations

import csv
import hashlib
import shutil
import signal
import tempfile
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, nullcontext
from dataclasses import asdict, dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Final, TextIO

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from analytics.spreadsheet_text import guarded_cell
from data_access.derived.registry import derive
from data_access.jobs import Progress
from data_access.operations.leases import Lease, held
from data_access.personal import forgotten
from data_access.personal.forgotten import Forgotten
from data_access.scope import Right, Scope
from data_access.stores import Stores
from data_access.writes.load_orders import (
    KIND,
    FileAccount,
    Source,
    file_account,
    prepared_basis,
    put_orders,
    zone_of,
)
from data_access.writes.order_lines import ARRIVED, TOLD, Accepted, Judged, OrderLines, Reading, Refused, order_lines
from ingest.errors import IngestError
from ingest.order_files.columns import Columns, columns_of
from ingest.order_files.reading import Block, Format, OrderFile, opened, text_table
from ingest.private_file import private_file

# Lines that are checked at a time: a row group of the engine, from which on rows go straight to its file.
TAKEN_ROWS: Final = 122_880
Told = Callable[[str, float | None], None]
_EXTRA: Final = ("rejected_at", "rejected_column", "reject_reason")


class NothingLoaded(IngestError):
    """None of the file's orders can be loaded."""


@dataclass(frozen=True, slots=True)
class Asked:
    """What the person says of a file and its account; '' where nothing.

    mapping: target=source. timezone: of times without a zone, and of a new account. account_timezone: of a new account
    whose days are those of another zone. decimal: '.' or ','. date_format: as of strptime.
    """

    mapping: Sequence[str] = ()
    timezone: str = ""
    account_timezone: str = ""
    name: str = ""
    currency: str = ""
    country: str = ""
    separator: str = ""
    decimal: str = "."
    encoding: str = "utf-8"
    date_format: str = ""
    rejects: Path | None = None


@dataclass(slots=True)
class Loaded:
    """How a load ended. load: its id; timezone: of the account's days. orders, lines, customers: put in place;
    replaced: orders that were there before; rejects: the first of the rejected lines (place, column, reason);
    reasons: how many lines for each kind of reason."""

    account: str
    file: str
    load: str = ""
    timezone: str = "UTC"
    read: int = 0
    orders: int = 0
    lines: int = 0
    customers: int = 0
    replaced: int = 0
    orders_rejected: int = 0
    lines_rejected: int = 0
    first_order: datetime | None = None
    last_order: datetime | None = None
    reject_file: str | None = None
    rejects: list[dict[str, str]] = field(default_factory=list)
    reasons: dict[str, int] = field(default_factory=dict)
    notes: list[str] = field(default_factory=list)
    seconds: float = 0.0

    def as_dict(self) -> dict[str, Any]:
        return asdict(self) | {"seconds": round(self.seconds, 2)}


def load_orders(
    stores: Stores,
    settings: Any,
    scope: Scope,
    account: str,
    path: Path,
    asked: Asked,
    told: Told = lambda _text, _share: None,
) -> Loaded:
    """Loads a file. An order that is there already is replaced, so that the same file twice changes nothing.

    An order with a line that is wrong is left out whole; the reject file has all of its lines with their reasons, and
    can be loaded as it is once it is mended. Raises NotPermitted, UnreadableFile, UnfitColumns, OrdersRefused,
    NothingLoaded (the reject file is there), JobRunning, StoreError.
    """
    scope.require(Right.ADMIN, account)
    started = time.monotonic()
    file = opened(path, Format(asked.separator, asked.encoding), decimal=asked.decimal)
    columns = columns_of(file.columns, asked.mapping)
    kept = file_account(
        stores, scope, account, name=asked.name, timezone=asked.account_timezone or asked.timezone,
        currency=asked.currency, country=asked.country,
    )  # fmt: skip
    progress = Progress(resource="orders")
    result = Loaded(account, path.name, timezone=kept.timezone, notes=_notes(file, columns, kept))
    with held(
        stores.operational, account, kind=KIND, by=scope.person, lease_seconds=settings.sync_lease_seconds,
        told=progress,
    ) as lease:  # fmt: skip
        work = _Load(stores, settings, scope, kept, file, columns, asked, lease, progress, result, told)
        try:
            work.run()
        finally:
            work.tell()
    result.seconds = time.monotonic() - started
    return result


def _notes(file: OrderFile, columns: Columns, account: FileAccount) -> list[str]:
    """What was taken for granted, for the person to see."""
    notes = [f"Read as {file.said}: " + ", ".join(f"{t}={s}" for t, s in columns.sources.items() if t != s) + "."]
    notes = [notes[0].replace(": .", ".")]
    if columns.unused:
        notes.append(f"Columns that are not used: {', '.join(columns.unused)}.")
    if account.is_new:
        notes.append(f"New account {account.public_id}, in {account.currency} and {account.timezone}.")
    if "quantity" not in columns.sources:
        notes.append("The file has no quantity: each line counts one.")
    if "order_timestamp" in columns.sources and "order_date" in columns.sources:
        notes.append("order_date follows from order_timestamp; the file's own is not used.")
    return notes


class _Load:
    """One load under way."""

    def __init__(
        self, stores: Stores, settings: Any, scope: Scope, account: FileAccount, file: OrderFile, columns: Columns,
        asked: Asked, lease: Lease, progress: Progress, result: Loaded, told: Told,
    ) -> None:  # fmt: skip
        self._stores = stores
        self._settings = settings
        self._scope = scope
        self._account = account
        self._file = file
        self._columns = columns
        self._asked = asked
        self._lease = lease
        self._job_id = lease.job_id
        self._progress = progress
        self._result = result
        self._told = told
        self._malformed = 0
        result.load = lease.job_id

    def run(self) -> None:
        zone = self._asked.timezone or self._account.timezone
        zone_of(zone)
        reading = Reading(zone, self._account.timezone, self._asked.decimal, self._asked.date_format)
        self._settings.data_dir.mkdir(parents=True, exist_ok=True)
        folder = Path(tempfile.mkdtemp(prefix="orders-", dir=self._settings.data_dir))
        try:
            with order_lines(folder, reading) as lines:
                self._read(lines)
                self._told("Checking the orders", None)
                judged = lines.judge()
                self._reject(lines, judged)
                if judged.orders_seen == judged.orders_refused:
                    raise NothingLoaded(_nothing(self._result))
                self._put(lines)
        finally:
            shutil.rmtree(folder, ignore_errors=True)

    def tell(self) -> None:
        """Leaves in the job's row what the load came to."""
        done = self._result
        self._progress.counts.update(
            orders=done.orders, lines=done.lines, replaced=done.replaced, rejected=done.lines_rejected
        )
        self._progress.rejects += done.rejects
        self._progress.note(f"{done.file}: {done.orders:,} orders of {done.customers:,} customers.")

    def _read(self, lines: OrderLines) -> None:
        waiting: list[pa.Table] = []
        for block in self._file.blocks():
            self._malformed += len(block.malformed)
            waiting.append(_arrived(block, self._columns))
            self._result.read += waiting[-1].num_rows + len(block.malformed)
            if sum(rows.num_rows for rows in waiting) >= TAKEN_ROWS:
                lines.take(pa.concat_tables(waiting))
                waiting.clear()
                # Arrow's allocator keeps what was freed: over a large file more than all else.
                pa.default_memory_pool().release_unused()
            self._lease.not_cancelled()
            self._told(f"{self._result.read:,} lines of {self._file.path.name} read", None)
        if any(rows.num_rows for rows in waiting):
            lines.take(pa.concat_tables(waiting))
        waiting.clear()
        if not self._result.read:
            raise NothingLoaded(f"{self._file.path} has no lines below its header.")

    def _reject(self, lines: OrderLines, judged: Judged) -> None:
        result = self._result
        result.orders_rejected = judged.orders_refused
        result.lines_rejected = judged.lines_refused + self._malformed
        if judged.lines_repeated:
            result.notes.append(f"{judged.lines_repeated:,} line(s) stand twice in the file; they count once.")
        if judged.lines_alike:
            result.notes.append(
                f"{judged.lines_alike:,} line(s) are the same in every column as another line of their order; without a"
                " line_item_id each of them counts."
            )
        if not result.lines_rejected:
            return
        reasons: Counter[str] = Counter()
        path = (
            self._asked.rejects or self._settings.data_dir / "rejects" / f"{self._account.public_id}-{self._job_id}.csv"
        )
        with private_file(path) as out:
            self._write_rejects(out, lines, reasons)
        result.reject_file = str(path)
        result.reasons = dict(reasons.most_common())

    def _write_rejects(self, out: TextIO, lines: OrderLines, reasons: Counter[str]) -> None:
        """The rejected rows as they came, each with its place, column and reason: loadable again once mended."""
        writer = csv.writer(out)
        writer.writerow([*map(guarded_cell, self._file.columns), *_EXTRA])
        for block in self._file.blocks():
            for place, reason in block.malformed:
                writer.writerow([*([""] * len(self._file.columns)), place, "", guarded_cell(reason)])
                self._told_reject(Refused(place, "", reason, is_cause=True), reasons)
            told: dict[int, tuple[list[str], list[str]]] = {}
            for one in lines.refused(block.places):
                self._told_reject(one, reasons)
                names, why = told.setdefault(one.line, ([], []))
                if one.column:
                    names.append(self._columns.named(one.column))
                why.append(one.reason)
            if told:
                mask = np.isin(block.places, np.fromiter(told, np.int64))
                rows = block.rows.filter(pa.array(mask)).to_pydict()
                for values, place in zip(zip(*rows.values(), strict=True), block.places[mask].tolist(), strict=True):
                    names, why = told[place]
                    cells = [*("" if v is None else v for v in values), str(place), "; ".join(names), "; ".join(why)]
                    writer.writerow(map(guarded_cell, cells))

    def _told_reject(self, one: Refused, reasons: Counter[str]) -> None:
        column = self._columns.named(one.column) if one.column else ""
        reasons[_kind(one, column)] += 1
        if len(self._result.rejects) < 200 and one.is_cause:
            place = f"{self._file.path.name}, {self._file.place} {one.line}" + (f", {column}" if column else "")
            self._result.rejects.append({"place": place, "reason": one.reason})

    def _put(self, lines: OrderLines) -> None:
        basis, first = prepared_basis(self._stores, self._account)
        with self._stores.operational.read() as session:
            known = Forgotten(self._settings, self._account.public_id, forgotten.read(session))
        accepted = lines.accept(basis, self._job_id, sequenced=first, forgotten=known)
        self._lease.not_cancelled()
        result = self._result
        source = Source(
            self._job_id, self._file.path.name, _checksum(self._file.path), result.lines_rejected, result.reject_file
        )
        self._told("Putting the orders in place", 0.0)
        # One database takes all of it back at once.
        with nullcontext() if self._stores.same else _to_its_end(result):
            result.replaced = put_orders(
                self._stores, self._scope, basis, lines, accepted, source, first=first,
                told=lambda share: self._told("Putting the orders in place", share),
            )  # fmt: skip
        _take_over(result, accepted)
        if accepted.without_rate:
            result.notes.append(
                f"{accepted.without_rate:,} order(s) have no exchange rate to {basis.currency} and are in no sum: load"
                " one with promolens rates FILE"
            )
        self._told("Computing customers and products", None)
        with _to_its_end(result):
            derive(self._stores, self._account.public_id)


@contextmanager
def _to_its_end(result: Loaded) -> Iterator[None]:
    """Ctrl-C waits until this is done: what it does is no one transaction, and half of it must not be left."""
    if threading.current_thread() is not threading.main_thread():
        yield
        return
    asked: list[int] = []
    before = signal.signal(signal.SIGINT, lambda number, _frame: asked.append(number))
    try:
        yield
    finally:
        signal.signal(signal.SIGINT, before)
    if asked:
        result.notes.append("It was asked to stop while orders were being put in place, and has ended first.")


def _take_over(result: Loaded, accepted: Accepted) -> None:
    result.orders, result.lines, result.customers = accepted.orders, accepted.lines, accepted.customers
    assert accepted.first_order is not None
    assert accepted.last_order is not None
    result.first_order, result.last_order = accepted.first_order.astimezone(UTC), accepted.last_order.astimezone(UTC)


def _nothing(result: Loaded) -> str:
    first = result.rejects[0] if result.rejects else None
    told = f" First: {first['place']}: {first['reason']}." if first else ""
    return f"None of the orders of {result.file} can be loaded.{told} All of them, with reasons: {result.reject_file}"


def _kind(one: Refused, column: str) -> str:
    """A reason without the values of its line, to be counted."""
    if not one.is_cause:
        return "another line of the same order is rejected"
    said = one.reason
    if said.startswith("order "):
        return (
            f"{column}: lines of one order contradict each other" if "' here" in said or "two lines" in said else said
        )
    if said.startswith("no line of order "):
        return f"{column}: no line of the order has one"
    if said.startswith("has "):
        return "another number of values than the header"
    return f"{column}: {said.rpartition(chr(39))[2].strip() or said}"


def _arrived(block: Block, columns: Columns) -> pa.Table:
    """A block's rows by target, without those in which nothing stands."""
    mapped = text_table(block.rows, columns.sources)
    empty = np.ones(mapped.num_rows, bool)
    for column in block.rows.columns:
        empty &= pc.is_null(column).to_numpy()
    none = pa.nulls(mapped.num_rows, pa.string())
    told = [mapped[name] if name in columns.sources else none for name in TOLD]
    rows = pa.table([pa.array(block.places), *told], schema=ARRIVED)
    return rows.filter(pa.array(~empty)) if empty.any() else rows


def _checksum(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
