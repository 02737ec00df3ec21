"""Rows of a sheet as rows of a table: what each cell means, what breaks its rule, what contradicts itself."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any, Final

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from ingest.workbooks import cells, days
from ingest.workbooks.cells import Cells, Locale, Mask
from ingest.workbooks.columns import CHANNELS, FORMS, KEYS, LEVELS, TARGETS, YES_NO, Columns, Holds, Kind, Target
from ingest.workbooks.quality import Tally
from ingest.workbooks.reading import Sheet

Rows = np.ndarray[Any, np.dtype[np.int64]]
ARROW: Final = {
    Holds.DAY: pa.date32(), Holds.MONTH: pa.string(), Holds.TEXT: pa.string(), Holds.CHANNEL: pa.string(),
    Holds.FLAG: pa.bool_(), Holds.DISCOUNT: pa.decimal128(18, 2), Holds.PERCENT: pa.decimal128(18, 2),
    Holds.SHARE: pa.decimal128(18, 4), Holds.MONEY: cells.MONEY, Holds.COUNT: pa.int64(),
    Holds.LIST: pa.list_(pa.string()), Holds.CHANNELS: pa.list_(pa.string()), Holds.LEVEL: pa.string(),
    Holds.FORM: pa.string(),
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Reject:
    """Why a row is left out: its sheet, its place there, the column ('' where the row itself is wrong), what stands
    there, and the reason."""

    sheet: str
    row: int
    column: str
    value: str
    reason: str


@dataclass(slots=True)
class Judged:
    """Rows of one kind. rows: by the targets' names, with `place` and `sheet`; seen: keys of the rows that are left
    out; repeated: rows that stand there twice, alike."""

    kind: Kind
    rows: pa.Table
    seen: pa.Table
    rejects: list[Reject] = field(default_factory=list)
    told: list[str] = field(default_factory=list)
    tally: Tally = field(default_factory=Tally)
    read: int = 0
    repeated: int = 0


def judged(sheet: Sheet, columns: Columns, locale: Locale) -> Judged:
    """A sheet's rows, each in form or rejected with its reasons."""
    table, places, unread = _filled(sheet, columns)
    many = table.num_rows
    tally = Tally()
    out = Judged(columns.kind, pa.table({}), pa.table({}), tally=tally, read=many + len(sheet.malformed))
    bad = np.zeros(many, bool)
    held: dict[str, pa.Array] = {}
    for target in TARGETS[columns.kind]:
        source = columns.sources.get(target.name)
        if source is None:
            held[target.name] = pa.nulls(many, ARROW[target.holds])
            continue
        read = _read(table[source], target, locale, sheet.from_1904)
        for at, value in unread.get(source, ()):
            read.broken[at] = True
            out.rejects.append(
                Reject(sheet.name, int(places[at]), columns.named(target.name), value, _unread(value, read.why))
            )
        there = _there(table[source]) | read.broken
        absent = ~there & target.is_needed
        unread_at = {at for at, _ in unread.get(source, ())}
        broken = np.array([at for at in np.flatnonzero(read.broken) if at not in unread_at], np.int64)
        shown = cells.text_of(table[source].take(pa.array(broken))).to_pylist() if broken.size else []
        for at, value in zip(broken.tolist(), shown, strict=True):
            out.rejects.append(
                Reject(sheet.name, int(places[at]), columns.named(target.name), value or "", f"'{value}' {read.why}")
            )
        for at in np.flatnonzero(absent).tolist():
            out.rejects.append(Reject(sheet.name, int(places[at]), columns.named(target.name), "", "is missing"))
        tally.required += many * target.is_needed
        tally.absent += int(absent.sum())
        tally.cells += int(there.sum())
        tally.broken += int(read.broken.sum())
        out.told += [f"{columns.named(target.name)}: {one}" for one in read.told]
        held[target.name] = read.values.cast(ARROW[target.holds])
        bad |= read.broken | absent
    contradicts = np.zeros(many, bool)
    _contradictions(columns.kind, held, bad, contradicts, sheet, places, out)
    tally.contradicting += int((contradicts & bad).sum())
    for place, reason in sheet.malformed:
        out.rejects.append(Reject(sheet.name, place, "", "", reason))
    rows = pa.table(
        held
        | {
            "place": pa.array(places),
            "sheet": pa.array([sheet.name] * many, pa.string()),
            "contradicts": pa.array(contradicts),
        }
    )
    out.seen = rows.filter(pa.array(bad)).select(list(KEYS[columns.kind]))
    out.rows = rows.filter(pa.array(~bad))
    out.rejects.sort(key=lambda one: one.row)
    tally.rows += out.read
    return out


