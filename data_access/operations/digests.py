"""Whether a table holds the same rows as its backup, whatever their order and whichever engine holds it."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any, Final

import pyarrow as pa
import pyarrow.parquet as pq

from data_access.engines.base import Session
from data_access.engines.duckdb import scratch
from data_access.operations.tables import PORTION_ROWS, Table, composed, portions, quoted

_ROWS: Final = "digested_rows"
_JSON: Final = frozenset({"json", "jsonb"})


class Digests:
    """Compares rows in an embedded engine of its own, so that every engine's rows are hashed alike."""

    def __init__(self) -> None:
        self._engine = scratch()

    def __enter__(self) -> Digests:
        self._session = self._engine.__enter__()
        return self

    def __exit__(self, *ended: Any) -> None:
        self._engine.__exit__(*ended)

    def same(self, session: Session, table: Table, path: Path) -> bool:
        """Whether the table's rows are those of the Parquet file, in the columns that both have."""
        file = pq.ParquetFile(path)
        names = [column.name for column in table.columns if column.name in file.schema_arrow.names]
        kinds = self._kinds(file.schema_arrow.empty_table().select(names))
        values = self._values(names, kinds, lists_empty=session.dialect == "clickhouse")
        # PostgreSQL keeps documents as it understands them, not as they were written.
        documents = {c.name for c in table.columns if session.dialect == "postgresql" and c.kind in _JSON}
        backed_up = (pa.Table.from_batches([batch]) for batch in file.iter_batches(PORTION_ROWS, columns=names))
        return self._digest(backed_up, values, documents) == self._digest(
            portions(session, table, names), values, documents
        )

    def _kinds(self, rows: pa.Table) -> dict[str, str]:
        self._session.stage(_ROWS, rows)
        text = composed("operations/kinds", "duckdb", {"the_table": _ROWS})
        return {row["column_name"]: row["column_type"] for row in self._session.query_text(text, {}).to_pylist()}

    def _values(self, names: list[str], kinds: dict[str, str], *, lists_empty: bool) -> str:
        found = []
        for name in names:
            value = f"CAST({quoted(self._session, name)} AS {kinds[name]})"
            # ClickHouse has no missing list or map, only an empty one.
            if lists_empty and kinds[name].endswith("[]"):
                value = f"coalesce({value}, [])"
            elif lists_empty and kinds[name].startswith("MAP"):
                value = f"coalesce({value}, MAP {{}})"
            found.append(value)
        return ", ".join(found)

    def _digest(self, parts: Iterable[pa.Table], values: str, documents: set[str]) -> tuple[int, int]:
        rows = total = 0
        text = composed("operations/digest", "duckdb", {"the_table": _ROWS, "the_values": values})
        for part in _plain(parts, documents):
            self._session.stage(_ROWS, part)
            rows += part.num_rows
            total += int(self._session.query_text(text, {})["digest"][0].as_py())
        return rows, total


def _plain(parts: Iterable[pa.Table], documents: set[str]) -> Iterator[pa.Table]:
    for part in parts:
        for name in documents & set(part.schema.names):
            place = part.schema.get_field_index(name)
            texts = [_document(text) for text in part[name].to_pylist()]
            part = part.set_column(place, name, pa.array(texts, pa.string()))
        yield part


def _document(text: str | None) -> str | None:
    return None if text is None else json.dumps(json.loads(text), sort_keys=True)
