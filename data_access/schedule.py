"""What is done by the clock, as rows of `scheduled_work`: one lease a piece of work, so that it is never done twice.

A scheduler claims a row that it has read; the claim holds only where nobody changed the row since. While it works it
renews its lease. A lease that is over, or whose process on this machine is gone, can be claimed by another scheduler.
"""

from __future__ import annotations

import json
import os
import secrets
import socket
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from data_access.engines.base import Session, Store
from data_access.jobs import this_process
from data_access.repeating import repeatable

# The schedulers of this process that live: a row of this process that belongs to none of them is dead.
_LIVING: set[str] = set()


@dataclass(frozen=True, slots=True)
class WorkRow:
    """A piece of work as its row says. account: '' for the whole installation. slot: the newest due moment served.

    state: waiting (never done yet, or to be done again), running, done, failed. failures: in a row. retry_at: when it
    is tried again after a failure. All times UTC.
    """

    account: str
    work: str
    slot: datetime
    state: str
    version: int
    lease_owner: str | None
    lease_until: datetime | None
    started_at: datetime | None
    finished_at: datetime | None
    succeeded_at: datetime | None
    failures: int
    retry_at: datetime | None
    message: str | None

    @property
    def running(self) -> bool:
        return self.state == "running"


@dataclass(frozen=True, slots=True)
class Found:
    """What a piece of work last found. result: as the work left it. All times UTC."""

    state: str
    started_at: datetime | None
    finished_at: datetime | None
    message: str | None
    result: dict[str, Any]


def new_owner() -> str:
    """A name for a scheduler of this process, under which it claims; `let_go` ends it."""
    owner = f"{this_process()}:{secrets.token_hex(4)}"
    _LIVING.add(owner)
    return owner


def let_go(owner: str) -> None:
    """The scheduler of that name does nothing any more: what it still holds may be claimed by others at once."""
    _LIVING.discard(owner)


def known_work(session: Session) -> dict[tuple[str, str], WorkRow]:
    """All rows, by account ('' for the whole installation) and work."""
    rows = [WorkRow(account=row.pop("klaviyo_public_id"), **row) for row in session.rows("schedule/rows")]
    return {(row.account, row.work): row for row in rows}


def register(session: Session, account: str, work: str, slot: datetime) -> None:
    """Makes the row of a piece of work, as if `slot` had been served; nothing where it is known."""
    session.execute("schedule/register", account=account, work=work, slot=slot)


def claim(
    store: Store, row: WorkRow, *, slot: datetime, owner: str, now: datetime, lease: timedelta, failures: int
) -> bool:
    """Whether the work is this scheduler's now: false where its row changed since it was read. Raises StoreError."""
    with store.write() as session:
        changed = session.execute(
            "schedule/claim",
            account=row.account,
            work=row.work,
            version=row.version,
            slot=slot,
            owner=owner,
            until=now + lease,
            now=now,
            failures=failures,
        )
    return changed == 1


@repeatable
def renew(store: Store, owner: str, until: datetime) -> None:
    """Says that a scheduler lives, for all that it works on. Raises StoreError."""
    with store.write() as session:
        session.execute("schedule/renew", owner=owner, until=until)


@repeatable
def finish(
    store: Store,
    row: WorkRow,
    *,
    owner: str,
    state: str,
    now: datetime,
    failures: int,
    retry_at: datetime | None,
    message: str,
    result: Mapping[str, Any] | None,
) -> None:
    """Ends a piece of work; nothing where another scheduler has taken it over. Raises StoreError."""
    with store.write() as session:
        session.execute(
            "schedule/finish",
            account=row.account,
            work=row.work,
            owner=owner,
            state=state,
            succeeded=state == "done",
            now=now,
            failures=failures,
            retry_at=retry_at,
            message=message,
            result=None if result is None else json.dumps(result, ensure_ascii=False, default=str),
        )


@repeatable
def note(store: Store, account: str, work: str, result: Mapping[str, Any]) -> None:
    """Keeps how far a piece of work has come, for whoever takes it over. Raises StoreError."""
    with store.write() as session:
        told = json.dumps(result, ensure_ascii=False, default=str)
        session.execute("schedule/note", account=account, work=work, result=told)


def last_found(session: Session, account: str, work: str) -> Found | None:
    """What a piece of work last found; None where the clock does not know it yet."""
    row = session.one("schedule/result", account=account, work=work)
    if row is None:
        return None
    return Found(row["state"], row["started_at"], row["finished_at"], row["message"], json.loads(row["result"] or "{}"))


def dead(row: WorkRow, now: datetime) -> bool:
    """Whether a running piece of work has nobody who works on it."""
    if not row.running:
        return False
    owner = row.lease_owner or ""
    if owner.startswith(f"{this_process()}:"):
        # A thread of this very process that is busy in a long transaction is alive, whatever its lease says.
        return owner not in _LIVING
    if row.lease_until is None or row.lease_until <= now:
        return True
    host, _, pid = owner.rpartition(":")[0].rpartition(":")
    if host != socket.gethostname() or not pid.isdigit():
        return False
    try:
        os.kill(int(pid), 0)
    except ProcessLookupError:
        return True
    except PermissionError:
        return False
    return False


def working(session: Session, now: datetime) -> list[str]:
    """Work by the clock that somebody does, each as a piece of a sentence."""
    return [
        f"the schedule is at work ({row.work}, process {row.lease_owner})"
        for row in known_work(session).values()
        if row.running and not dead(row, now)
    ]


def figures_due(session: Session, account: str) -> bool:
    """Whether something of the account was loaded that its figures do not hold yet, or a run that was putting them in
    place has not come to its end."""
    row = session.rows("schedule/pending", account=account)[0]
    return bool(row["touched"] or row["publishing"]) or row["newest"] > row["projected"]
