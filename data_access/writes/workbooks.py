"""The company's sales, promotions, targets and segments from a file: merged by key, the file's own rows replaced."""

from __future__ import annotations

import json
import uuid
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from analytics.audit import Action
from analytics.promo.found import Named, PromoDay, Run, runs
from data_access.engines.base import Session
from data_access.queries.accounts import PROMO
from data_access.scope import Scope
from data_access.scoped import promo_load
from data_access.stores import Stores
from data_access.writes.audit import note

SALES: Final = "sales"
PROMOTIONS: Final = "promo"
# The column by which a file's span is told: what lies outside of it is not taken out.
_SPAN: Final[Mapping[str, str]] = {SALES: "date", PROMOTIONS: "date_start", "targets": "month", "segments": ""}
# What a file will change, and the change.
_STATEMENTS: Final[Mapping[str, tuple[str, str]]] = {
    SALES: ("workbooks/sales_changes", "workbooks/sales_put"),
    PROMOTIONS: ("workbooks/promo_changes", "workbooks/promo_put"),
    "targets": ("workbooks/targets_changes", "workbooks/targets_put"),
    "segments": ("workbooks/segments_changes", "workbooks/segments_put"),
}
_BATCH_ROWS: Final = 10_000
# Ids of promotions follow from what they are, so that the same one is kept once.
_NAMES: Final = uuid.UUID("6f3f2f5e-53a1-4a1e-9d0b-8f3b7f6b2a10")


@dataclass(frozen=True, slots=True)
class Rows:
    """A file's rows of one kind. kind: sales, promo, targets or segments; rows: by the table's columns, of sales also
    as Parquet files where there are many; seen: keys of rows that are left out, whose earlier values stay."""

    kind: str
    rows: pa.Table | Sequence[Path]
    seen: pa.Table

    def of(self, columns: Sequence[str]) -> Iterator[pa.Table]:
        """Some columns of all rows, by and by."""
        if isinstance(self.rows, pa.Table):
            yield self.rows.select(columns)
            return
        for path in self.rows:
            yield pq.read_table(path, columns=list(columns))


@dataclass(slots=True)
class Changes:
    """What a load changed. fresh, replaced: by kind, new rows; rows with other values than before, and the file's own
    that it does not have any more; found: promotions found in sales, new ones."""

    fresh: dict[str, int] = field(default_factory=dict)
    replaced: dict[str, int] = field(default_factory=dict)
    found: int = 0
    changed_anything: bool = False

    def of(self, kind: str) -> tuple[int, int]:
        """New and replaced rows of a kind."""
        return self.fresh.get(kind, 0), self.replaced.get(kind, 0)


def put_file(stores: Stores, scope: Scope, file: str, parts: Sequence[Rows]) -> Changes:
    """Puts a file's rows in place, all in one transaction; the same rows again change nothing.

    A row takes the place of that of the same key. Rows that the file of this name had brought before, within the days
    that it covers now, and that it has no more, go. Promotions without a name are found anew in the sales that changed.
    Raises NotPermitted, StoreError.
    """
    done = Changes()
    with promo_load(stores.operational, scope) as session:
        for part in parts:
            _put(session, file, part, done)
        if any(part.kind in (SALES, PROMOTIONS) for part in parts) and done.changed_anything:
            done.found = _find(session, parts)
        if done.changed_anything:
            session.execute("workbooks/publish", dataset=PROMO)
            told = {part.kind: dict(zip(("new", "replaced"), done.of(part.kind), strict=True)) for part in parts}
            note(session, scope.person, Action.WORKBOOKS_LOAD, file, after=told | {"promotions_found": done.found})
    return done


def _put(session: Session, file: str, part: Rows, done: Changes) -> None:
    rows, seen = part.rows, part.seen
    changes, put = _STATEMENTS[part.kind]
    if part.kind == PROMOTIONS and isinstance(rows, pa.Table):
        rows, seen = _with_ids(rows), _with_ids(seen)
        rows = rows.append_column("differs", pa.array(_differing(session, rows), pa.bool_()))
    session.stage("arriving_rows", rows)
    kept = seen.schema.names if part.kind != PROMOTIONS else ["id"]
    if isinstance(rows, pa.Table):
        session.stage("kept_keys", pa.concat_tables([rows.select(kept), seen.select(kept)]))
    else:
        # Columns are those of the first file.
        left_out = rows[0].with_name("left_out.parquet")
        pq.write_table(seen.select(kept), left_out)
        session.stage("kept_keys", [left_out, *rows])
    bound: dict[str, Any] = {"file": file}
    if column := _SPAN[part.kind]:
        ends = [pc.min_max(table[column]).as_py() for table in part.of([column])]
        bound |= {"first": min(end["min"] for end in ends), "last": max(end["max"] for end in ends)}
    told = session.rows(changes, **bound)[0]
    fresh, replaced = int(told["fresh"]), int(told["changed"]) + int(told["gone"])
    if fresh or replaced or told["taken"]:
        session.execute(put, **bound)
    done.fresh[part.kind], done.replaced[part.kind] = fresh, replaced
    done.changed_anything = done.changed_anything or bool(fresh or replaced)


