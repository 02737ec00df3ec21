"""Chunks on their way in, without who was forgotten: Klaviyo may still have them.

What a figure is made of comes in under their pseudonym, so that a shop's sums stay those of Klaviyo; who it was does
not. A chunk is rewritten in the spool before it is loaded, so that nothing of them stays there either.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Iterator
from datetime import UTC, datetime
from typing import Any, Final

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from data_access.personal import forgotten
from data_access.personal.forgotten import Forgotten, Kind
from data_access.personal.reduced import reduced
from data_access.stores import Stores
from ingest import spool
from ingest.spool import Chunk
from settings import Settings

_BY: Final = "sync"
# What a profile is known by, and where: its id comes with every event, the rest with the profile itself.
_KNOWN_BY: Final = (
    (Kind.PROFILE, "id"),
    (Kind.EMAIL, "email"),
    (Kind.PHONE, "phone_number"),
    (Kind.EXTERNAL, "external_id"),
)
# Tables of a chunk in which a profile's id stands, and its column.
_NAMING: Final = {"events": "profile_id", "memberships": "profile_id"}
_RESPONSES: Final = "raw_api_responses"


class Washing:
    """Takes forgotten people out of an account's chunks."""

    def __init__(self, stores: Stores, settings: Settings, account: str) -> None:
        self._stores = stores
        self._settings = settings
        self._account = account

    def wash(self, chunks: Iterable[Chunk]) -> list[Chunk]:
        """The chunks as they may be loaded. Raises SecretUnreadable, StoreError, OSError."""
        with self._stores.operational.read() as session:
            known = Forgotten(self._settings, self._account, forgotten.read(session))
        if not known:
            return list(chunks)
        washed = []
        for chunk in chunks:
            known = self._recognised(chunk, known)
            washed.append(_washed(chunk, known))
        return washed

    def _recognised(self, chunk: Chunk, known: Forgotten) -> Forgotten:
        """The list, with the new ids of those who come again under another profile."""
        if "profiles" not in chunk.manifest.tables:
            return known
        columns = [column for _, column in _KNOWN_BY]
        rows = pq.read_table(chunk.path("profiles"), columns=columns).to_pylist()
        fresh = {
            (Kind.PROFILE, row["id"]): pseudonym
            for row in rows
            if (pseudonym := _of(row, known)) is not None and known.pseudonym(Kind.PROFILE, row["id"]) is None
        }
        if not fresh:
            return known
        with self._stores.operational.write() as session:
            forgotten.add(session, known.entries(fresh, _BY, datetime.now(UTC)))
            forgotten.keep_beside(session, self._settings)
            return Forgotten(self._settings, self._account, forgotten.read(session))


def _of(row: dict[str, Any], known: Forgotten) -> str | None:
    """The pseudonym of a profile that is on the list, by whatever it is known by.

    A telephone number is told of whoever has no e-mail address alone: a household shares one, and somebody with an
    address of their own is not forgotten for the sake of another.
    """
    told = [(kind, column) for kind, column in _KNOWN_BY if kind is not Kind.PHONE or not row["email"]]
    return next((found for kind, column in told if (found := known.pseudonym(kind, row[column]))), None)


def _washed(chunk: Chunk, known: Forgotten) -> Chunk:
    changed: dict[str, Callable[[pa.Table], pa.Table]] = {}
    for name in chunk.manifest.tables:
        if name in _NAMING:
            column = _NAMING[name]
            ids = pc.unique(pq.read_table(chunk.path(name), columns=[column])[column]).to_pylist()
            named = known.pseudonyms(Kind.PROFILE, ids)
            if named:
                changed[name] = _renaming(column, named)
        elif name == "profiles":
            ids = pq.read_table(chunk.path(name), columns=["id"])["id"].to_pylist()
            gone = known.pseudonyms(Kind.PROFILE, ids)
            if gone:
                changed[name] = _leaving_out("id", set(gone))
        elif name == _RESPONSES:
            answers = pq.read_table(chunk.path(name), columns=["response_data"])["response_data"].to_pylist()
            places = {place for place, answer in enumerate(answers) if _names(answer, known)}
            if places:
                changed[name] = _without(places)
    return spool.rewrite(chunk, changed) if changed else chunk


def _renaming(column: str, named: dict[str, str]) -> Callable[[pa.Table], pa.Table]:
    """Puts pseudonyms in a column; of an event's properties what figures are made of stays."""
    new: dict[str, Callable[[str], str]] = {
        column: named.__getitem__,
        "properties": reduced,
        "raw_data": lambda _text: "{}",
    }

    def renamed(table: pa.Table) -> pa.Table:
        theirs = pc.is_in(table[column], value_set=pa.array(sorted(named), table[column].type)).combine_chunks()
        for name, change in new.items():
            if name in table.column_names:
                held = table[name].combine_chunks()
                changed = pa.array([change(value) for value in held.filter(theirs).to_pylist()], held.type)
                place = table.column_names.index(name)
                table = table.set_column(place, table.schema.field(name), pc.replace_with_mask(held, theirs, changed))
        return table

    return renamed


def _leaving_out(column: str, gone: set[str]) -> Callable[[pa.Table], pa.Table]:
    def left(table: pa.Table) -> pa.Table:
        return table.filter(pc.invert(pc.is_in(table[column], value_set=pa.array(sorted(gone), table[column].type))))

    return left


def _without(places: set[int]) -> Callable[[pa.Table], pa.Table]:
    def left(table: pa.Table) -> pa.Table:
        return table.take([place for place in range(table.num_rows) if place not in places])

    return left


def _names(answer: str | None, known: Forgotten) -> bool:
    """Whether an answer of the API holds somebody on the list."""
    try:
        told = json.loads(answer or "{}")
    except ValueError:
        return False
    kinds = {"id": Kind.PROFILE, "email": Kind.EMAIL, "phone_number": Kind.PHONE, "external_id": Kind.EXTERNAL}
    return any(known.pseudonym(kinds[name], value) is not None for name, value in _values(told, kinds))


def _values(told: Any, names: Iterable[str]) -> Iterator[tuple[str, str]]:
    if isinstance(told, dict):
        for name, value in told.items():
            if name in names and isinstance(value, str):
                yield name, value
            else:
                yield from _values(value, names)
    elif isinstance(told, list):
        for value in told:
            yield from _values(value, names)
