"""Notes on days, as people write, change and remove them: checked, kept in one transaction, noted in the audit log.

Each write raises the version of the dataset `annotations`, which is in the cache keys of what draws them.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from analytics.audit import Action
from analytics.day_marks import Note, checked
from data_access.engines.base import Session
from data_access.queries.annotations import DATASET
from data_access.scope import NotPermitted, Right, Scope
from data_access.stores import Stores
from data_access.writes.audit import note as noted


class NoteChanged(Exception):
    """Somebody else changed or removed the note since it was read; nothing was written."""


_CHANGED: Final = (
    "Somebody else changed or removed this note after you opened it. Nothing of yours was written: look at what stands "
    "there now."
)


def add_note(stores: Stores, scope: Scope, account: str, note: Note) -> bool:
    """Keeps a new note under its id, which the caller makes; whether it was new.

    Adding the same one twice keeps it once. Raises NotPermitted, InvalidNote, StoreError.
    """
    scope.require(Right.VIEW, account)
    wanted = checked(note)
    with stores.operational.write() as session:
        if session.one("write/annotation_read", account=account, id=wanted.id) is not None:
            return False
        session.execute(
            "write/annotation_put",
            account=account, id=wanted.id, start=wanted.start, end=wanted.end, note=wanted.text, person=scope.person,
        )  # fmt: skip
        _told(session, scope, account, wanted.id, Action.ANNOTATION_ADD, None, _said(wanted))
    return True


def change_note(stores: Stores, scope: Scope, account: str, seen: Note, wanted: Note) -> None:
    """Gives a note other days or another text; `seen` is how it was read.

    Raises NotPermitted where it is another person's, InvalidNote, NoteChanged, StoreError.
    """
    scope.require(Right.VIEW, account)
    wanted = checked(wanted)
    with stores.operational.write() as session:
        held = _held(session, scope, account, seen)
        if _said(wanted) == held:
            return
        session.execute(
            "write/annotation_change",
            account=account, id=seen.id, start=wanted.start, end=wanted.end, note=wanted.text,
        )  # fmt: skip
        _told(session, scope, account, seen.id, Action.ANNOTATION_CHANGE, held, _said(wanted))


def remove_note(stores: Stores, scope: Scope, account: str, seen: Note) -> None:
    """Removes a note; `seen` is how it was read. Raises NotPermitted, NoteChanged, StoreError."""
    scope.require(Right.VIEW, account)
    with stores.operational.write() as session:
        held = _held(session, scope, account, seen)
        session.execute("write/annotation_remove", account=account, id=seen.id)
        _told(session, scope, account, seen.id, Action.ANNOTATION_REMOVE, held, None)


def may_change(scope: Scope, account: str, note: Note) -> bool:
    """Whether a person may change or remove a note: their own, and with the right to settings everybody's."""
    return note.by == scope.person or scope.allows(Right.SETTINGS, account)


def _held(session: Session, scope: Scope, account: str, seen: Note) -> Mapping[str, Any]:
    """The note as it stands, where it is still as it was read and the person may change it."""
    row = session.one("write/annotation_read", account=account, id=seen.id)
    if row is None:
        raise NoteChanged(_CHANGED)
    held = Note(seen.id, row["date_start"], row["date_end"], row["note"], row["created_by"])
    if not may_change(scope, account, held):
        raise NotPermitted("This note is somebody else's. Its author can change it, and so can an admin.")
    if _said(held) != _said(seen):
        raise NoteChanged(_CHANGED)
    return _said(held)


def _said(note: Note) -> Mapping[str, Any]:
    return {"date_start": note.start.isoformat(), "date_end": note.end.isoformat(), "note": note.text}


def _told(
    session: Session,
    scope: Scope,
    account: str,
    id: str,
    action: Action,
    before: Mapping[str, Any] | None,
    after: Mapping[str, Any] | None,
) -> None:
    session.execute("aggregate/publish", account=account, datasets=[DATASET])
    noted(session, scope.person, action, id, account=account, before=before, after=after)
