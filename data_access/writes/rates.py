"""Exchange rates: read from a file or a table, checked line by line, kept in one transaction."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal, InvalidOperation
from pathlib import Path
from typing import Any, Final

import pyarrow as pa

from analytics.audit import Action
from data_access.engines.base import Session
from data_access.scope import Right, Scope
from data_access.stores import Stores
from data_access.writes.audit import note

COLUMNS: Final = ("date", "base", "quote", "rate")
# Rates that the audit log tells one by one; of more it tells how many changed.
MOST_TOLD: Final = 30
MOST_BYTES: Final = 20 * 1024 * 1024
_CODE = re.compile(r"[A-Z]{3}\Z")
_LARGEST: Final = Decimal(10) ** 10
_STEP: Final = Decimal("0.00000001")
_SCHEMA: Final = pa.schema(
    [("date", pa.date32()), ("base", pa.string()), ("quote", pa.string()), ("rate", pa.decimal128(18, 8))]
)


class UnreadableRates(Exception):
    """A file without the columns of a rate table."""


class RatesChanged(Exception):
    """Somebody else saved rates since these were read; nothing was written."""


@dataclass(frozen=True, slots=True)
class RatesLoaded:
    """What a load did: rates taken, those of them that changed something, and what was refused, by place."""

    loaded: int
    changed: int
    rejected: tuple[tuple[int, str], ...]


def load_rates_file(stores: Stores, scope: Scope, file: Path) -> RatesLoaded:
    """Keeps the rates of a CSV with date, base, quote, rate. Raises NotPermitted, UnreadableRates, StoreError."""
    scope.require(Right.SETTINGS)
    return load_rates(stores, scope, file.read_bytes(), source=file.name)


def load_rates(stores: Stores, scope: Scope, content: bytes, source: str) -> RatesLoaded:
    """Keeps the rates of a CSV's bytes: units of `quote` for one unit of `base`, valid from `date` until the next.

    Columns date (ISO), base, quote (ISO 4217), rate (decimal point), parted by commas or semicolons, in any order. A
    line that cannot be kept is refused with its reason; the others are kept. Raises NotPermitted, UnreadableRates,
    StoreError.
    """
    scope.require(Right.SETTINGS)
    rows, rejected = _parsed(content)
    return put_rates(stores, scope, rows, source=source, rejected=rejected)


def put_rates(
    stores: Stores,
    scope: Scope,
    rows: Iterable[tuple[int, Mapping[str, Any]]],
    *,
    source: str,
    rejected: Sequence[tuple[int, str]] = (),
    deleted: Sequence[Mapping[str, Any]] = (),
    seen: Sequence[Mapping[str, Any]] | None = None,
    currency: str = "",
) -> RatesLoaded:
    """Keeps rows (by their place) and forgets `deleted` ones (date, base, quote).

    `seen`: the rates of `currency` that the person had before them; where others stand there by now and this would
    change something, nothing is written. Raises NotPermitted, RatesChanged, StoreError.
    """
    scope.require(Right.SETTINGS)
    refused = list(rejected)
    kept: dict[tuple[date, str, str], tuple[int, dict[str, Any]]] = {}
    for place, row in rows:
        try:
            rate = _checked(row)
        except ValueError as reason:
            refused.append((place, str(reason)))
            continue
        key = (rate["date"], rate["base"], rate["quote"])
        if key in kept:
            refused.append((place, f"repeats {rate['date']} {rate['base']}/{rate['quote']} of line {kept[key][0]}"))
            continue
        kept[key] = (place, rate)
    changed = 0
    with stores.operational.write() as session:
        held = session.rows("read/accounts/rates", currency=currency) if seen is not None else None
        keys = [*deleted, *(rate for _, rate in kept.values())]
        before = _standing(session, keys)
        if deleted:
            gone = [{name: row[name] for name in COLUMNS[:3]} for row in deleted]
            session.stage("old_rates", pa.Table.from_pylist(gone, schema=pa.schema([*_SCHEMA][:3])))
            changed += max(session.execute("write/rates_delete"), 0)
        if kept:
            session.stage("new_rates", pa.Table.from_pylist([rate for _, rate in kept.values()], schema=_SCHEMA))
            changed += max(session.execute("write/rates_put", source=source), 0)
        if changed and held is not None and held != list(seen or ()):
            raise RatesChanged(
                "Somebody else changed the rates after you opened them. Nothing of yours was written: look at what "
                "stands there now, then change it again."
            )
        if changed:
            note(
                session,
                scope.person,
                Action.RATES_SAVE,
                source,
                before=before,
                after=_told(kept, before),
                about={"changed": changed},
            )
    return RatesLoaded(len(kept), changed, tuple(sorted(refused)))


def _standing(session: Session, keys: Sequence[Mapping[str, Any]]) -> dict[str, str | None]:
    """The rates that stand under some keys, for the audit log; none where it were too many to tell."""
    if len(keys) > MOST_TOLD:
        return {}
    told = [{name: row[name] for name in COLUMNS[:3]} for row in keys]
    session.stage("noted_rates", pa.Table.from_pylist(told, schema=pa.schema([*_SCHEMA][:3])))
    return {**dict.fromkeys(map(_key, told)), **{_key(row): str(row["rate"]) for row in session.rows("audit/rates")}}


def _told(kept: Mapping[Any, tuple[int, Mapping[str, Any]]], before: Mapping[str, str | None]) -> dict[str, str | None]:
    """What stands under these keys afterwards."""
    after = {_key(rate): str(rate["rate"]) for _, rate in kept.values()}
    return {key: after.get(key) for key in before}


def _key(rate: Mapping[str, Any]) -> str:
    return f"{rate['date']} {rate['base']}/{rate['quote']}"


def _parsed(content: bytes) -> tuple[list[tuple[int, Mapping[str, Any]]], list[tuple[int, str]]]:
    if len(content) > MOST_BYTES:
        raise UnreadableRates(f"The file is larger than {MOST_BYTES // 1024**2} MB. Split it.")
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise UnreadableRates("The file is not text in UTF-8. Save it as CSV (UTF-8).") from error
    first = text.partition("\n")[0]
    reader = csv.reader(io.StringIO(text), delimiter=";" if first.count(";") > first.count(",") else ",")
    head = [name.strip().lower() for name in next(_lines(reader), [])]
    missing = [name for name in COLUMNS if name not in head]
    if missing:
        raise UnreadableRates(
            f"The first line must name the columns {', '.join(COLUMNS)}; {', '.join(missing)} is missing."
        )
    rows: list[tuple[int, Mapping[str, Any]]] = []
    rejected: list[tuple[int, str]] = []
    for cells in _lines(reader):
        if not any(cell.strip() for cell in cells):
            continue
        if len(cells) != len(head):
            rejected.append((reader.line_num, f"holds {len(cells)} values, the first line names {len(head)}"))
            continue
        rows.append((reader.line_num, dict(zip(head, (cell.strip() for cell in cells), strict=True))))
    return rows, rejected


def _lines(reader: Iterator[list[str]]) -> Iterator[list[str]]:
    try:
        yield from reader
    except csv.Error as error:
        raise UnreadableRates(f"The file is no table of rates: {error}. Save it as CSV (UTF-8).") from error


def _checked(row: Mapping[str, Any]) -> dict[str, Any]:
    day = row["date"]
    if not isinstance(day, date):
        try:
            day = date.fromisoformat(str(day))
        except ValueError as error:
            raise ValueError(f"'{day}' is not a date like 2026-01-31") from error
    base, quote = str(row["base"]).upper(), str(row["quote"]).upper()
    for code in (base, quote):
        if not _CODE.match(code):
            raise ValueError(f"'{code}' is not a currency code like EUR")
    if base == quote:
        raise ValueError(f"{base} needs no rate to itself")
    try:
        rate = Decimal(str(row["rate"]))
    except InvalidOperation as error:
        raise ValueError(f"'{row['rate']}' is not a number like 0.9123") from error
    if not rate.is_finite() or not _STEP <= rate < _LARGEST:
        raise ValueError(f"the rate {row['rate']} must lie between {_STEP} and {_LARGEST:,.0f}")
    return {"date": day, "base": base, "quote": quote, "rate": rate.quantize(_STEP)}
