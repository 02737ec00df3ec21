"""The views that a person may open: their own, and those that others share of stores that they see."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from typing import Any

from analytics.saved_views import SavedView
from data_access.repeating import repeatable
from data_access.scope import Right, Scope
from data_access.scoped import promo_read, scoped_read
from data_access.stores import Stores


@repeatable
def saved_views(stores: Stores, scope: Scope, accounts: Sequence[str]) -> list[SavedView]:
    """Those of some stores and of the company's pages, by name; of what the scope does not see there are none. Raises
    NotPermitted, StoreError.

    A view that its owner saved of a store which they may no longer see is not among them.
    """
    scope.require(Right.VIEW)
    found: list[SavedView] = []
    for account in filter(scope.sees, accounts):
        with scoped_read(stores.operational, scope, account) as session:
            found += [view_of(row) for row in session.rows("read/saved_views/list", person=scope.person)]
    if scope.allows(Right.PROMO_READ):
        with promo_read(stores.operational, scope) as session:
            found += [view_of(row) for row in session.rows("read/saved_views/list", person=scope.person)]
    return sorted(found, key=lambda view: (view.name.lower(), view.owner, view.id))


def view_of(row: Mapping[str, Any]) -> SavedView:
    """A row of saved_views, its filters as JSON text."""
    filters = {name: tuple(values) for name, values in json.loads(row["filters"]).items()}
    return SavedView(
        row["id"], row["account"] or "", row["name"], row["page"], filters, row["owner"], bool(row["shared"])
    )