def _differing(session: Session, rows: pa.Table) -> list[bool]:
    """Which promotions are there with other terms."""
    held = {
        row["id"]: (row["avg_discount_pct"], _read(row["mechanics"])) for row in session.rows("workbooks/promo_held")
    }
    arriving = ((row["id"], (row["avg_discount_pct"], _read(row["mechanics"]))) for row in rows.to_pylist())
    return [id in held and held[id] != terms for id, terms in arriving]


def _read(mechanics: Any) -> Any:
    return json.loads(mechanics) if isinstance(mechanics, str) else mechanics


def _with_ids(rows: pa.Table) -> pa.Table:
    names = ("promo_name", "date_start", "date_end", "departments", "channels")
    ids = [
        str(uuid.uuid5(_NAMES, json.dumps(values, default=str)))
        for values in zip(*(rows[name].to_pylist() for name in names), strict=True)
    ]
    return rows.append_column("id", pa.array(ids, pa.string()))


def _find(session: Session, parts: Sequence[Rows]) -> int:
    """Promotions without a name, of the departments and channels that the file brought: how many are new."""
    held = session.rows("workbooks/promo_held")
    found_before = {row["id"]: row for row in held if row["is_found"]}
    if any(part.kind == PROMOTIONS for part in parts):
        series = {(row["department"], row["channel"]) for row in session.rows("workbooks/series")}
        series |= {(row["departments"][0], row["channels"][0]) for row in found_before.values()}
    else:
        keys = ["department", "channel"]
        series = {
            one
            for part in parts
            if part.kind == SALES
            for table in (*part.of(keys), part.seen)
            for one in _series(table)
        }
    ordered = sorted(series)
    session.stage(
        "touched_series",
        pa.table({"department": pa.array([one[0] for one in ordered], pa.string()),
                  "channel": pa.array([one[1] for one in ordered], pa.string())}),
    )  # fmt: skip
    days = (
        PromoDay(
            row["department"], row["channel"], row["date"], float(row["weighted"] or 0), float(row["weight"] or 0),
            row["source_file"] or "",
        )
        # As objects only some thousand at once.
        for batch in session.query("workbooks/promo_days").to_batches(max_chunksize=_BATCH_ROWS)
        for row in batch.to_pylist()
    )  # fmt: skip
    named = [
        Named(row["date_start"], row["date_end"], row["departments"] or (), row["channels"] or ())
        for row in held
        if not row["is_found"]
    ]
    wanted = {_id(run): run for run in runs(days, named)}
    lost = [
        id for id, row in found_before.items()
        if id not in wanted and (row["departments"][0], row["channels"][0]) in series
    ]  # fmt: skip
    new = {id: run for id, run in wanted.items() if id not in found_before or not _same(run, found_before[id])}
    if not lost and not new:
        return 0
    session.stage("lost_promotions", pa.table({"id": pa.array(lost, pa.string())}))
    session.stage("found_promotions", _as_rows(new))
    session.execute("workbooks/found_put")
    return len(new.keys() - found_before.keys())


def _series(rows: pa.Table) -> set[tuple[str, str]]:
    """The departments and channels of sales."""
    pairs = rows.select(["department", "channel"]).group_by(["department", "channel"]).aggregate([]).to_pylist()
    return {(pair["department"], pair["channel"]) for pair in pairs if None not in pair.values()}


def _id(run: Run) -> str:
    """A run that grows at its end is the same one."""
    return str(uuid.uuid5(_NAMES, json.dumps(["found", run.department, run.channel, run.start.isoformat()])))


def _same(run: Run, row: Mapping[str, Any]) -> bool:
    depth = None if row["avg_discount_pct"] is None else float(row["avg_discount_pct"])
    return bool(row["date_end"] == run.end and depth == _depth(run))


def _depth(run: Run) -> float | None:
    return None if run.discount is None else round(run.discount, 2)


def _as_rows(found: Mapping[str, Run]) -> pa.Table:
    kept = list(found.values())
    depth = [_depth(run) for run in kept]
    mechanics = [
        json.dumps([{"department": run.department, "channel": run.channel, "discount_pct": one, "segments": ["ALL"],
                     "notes": "found in sales"}])
        for run, one in zip(kept, depth, strict=True)
    ]  # fmt: skip
    return pa.table(
        {
            "id": pa.array(list(found), pa.string()),
            "date_start": pa.array([run.start for run in kept], pa.date32()),
            "date_end": pa.array([run.end for run in kept], pa.date32()),
            "departments": pa.array([[run.department] for run in kept], pa.list_(pa.string())),
            "channels": pa.array([[run.channel] for run in kept], pa.list_(pa.string())),
            "avg_discount_pct": pa.array(depth, pa.float64()).cast(pa.decimal128(18, 2), safe=False),
            "mechanics": pa.array(mechanics, pa.string()),
            "source_file": pa.array([run.source for run in kept], pa.string()),
        }
    )
