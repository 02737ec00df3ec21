"""SQL files: one named statement each, with purpose, grain and parameters on top.

A file `sql/<area>/<name>.sql` serves every engine; `sql/<engine>/<area>/<name>.sql` replaces it on that engine only.
Head lines: `-- purpose: …`, `-- grain: …`, `-- params: account String, start Date` (ClickHouse type names) and, for
what pages read, `-- reads: relation, relation`. `-- @next` alone on a line parts the statements of one step.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

from data_access.sources import sources

SQL_ROOT = Path(__file__).resolve().parent / "sql"
ENGINE_FOLDERS = ("duckdb", "postgresql", "clickhouse")

_HEAD = re.compile(r"^--\s*(purpose|grain|params|reads):\s*(.*)$")
_TOKEN = re.compile(r"'(?:[^']|'')*'|\"[^\"]*\"|--[^\n]*|::|:([A-Za-z_]\w*)")


class StatementError(Exception):
    """A SQL file is missing, or its head does not say what it must."""


@dataclass(frozen=True, slots=True)
class Part:
    """One statement of a file: its text with engine placeholders, and the parameters that it names."""

    text: str
    names: frozenset[str]


@dataclass(frozen=True, slots=True)
class Statement:
    """A SQL file as it stands for one engine."""

    name: str
    dialect: str
    purpose: str
    grain: str
    params: dict[str, str]
    reads: tuple[str, ...]
    parts: tuple[Part, ...]
    sources: frozenset[str]

    @property
    def single(self) -> Part:
        """The only statement; raises StatementError where the file holds several."""
        if len(self.parts) != 1:
            raise StatementError(f"{self.name}: a query must be one statement, this file holds {len(self.parts)}")
        return self.parts[0]


def render(sql: str, dialect: str, params: dict[str, str]) -> Part:
    """`:name` placeholders as the engine writes them: $name, %(name)s or {name:Type}. Literals are left alone."""
    names: set[str] = set()

    def put(match: re.Match[str]) -> str:
        name = match.group(1)
        if name is None:
            return match.group(0).replace("%", "%%") if dialect == "postgresql" else match.group(0)
        names.add(name)
        if dialect == "duckdb":
            return f"${name}"
        if dialect == "postgresql":
            return f"%({name})s"
        if name not in params:
            raise StatementError(f"parameter :{name} has no type in the head line 'params'")
        return f"{{{name}:{params[name]}}}"

    return Part(_TOKEN.sub(put, sql).strip().rstrip(";"), frozenset(names))


def _path(name: str, dialect: str) -> Path:
    own = SQL_ROOT / dialect / f"{name}.sql"
    common = SQL_ROOT / f"{name}.sql"
    for path in (own, common):
        if path.is_file():
            return path
    raise StatementError(f"There is no SQL file '{name}.sql' for {dialect}")


@lru_cache(maxsize=1024)
def load(name: str, dialect: str) -> Statement:
    """The statement `name` (path below sql/, without ending) for an engine. Raises StatementError."""
    text = text_of(name, dialect)
    head: dict[str, str] = {}
    for line in text.splitlines():
        match = _HEAD.match(line)
        if match:
            head[match.group(1)] = (
                f"{head[match.group(1)]} {match.group(2)}" if match.group(1) in head else match.group(2)
            )
    for needed in ("purpose", "grain"):
        if needed not in head:
            raise StatementError(f"{name}.sql: the head line '-- {needed}: …' is missing")
    params = {}
    for item in filter(None, (piece.strip() for piece in re.split(r",(?![^(]*\))", head.get("params", "")))):
        key, _, kind = item.partition(" ")
        params[key] = kind.strip() or "String"
    reads = tuple(item.strip() for item in head.get("reads", "").split(",") if item.strip())
    bodies = [body for body in re.split(r"(?m)^--\s*@next\s*$", text) if _bare(body)]
    parts = tuple(render(body, dialect, params) for body in bodies)
    undeclared = frozenset().union(*(part.names for part in parts)) - params.keys()
    if undeclared:
        raise StatementError(f"{name}.sql: parameters {sorted(undeclared)} are not in the head line 'params'")
    named = frozenset().union(*(sources(body) for body in bodies))
    return Statement(name, dialect, head["purpose"], head["grain"], params, reads, parts, named)


def text_of(name: str, dialect: str) -> str:
    """The file as it stands for an engine. Raises StatementError."""
    return _path(name, dialect).read_text(encoding="utf-8")


def _bare(sql: str) -> str:
    """The text without comments and string literals."""
    return re.sub(r"--[^\n]*|'(?:[^']|'')*'", " ", sql).strip()
