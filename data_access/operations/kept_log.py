"""What a restore does not take away: who did what since the backup, and whose names were erased since.

Rows of the log are added and never changed, so that of the backup and of what stands there each row is kept once. A
pseudonym counts as it stands there: a name that was erased after the backup does not come back with it.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final

import pyarrow as pa

from analytics.access import GROUP
from analytics.audit import Thing
from data_access.engines.base import Session, Store
from data_access.operations.tables import Table, catalogue, composed, portions, quoted
from data_access.pseudonyms import pseudonym_of
from data_access.writes.audit import masked

# Key by table. Who stands behind a pseudonym comes first: rows of a log that has names yet make some.
KEPT: Final = {"persons": "pseudonym", "audit_log": "id"}
_STAGED: Final = "restored_rows"
_TEXTS: Final = ("before_value", "after_value")


def carry_over(old: Store, new: Store) -> None:
    """Puts the log of a database into the one that takes its place. Raises StoreError."""
    with old.read() as source, new.write() as session:
        held, known = catalogue(source, "operational"), catalogue(session, "operational")
        for name in KEPT:
            if name in held:
                put_back(session, known[name], portions(source, held[name], held[name].names))


def put_back(session: Session, table: Table, parts: Iterable[pa.Table]) -> None:
    """Adds the rows that are not there. What was noted before there were pseudonyms gets them. Raises StoreError."""
    for part in parts:
        rows = _pseudonymous(session, part) if table.name == "audit_log" else part
        both = [column for column in table.columns if column.name in rows.schema.names]
        session.stage(_STAGED, rows.select([column.name for column in both]))
        put = _places(session, table) | {
            "the_columns": ", ".join(quoted(session, column.name) for column in both),
            "the_values": ", ".join(f"CAST({quoted(session, c.name)} AS {c.kind})" for c in both),
        }
        session.execute_text(composed("operations/log_in", session.dialect, put))


def is_whole(session: Session, table: Table, parts: Iterable[pa.Table]) -> bool:
    """Whether the table has all of the rows, by their keys. Raises StoreError."""
    for part in parts:
        session.stage(_STAGED, part.select([KEPT[table.name]]))
        text = composed("operations/log_missing", session.dialect, _places(session, table))
        if int(session.query_text(text, {})["missing"][0].as_py()):
            return False
    return True


def _places(session: Session, table: Table) -> dict[str, str]:
    key = next(column for column in table.columns if column.name == KEPT[table.name])
    return {"the_table": table.name, "the_key": quoted(session, key.name), "the_kind": key.kind}


def _pseudonymous(session: Session, rows: pa.Table) -> pa.Table:
    """The rows of a log as they are noted today."""
    found = rows.to_pydict()
    texts = [text for name in _TEXTS for text in found[name] if text is not None and "@" in text]
    actors = [pseudonym_of(session, actor) for actor in found["actor"]]
    things = [
        pseudonym_of(session, id) if kind == Thing.GRANT and id is not None and not id.startswith(GROUP) else id
        for kind, id in zip(found["object_type"], found["object_id"], strict=True)
    ]
    if not texts and actors == found["actor"] and things == found["object_id"]:
        return rows
    told = {"actor": actors, "object_id": things}
    told |= {name: [None if text is None else masked(text) for text in found[name]] for name in _TEXTS}
    for name, values in told.items():
        rows = rows.set_column(rows.schema.get_field_index(name), name, pa.array(values, pa.string()))
    return rows
