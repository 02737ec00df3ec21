"""Ordered, immutable, checksummed migrations: one set a store and engine, each step one transaction.

On ClickHouse, which has none, a step is statements that bear a repetition, recorded after them.
"""

from __future__ import annotations

import hashlib
import re
from contextlib import AbstractContextManager
from dataclasses import dataclass
from pathlib import Path

from data_access import roles
from data_access.engines.base import Session, Store, Unbundling
from data_access.errors import SchemaOutdated, StatementRefused
from data_access.stores import Stores
from settings import PROJECT_ROOT, SCHEMA_VERSION

MIGRATIONS_ROOT = PROJECT_ROOT / "migrations"


@dataclass(frozen=True, slots=True)
class Step:
    """One migration file."""

    store: str
    version: int
    name: str
    path: Path

    @property
    def text(self) -> str:
        return self.path.read_text(encoding="utf-8")

    @property
    def unbundled(self) -> bool:
        """Whether its statements permit no transaction (-- transaction: none): each commits by itself and bears a
        repetition, as CREATE INDEX CONCURRENTLY IF NOT EXISTS does."""
        return self.text.startswith("-- transaction: none\n")

    @property
    def checksum(self) -> str:
        return hashlib.sha256(self.path.read_bytes()).hexdigest()


@dataclass(frozen=True, slots=True)
class Drift:
    """What separates a database from this program's migrations."""

    pending: tuple[Step, ...]
    changed: tuple[Step, ...]
    unknown: tuple[str, ...]

    @property
    def clean(self) -> bool:
        return not (self.pending or self.changed or self.unknown)


def steps(store: str, dialect: str) -> list[Step]:
    """The steps of a store ('operational' or 'warehouse') on an engine, in order."""
    found = sorted((MIGRATIONS_ROOT / store / dialect).glob("[0-9][0-9][0-9][0-9]_*.sql"))
    return [Step(store, int(path.stem[:4]), path.stem[5:], path) for path in found]


def migrate(stores: Stores) -> list[Step]:
    """Brings both stores to this program's schema; the steps that were applied. A failing step leaves the one before.

    Raises SchemaOutdated where a recorded step was edited or belongs to a newer program, and StoreError.
    """
    found = drift(stores)
    _refuse_newer(found)
    if found.clean:
        return []  # a login that may change no table comes as far as this
    applied: list[Step] = []
    for role, store in _roles(stores):
        with store.write() as session:
            session.execute("migrate/create_log")
        for step in steps(role, store.dialect):
            # The record is read where the step is applied: of two runners, the second finds it done.
            with _applying(store, step) as session:
                recorded = _recorded(session, role).get(step.version)
                if recorded is None:
                    _apply(session, step)
                    session.execute(
                        "migrate/record",
                        store=role,
                        version=step.version,
                        name=step.name,
                        checksum=step.checksum,
                        schema_version=SCHEMA_VERSION,
                    )
                    applied.append(step)
                elif recorded != step.checksum:
                    raise SchemaOutdated(
                        f"{step.path.name} was changed after it had been applied. Install the version it came from."
                    )
    roles.renew(stores.operational)
    return applied


def _refuse_newer(found: Drift) -> None:
    if found.unknown:
        raise SchemaOutdated(
            f"The database was made by a newer version of Promolens (steps {', '.join(found.unknown)}). Update this"
            " installation."
        )


def _applying(store: Store, step: Step) -> AbstractContextManager[Session]:
    if step.unbundled and isinstance(store, Unbundling):
        return store.unbundled()
    return store.write()


def _apply(session: Session, step: Step) -> None:
    try:
        for statement in split(step.text):
            session.execute_text(statement)
    except StatementRefused as error:
        left = (
            "and can be run again"
            if session.dialect == "clickhouse" or step.unbundled
            else "and nothing of it was kept"
        )
        raise StatementRefused(f"Step {step.path.name} failed, {left}: {error}") from error


def drift(stores: Stores) -> Drift:
    """Compares what is recorded in both stores with this program's migrations; changes nothing."""
    pending: list[Step] = []
    changed: list[Step] = []
    unknown: list[str] = []
    for role, store in _roles(stores):
        with store.read() as session:
            recorded = _recorded(session, role) if session.one("migrate/log_exists") else {}
        known = steps(role, store.dialect)
        pending += [step for step in known if step.version not in recorded]
        changed += [step for step in known if recorded.get(step.version, step.checksum) != step.checksum]
        unknown += [f"{role} {version:04d}" for version in recorded if version not in {step.version for step in known}]
    return Drift(tuple(pending), tuple(changed), tuple(unknown))


def untouched(stores: Stores) -> bool:
    """Whether no step was ever applied to either store: a database that is new and empty."""
    for _, store in _roles(stores):
        with store.read() as session:
            if session.one("migrate/log_exists"):
                return False
    return True


def require_current(stores: Stores) -> None:
    """Raises SchemaOutdated unless both stores have exactly this program's schema."""
    found = drift(stores)
    _refuse_newer(found)
    if not found.clean:
        raise SchemaOutdated("The database is not at this version's schema. Run 'promolens migrate'.")


def split(text: str) -> list[str]:
    """The statements of a migration file: parted by a semicolon at the end of a line, outside of $$ bodies."""
    statements: list[str] = []
    current: list[str] = []
    quoted = False
    for line in text.splitlines():
        if not current and (not line.strip() or line.lstrip().startswith("--")):
            continue
        current.append(line)
        quoted ^= line.count("$$") % 2 == 1
        if re.sub(r"(^|\s)--.*", "", line).rstrip().endswith(";") and not quoted:
            statements.append("\n".join(current).rstrip().rstrip(";"))
            current = []
    if current:
        statements.append("\n".join(current))
    return statements


def _roles(stores: Stores) -> list[tuple[str, Store]]:
    return [("operational", stores.operational), ("warehouse", stores.warehouse)]


def _recorded(session: Session, role: str) -> dict[int, str]:
    return {row["version"]: row["checksum"] for row in session.rows("migrate/recorded", store=role)}
