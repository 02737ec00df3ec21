"""Views as people save, rename, share and remove them: one name once an owner, each write one transaction."""

from __future__ import annotations

import json

from analytics.audit import Action
from analytics.saved_views import InvalidView, SavedView, checked
from data_access.engines.base import Session
from data_access.queries.saved_views import view_of
from data_access.scope import NotPermitted, Right, Scope
from data_access.stores import Stores
from data_access.writes.audit import note


class ViewChanged(Exception):
    """The view was changed or removed since it was read; nothing was written."""


def save_view(stores: Stores, scope: Scope, view: SavedView) -> bool:
    """Keeps a new view of the scope's person under its id, which the caller makes; whether it was new.

    Raises NotPermitted, InvalidView (the person has another view of that name), StoreError.
    """
    _required(scope, view)
    wanted = checked(view)
    with stores.operational.write() as session:
        if _held(session, scope, wanted.id, wanted.name) is not None:
            return False
        filters = json.dumps({name: list(values) for name, values in wanted.filters.items()})
        session.execute(
            "write/view_put",
            id=wanted.id, account=wanted.account or None, name=wanted.name, page=wanted.page, filters=filters,
            person=scope.person, shared=wanted.shared,
        )  # fmt: skip
        after = {"name": wanted.name, "shared": wanted.shared, "page": wanted.page}
        note(session, scope.person, Action.VIEW_SAVE, wanted.id, account=wanted.account or None, after=after)
    return True


def change_view(stores: Stores, scope: Scope, seen: SavedView, name: str, *, shared: bool) -> None:
    """Renames one's own view, shares it or keeps it to oneself; `seen` is how it was read.

    Raises NotPermitted, InvalidView, ViewChanged, StoreError.
    """
    _required(scope, seen)
    wanted = checked(SavedView(seen.id, seen.account, name, seen.page, seen.filters, seen.owner, shared))
    with stores.operational.write() as session:
        _own(session, scope, seen, wanted.name)
        session.execute("write/view_change", id=seen.id, name=wanted.name, shared=shared)
        after = {"name": wanted.name, "shared": shared}
        note(
            session,
            scope.person,
            Action.VIEW_CHANGE,
            seen.id,
            account=seen.account or None,
            before=_said(seen),
            after=after,
        )


def remove_view(stores: Stores, scope: Scope, seen: SavedView) -> None:
    """Removes one's own view; `seen` is how it was read. Raises NotPermitted, ViewChanged, StoreError."""
    _required(scope, seen)
    with stores.operational.write() as session:
        _own(session, scope, seen, seen.name)
        session.execute("write/view_remove", id=seen.id)
        note(session, scope.person, Action.VIEW_REMOVE, seen.id, account=seen.account or None, before=_said(seen))


def _required(scope: Scope, view: SavedView) -> None:
    """Refuses who may not see what the view shows."""
    scope.require(*((Right.VIEW, view.account) if view.account else (Right.PROMO_READ,)))


def _held(session: Session, scope: Scope, id: str, name: str) -> SavedView | None:
    """The view of an id. Raises InvalidView where the person has another one of that name."""
    rows = [view_of(row) for row in session.rows("write/view_held", id=id, person=scope.person, name=name)]
    if any(row.id != id for row in rows):
        raise InvalidView(f"You have a view named “{name}” already. Choose another name, or remove that one first.")
    return rows[0] if rows else None


def _own(session: Session, scope: Scope, seen: SavedView, name: str) -> None:
    held = _held(session, scope, seen.id, name)
    if held is not None and held.owner != scope.person:
        raise NotPermitted("This view is somebody else's: only its owner can change it.")
    if held is None or (held.account, held.name, held.shared) != (seen.account, seen.name, seen.shared):
        raise ViewChanged("This view was changed or removed after you opened it. Look at what stands there now.")


def _said(view: SavedView) -> dict[str, object]:
    return {"name": view.name, "shared": view.shared}
