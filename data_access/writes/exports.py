"""Files that people take away: each is noted before it is handed out."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from analytics.audit import Action
from data_access.scope import Right, Scope
from data_access.stores import Stores
from data_access.writes.audit import note_apart


def note_export(stores: Stores, scope: Scope, account: str | None, title: str, told: Mapping[str, Any]) -> None:
    """Notes a file. account: whose figures it holds, None for the company's; title: what it is called; told: its
    format, size and what it says of itself. Raises NotPermitted, StoreError: then it is not to be handed out."""
    scope.require(Right.EXPORT, account)
    note_apart(stores.operational, scope.person, Action.EXPORT, title, account=account, after=told)
