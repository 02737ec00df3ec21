"""The record of retention, upkeep, backups and restores: what ran last, and how it ended."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import PurePath
from typing import Any, Final, Literal

from analytics.audit import Action
from data_access.engines.base import Session, Store
from data_access.errors import StoreError
from data_access.jobs import new_job_id, this_process
from data_access.repeating import repeatable
from data_access.writes.audit import note

Kind = Literal["retention", "maintain", "backup", "trial_restore", "restore"]
KINDS: Final[tuple[Kind, ...]] = ("retention", "maintain", "backup", "trial_restore", "restore")
_ACTIONS: Final[Mapping[Kind, Action]] = {
    "retention": Action.RETENTION,
    "maintain": Action.MAINTAIN,
    "backup": Action.BACKUP,
    "trial_restore": Action.TRIAL_RESTORE,
    "restore": Action.RESTORE,
}
_CUT_OFF: Final = "The process that ran it stopped."


@dataclass(slots=True)
class OperationRun:
    """A run as its row says. state: running, done, failed. details: what it did, by kind. All times UTC."""

    run_id: str
    kind: str
    account: str | None
    state: str
    started_by: str | None
    details: dict[str, Any] = field(default_factory=dict)
    error: str | None = None
    started_at: datetime | None = None
    finished_at: datetime | None = None


@contextmanager
def recorded(store: Store, kind: Kind, *, by: str, account: str | None = None) -> Iterator[dict[str, Any]]:
    """Records a run around the block; what is put into the yielded dictionary becomes its details.

    A run that ends with an exception is recorded as failed with its sentence, and the exception goes on. Raises
    StoreError.
    """
    run_id = new_job_id(datetime.now(UTC))
    details: dict[str, Any] = {}
    with store.write() as session:
        session.execute(
            "operations/run_start",
            run=run_id,
            kind=kind,
            account=account or "",
            by=by,
            owner=this_process(),
            now=datetime.now(UTC),
        )
    try:
        yield details
    except BaseException as error:
        # Where the database itself is the trouble, its own error is the one to tell; the next run ends this row.
        with suppress(StoreError):
            _finish(store, run_id, "failed", details, str(error) or _CUT_OFF, _Noted(kind, by, account))
        raise
    _finish(store, run_id, "done", details, None, _Noted(kind, by, account))


def record_done(
    session: Session, kind: Kind, *, by: str, details: Mapping[str, Any], account: str | None = None
) -> None:
    """Records a run that has ended well, within the caller's transaction."""
    run_id, now = new_job_id(datetime.now(UTC)), datetime.now(UTC)
    session.execute(
        "operations/run_start", run=run_id, kind=kind, account=account or "", by=by, owner=this_process(), now=now
    )
    session.execute(
        "operations/run_finish", run=run_id, state="done", details=_json(details), error=None, now=datetime.now(UTC)
    )
    _note(session, _Noted(kind, by, account), details, None)


def last_runs(session: Session) -> list[OperationRun]:
    """The newest run of each kind, and the newest of each that ended well; newest first."""
    return [_run(row) for row in session.rows("operations/runs_last")]


def last_done(session: Session, kind: Kind) -> OperationRun | None:
    """The newest run of a kind that ended well."""
    found = [run for run in last_runs(session) if run.kind == kind and run.state == "done"]
    return found[0] if found else None


@dataclass(frozen=True, slots=True)
class _Noted:
    """A run as the audit log names it."""

    kind: Kind
    by: str
    account: str | None


def _note(session: Session, run: _Noted, details: Mapping[str, Any], error: str | None) -> None:
    """Notes a run; retention only where it took rows away."""
    if run.kind == "retention" and not details and error is None:
        return
    told = dict(details) if run.kind != "maintain" else {}
    thing = PurePath(str(told.pop("backup"))).name if "backup" in told else "database"
    after = told if error is None else {**told, "failed": error}
    note(session, run.by, _ACTIONS[run.kind], thing, account=run.account or None, after=after)


@repeatable
def _finish(
    store: Store, run_id: str, state: str, details: Mapping[str, Any], error: str | None, run: _Noted
) -> None:  # fmt: skip
    with store.write() as session:
        session.execute(
            "operations/run_finish",
            run=run_id,
            state=state,
            details=_json(details),
            error=error,
            now=datetime.now(UTC),
        )
        _note(session, run, details, error)


def _json(details: Mapping[str, Any]) -> str:
    return json.dumps(details, ensure_ascii=False, default=str)


def _run(row: Mapping[str, Any]) -> OperationRun:
    told = row["details"] or "{}"
    return OperationRun(
        run_id=row["run_id"],
        kind=row["kind"],
        account=row["klaviyo_public_id"],
        state=row["state"],
        started_by=row["started_by"],
        details=json.loads(told) if isinstance(told, str) else told,
        error=row["error"],
        started_at=row["started_at"],
        finished_at=row["finished_at"],
    )