def _unread(value: str, why: str) -> str:
    return f"'{value}' is an error of Excel's" if value.startswith("#") else f"'{value}' {why}"


def _filled(sheet: Sheet, columns: Columns) -> tuple[pa.Table, Rows, dict[str, list[tuple[int, str]]]]:
    """The rows in which any used column holds something, their places, and unread cells by column."""
    sources = list(columns.sources.values())
    some = np.zeros(sheet.table.num_rows, bool)
    for source in sources:
        some |= _there(sheet.table[source])
    for at, source, _ in sheet.unread:
        some[at] |= source in sources
    new = np.cumsum(some) - 1
    unread: dict[str, list[tuple[int, str]]] = {}
    for at, source, value in sheet.unread:
        if source in sources:
            unread.setdefault(source, []).append((int(new[at]), value))
    return sheet.table.select(sources).filter(pa.array(some)).combine_chunks(), sheet.rows[some], unread


def _there(column: pa.ChunkedArray) -> Mask:
    whole = cells.text_of(column) if pa.types.is_string(column.type) else column.combine_chunks()
    found: Mask = np.asarray(pc.is_valid(whole).to_numpy(zero_copy_only=False), bool)
    return found


def _read(column: pa.ChunkedArray, target: Target, locale: Locale, from_1904: bool) -> Cells:
    match target.holds:
        case Holds.DAY:
            return days.days(column, locale, from_1904=from_1904)
        case Holds.MONTH:
            return days.months(column, locale, from_1904=from_1904)
        case Holds.CHANNEL:
            return cells.words(column, CHANNELS, "is neither online nor offline")
        case Holds.LEVEL:
            return cells.words(column, LEVELS, "is none of low, medium, high")
        case Holds.FORM:
            return cells.words(column, FORMS, f"is none of {', '.join(dict.fromkeys(FORMS.values()))}")
        case Holds.FLAG:
            return cells.flags(column, YES_NO)
        case Holds.DISCOUNT:
            return cells.shares(column, locale, per_cent=True, most=100)
        case Holds.PERCENT:
            return cells.shares(column, locale, per_cent=True, most=100)
        case Holds.SHARE:
            return cells.shares(column, locale, per_cent=False, most=100)
        case Holds.MONEY:
            return cells.money(column, locale)
        case Holds.COUNT:
            return cells.counts(column, locale, target.most)
        case Holds.LIST:
            return cells.lists(column)
        case Holds.CHANNELS:
            return _channels(column)
        case _:
            return cells.texts(column)


def _channels(column: pa.ChunkedArray) -> Cells:
    read = cells.lists(column)
    flat = cells.words(pc.list_flatten(read.values), CHANNELS, "")
    known = pa.ListArray.from_arrays(read.values.offsets, flat.values, mask=pc.is_null(read.values))
    whole = np.zeros(len(read.values) + 1, int)
    np.cumsum(np.bincount(pc.list_parent_indices(read.values).to_numpy(), flat.broken, len(read.values)), out=whole[1:])
    broken = np.diff(whole) > 0
    return Cells(known, broken, "names a channel that is neither online nor offline")


