"""What is kept of this installation's health: what was last found, what runs by the clock, the last operations."""

from __future__ import annotations

from dataclasses import dataclass

from data_access import schedule
from data_access.operations.runs import OperationRun, last_runs
from data_access.repeating import repeatable
from data_access.schedule import Found
from data_access.scope import Right, Scope
from data_access.stores import Stores


@dataclass(frozen=True, slots=True)
class Health:
    """checks: what is quickly told; examination: what takes time; None before the first. operations: the newest run of
    each kind and state, newest first."""

    checks: Found | None
    examination: Found | None
    operations: tuple[OperationRun, ...]


@repeatable
def health(stores: Stores, scope: Scope, checks: str, examination: str) -> Health:
    """What was last found by these pieces of work. Raises NotPermitted, StoreError."""
    scope.require(Right.ADMIN)
    with stores.operational.read() as session:
        return Health(
            checks=schedule.last_found(session, "", checks),
            examination=schedule.last_found(session, "", examination),
            operations=tuple(last_runs(session)),
        )
