"""Rows of a sheet as rows of a table: what each cell means, what breaks its rule, what contradicts itself."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from hashlib import blake2b
from typing import Any, Final

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from ingest.workbooks import cells, days
from ingest.workbooks.cells import Cells, Locale, Mask
from ingest.workbooks.columns import CHANNELS, FORMS, KEYS, LEVELS, TARGETS, YES_NO, Columns, Holds, Kind, Target
from ingest.workbooks.kept import BLOCK_ROWS, Kept, joined
from ingest.workbooks.quality import Tally
from ingest.workbooks.reading import Sheet
from ingest.workbooks.witnesses import witnesses

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
    rows: Kept
    seen: pa.Table
    rejects: list[Reject] = field(default_factory=list)
    told: list[str] = field(default_factory=list)
    tally: Tally = field(default_factory=Tally)
    read: int = 0
    repeated: int = 0


def judged(sheet: Sheet, columns: Columns, locale: Locale) -> Judged:
    """A sheet's rows, each in form or rejected with its reasons. What a whole column decides holds for each of its
    blocks."""
    kind = columns.kind
    fields = [(target.name, ARROW[target.holds]) for target in TARGETS[kind]]
    schema = pa.schema([*fields, ("place", pa.int64()), ("sheet", pa.string()), ("contradicts", pa.bool_())])
    keys = pa.schema([field for field in schema if field.name in KEYS[kind]])
    out = Judged(kind, Kept(schema, sheet.held.folder, is_staged=True), keys.empty_table().select(list(KEYS[kind])))
    decided = _decided(sheet, columns, locale)
    unread = _unread_by_row(sheet)
    seen, at, contradictions = [out.seen], 0, Contradictions()
    for block in sheet.held.blocks(list(dict.fromkeys(columns.sources.values()))):
        places = sheet.rows[at : at + block.num_rows]
        part = _Block(sheet, block, places, {row - at: unread[row] for row in unread if at <= row < at + len(places)})
        seen.append(_judge(part, columns, locale, decided, out, contradictions))
        at += block.num_rows
    out.seen = pa.concat_tables(seen)
    out.told = [*dict.fromkeys(out.told), *contradictions.told(sheet.place)]
    for place, reason in sheet.malformed:
        out.rejects.append(Reject(sheet.name, place, "", "", reason))
    out.read += len(sheet.malformed)
    out.rejects.sort(key=lambda one: one.row)
    out.tally.rows += out.read
    return out


@dataclass(frozen=True, slots=True)
class _Block:
    """Some rows of a sheet. unread: by the index of the row, columns and what is there."""

    sheet: Sheet
    table: pa.Table
    places: Rows
    unread: Mapping[int, Sequence[tuple[str, str]]]


@dataclass(slots=True)
class Contradictions:
    """How many rows contradict themselves in which way, and the first of them."""

    found: dict[str, list[int]] = field(default_factory=dict)

    def add(self, what: str, many: int, first: int) -> None:
        held = self.found.setdefault(what, [0, first])
        held[0] += many

    def told(self, place: str) -> list[str]:
        """In words."""
        return [f"{many:,} row(s) have {what} (first: {place} {first})" for what, (many, first) in self.found.items()]


def _decided(sheet: Sheet, columns: Columns, locale: Locale) -> Mapping[str, pa.Array]:
    """By target, cells that make each block of a long sheet be read as the whole column is."""
    if sheet.held.num_rows <= BLOCK_ROWS:
        return {}
    found = {}
    for target in TARGETS[columns.kind]:
        if source := columns.sources.get(target.name):
            column = (block[source].combine_chunks() for block in sheet.held.blocks([source]))
            if (cells_of := witnesses(column, target.holds, locale)) is not None:
                found[target.name] = cells_of
    return found


def _unread_by_row(sheet: Sheet) -> dict[int, list[tuple[str, str]]]:
    found: dict[int, list[tuple[str, str]]] = {}
    for row, column, what in sheet.unread:
        found.setdefault(row, []).append((column, what))
    return found


def _judge(
    block: _Block, columns: Columns, locale: Locale, decided: Mapping[str, pa.Array], out: Judged,
    contradictions: Contradictions,
) -> pa.Table:  # fmt: skip
    """Puts the rows of a block that are in form into `out`; the keys of the others."""
    sheet = block.sheet
    table, places, unread = _filled(block, columns)
    many = table.num_rows
    tally = out.tally
    out.read += many
    bad = np.zeros(many, bool)
    held: dict[str, pa.Array] = {}
    for target in TARGETS[columns.kind]:
        source = columns.sources.get(target.name)
        if source is None:
            held[target.name] = pa.nulls(many, ARROW[target.holds])
            continue
        read = _as_whole(table[source], decided.get(target.name), target, locale, sheet.from_1904)
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
    _contradictions(columns.kind, held, bad, contradicts, block, places, out, contradictions)
    tally.contradicting += int((contradicts & bad).sum())
    rows = pa.table(
        held
        | {
            "place": pa.array(places),
            "sheet": pa.array([sheet.name] * many, pa.string()),
            "contradicts": pa.array(contradicts),
        }
    )
    out.rows.append(rows.filter(pa.array(~bad)))
    return rows.filter(pa.array(bad)).select(list(KEYS[columns.kind]))


def _as_whole(
    column: pa.ChunkedArray, beside: pa.Array | None, target: Target, locale: Locale, from_1904: bool
) -> Cells:
    if beside is None:
        return _read(column, target, locale, from_1904)
    read = _read(pa.chunked_array([*column.chunks, beside.cast(column.type)]), target, locale, from_1904)
    return Cells(read.values.slice(0, len(column)), read.broken[: len(column)], read.why, read.told)


def _unread(value: str, why: str) -> str:
    return f"'{value}' is an error of Excel's" if value.startswith("#") else f"'{value}' {why}"


def _filled(block: _Block, columns: Columns) -> tuple[pa.Table, Rows, dict[str, list[tuple[int, str]]]]:
    """The rows in which any used column holds something, their places, and unread cells by column."""
    sources = list(columns.sources.values())
    some = np.zeros(block.table.num_rows, bool)
    for source in sources:
        some |= _there(block.table[source])
    for at, found in block.unread.items():
        some[at] |= any(source in sources for source, _ in found)
    new = np.cumsum(some) - 1
    unread: dict[str, list[tuple[int, str]]] = {}
    for at, found in block.unread.items():
        for source, value in found:
            if source in sources:
                unread.setdefault(source, []).append((int(new[at]), value))
    return block.table.select(sources).filter(pa.array(some)).combine_chunks(), block.places[some], unread


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
    kind: Kind, held: dict[str, pa.Array], bad: Mask, contradicts: Mask, block: _Block, places: Rows, out: Judged,
    contradictions: Contradictions,
) -> None:  # fmt: skip
    """Fills what follows from other cells, and marks rows that contradict themselves."""
    if kind is Kind.PROMO:
        turned = _true(pc.less(held["date_end"], held["date_start"])) & ~bad
        for at in np.flatnonzero(turned).tolist():
            out.rejects.append(Reject(block.sheet.name, int(places[at]), "date_end", "", "is before date_start"))
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
            contradictions.add(what, int(mask.sum()), int(places[mask][0]))


def _true(array: pa.Array) -> Mask:
    found: Mask = np.asarray(pc.fill_null(array, False).to_numpy(zero_copy_only=False), bool)
    return found


def together(parts: Sequence[Judged]) -> Judged:
    """Rows of several sheets, each key once: the last row counts, others with other values are left out and told."""
    first = parts[0]
    out = Judged(
        first.kind, joined([part.rows for part in parts]), pa.concat_tables([part.seen for part in parts]),
        [one for part in parts for one in part.rejects], [one for part in parts for one in part.told],
        sum((part.tally for part in parts), Tally()), sum(part.read for part in parts),
    )  # fmt: skip
    several = _several(out)
    kept = np.ones(out.rows.num_rows, bool)
    if several.any():
        _leave_out(out, several, kept)
    contradicts = np.concatenate(
        [np.empty(0, bool), *(block["contradicts"].to_numpy() for block in out.rows.blocks(["contradicts"]))]
    )
    out.tally.contradicting += int((contradicts | ~kept).sum())
    if not kept.all():
        out.rows = out.rows.filtered(kept)
    return out


def _several(out: Judged) -> Mask:
    """Rows whose key stands there again, and a few that only seem so: keys are compared by a number each."""
    keys = list(KEYS[out.kind])
    numbers = [_numbers_of_texts(_key_texts(block, keys)) for block in out.rows.blocks(keys)]
    every = np.concatenate([np.empty(0, np.uint64), *numbers])
    ordered = np.sort(every)
    again = ordered[1:][ordered[1:] == ordered[:-1]]
    found: Mask = np.isin(every, again) if len(again) else np.zeros(len(every), bool)
    return found


def _numbers_of_texts(texts: pa.Array) -> np.ndarray[Any, np.dtype[np.uint64]]:
    coded = pc.dictionary_encode(texts)
    numbers = np.array(
        [int.from_bytes(blake2b(text.encode(), digest_size=8).digest()) for text in coded.dictionary.to_pylist()],
        np.uint64,
    )
    found: np.ndarray[Any, np.dtype[np.uint64]] = numbers[coded.indices.to_numpy()]
    return found


def _leave_out(out: Judged, several: Mask, kept: Mask) -> None:
    """Of rows of one key all but the last; notes in `kept` which stay."""
    at = np.flatnonzero(several)
    rows = pa.concat_tables(list(_taken(out.rows, several)))
    codes = pc.dictionary_encode(_key_texts(rows, KEYS[out.kind])).indices.to_numpy()
    numbers = np.arange(len(codes))
    last = np.zeros(len(codes), np.int64)
    np.maximum.at(last, codes, numbers)
    stays: Rows = last[codes]
    every = _key_texts(rows, [target.name for target in TARGETS[out.kind]])
    places, sheets = rows["place"].to_pylist(), rows["sheet"].to_pylist()
    for one in np.flatnonzero(stays != numbers).tolist():
        other = int(stays[one])
        kept[at[one]] = False
        if every[one].as_py() == every[other].as_py():
            out.repeated += 1
            continue
        where = f"row {places[other]}" + (f" of '{sheets[other]}'" if sheets[other] != sheets[one] else "")
        out.rejects.append(
            Reject(
                sheets[one], places[one], "", "", f"has the same {', '.join(KEYS[out.kind])} as {where}, which counts"
            )
        )


def _taken(rows: Kept, mask: Mask) -> Iterator[pa.Table]:
    at = 0
    for block in rows.blocks():
        yield block.filter(pa.array(mask[at : at + block.num_rows]))
        at += block.num_rows


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