def _contradictions(
    kind: Kind, held: dict[str, pa.Array], bad: Mask, contradicts: Mask, sheet: Sheet, places: Rows, out: Judged
) -> None:
    """Fills what follows from other cells, and marks rows that contradict themselves."""
    if kind is Kind.PROMO:
        turned = _true(pc.less(held["date_end"], held["date_start"])) & ~bad
        for at in np.flatnonzero(turned).tolist():
            out.rejects.append(Reject(sheet.name, int(places[at]), "date_end", "", "is before date_start"))
        bad |= turned
        contradicts |= turned
    if kind is not Kind.SALES:
        return
    no_discount = pa.scalar(Decimal(0), pa.decimal128(18, 2))
    deep = pc.greater(held["discount_pct"], no_discount)
    unsaid = pc.is_null(held["promo_flag"])
    without = _true(pc.and_(deep, pc.fill_null(pc.invert(held["promo_flag"]), False)))
    empty = _true(pc.and_(pc.equal(held["discount_pct"], no_discount), pc.fill_null(held["promo_flag"], False)))
    held["promo_flag"] = pc.if_else(unsaid, pc.fill_null(deep, False), held["promo_flag"])
    none = pa.scalar(Decimal(0), cells.MONEY)
    above = _true(pc.and_(pc.greater(held["margin_value"], held["sales_value"]), pc.greater(held["sales_value"], none)))
    unsold = _true(pc.and_(pc.equal(held["units"], 0), pc.not_equal(held["sales_value"], none)))
    contradicts |= without | empty | above | unsold
    for mask, what in (
        (without, "a discount without promotion"),
        (empty, "a promotion with a discount of 0, which counts as none"), (above, "a margin above the sales"),
        (unsold, "sales of no units"),
    ):  # fmt: skip
        if mask.any():
            out.told.append(f"{int(mask.sum()):,} row(s) have {what} (first: {sheet.place} {int(places[mask][0])})")


def _true(array: pa.Array) -> Mask:
    found: Mask = np.asarray(pc.fill_null(array, False).to_numpy(zero_copy_only=False), bool)
    return found


def together(parts: Sequence[Judged]) -> Judged:
    """Rows of several sheets, each key once: the last row counts, others with other values are left out and told."""
    first = parts[0]
    out = Judged(
        first.kind, pa.concat_tables([part.rows for part in parts]), pa.concat_tables([part.seen for part in parts]),
        [one for part in parts for one in part.rejects], [one for part in parts for one in part.told],
        sum((part.tally for part in parts), Tally()), sum(part.read for part in parts),
    )  # fmt: skip
    # Of several rows of one key the last one's number stays.
    keys = pc.dictionary_encode(_key_texts(out.rows, KEYS[out.kind])).indices.to_numpy()
    numbers = np.arange(len(keys))
    last = np.zeros(len(keys), np.int64)
    np.maximum.at(last, keys, numbers)
    stays: Rows = last[keys]
    kept = stays == numbers
    contradicts = np.asarray(out.rows["contradicts"].to_numpy(), bool)
    out.tally.contradicting += int((contradicts | ~kept).sum())
    if not kept.all():
        _leave_out(out, stays, kept)
    return out


def _leave_out(out: Judged, stays: Rows, kept: Mask) -> None:
    values = [target.name for target in TARGETS[out.kind]]
    every = _key_texts(out.rows, values)
    places, sheets = out.rows["place"].to_pylist(), out.rows["sheet"].to_pylist()
    for at in np.flatnonzero(~kept).tolist():
        other = int(stays[at])
        if every[at].as_py() == every[other].as_py():
            out.repeated += 1
            continue
        where = f"row {places[other]}" + (f" of '{sheets[other]}'" if sheets[other] != sheets[at] else "")
        out.rejects.append(
            Reject(sheets[at], places[at], "", "", f"has the same {', '.join(KEYS[out.kind])} as {where}, which counts")
        )
    out.rows = out.rows.filter(pa.array(kept))


def _key_texts(rows: pa.Table, names: Sequence[str]) -> pa.Array:
    """Values of several columns as one text."""
    columns = []
    for name in names:
        column = rows[name].combine_chunks()
        if pa.types.is_list(column.type):
            column = pc.binary_join(column, "\x1e")
        columns.append(pc.fill_null(column.cast(pa.string()), "\x1d"))
    joined = pc.binary_join_element_wise(*columns, "\x1f")
    return joined.combine_chunks() if isinstance(joined, pa.ChunkedArray) else joined
