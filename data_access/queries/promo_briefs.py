"""The creative brief of a scenario as it stands, and its versions."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from typing import Any

from analytics.promo.brief_edits import BriefVersion, brief_from
from data_access.queries.ids import as_id
from data_access.repeating import repeatable
from data_access.scope import Right, Scope
from data_access.scoped import promo_read
from data_access.stores import Stores


@repeatable
def brief(stores: Stores, scope: Scope, asked: str) -> BriefVersion | None:
    """The brief that stands of a scenario, by the scenario's id; None where none was saved. Raises NotPermitted,
    StoreError."""
    scope.require(Right.PROMO_READ)
    if (id := as_id(asked)) is None:
        return None
    with promo_read(stores.operational, scope) as session:
        row = session.one("read/promo/brief", scenario=id)
    return None if row is None else version_of(row)


@repeatable
def brief_versions(stores: Stores, scope: Scope, asked: str) -> Sequence[BriefVersion]:
    """The versions of a scenario's brief, the newest first. Raises NotPermitted, StoreError."""
    scope.require(Right.PROMO_READ)
    if (id := as_id(asked)) is None:
        return ()
    with promo_read(stores.operational, scope) as session:
        return tuple(version_of(row) for row in session.rows("read/promo/brief_versions", scenario=id))


def version_of(row: Mapping[str, Any]) -> BriefVersion:
    """A row of brief_versions or creative_briefs, its documents as JSON text."""
    written_for = row["scenario_version"]
    return BriefVersion(
        scenario_id=row["scenario_id"],
        number=int(row["version"]),
        brief=brief_from(json.loads(row["brief"]), json.loads(row["assets"] or "[]")),
        author=row["author"],
        created_at=row["created_at"],
        scenario_version=None if written_for is None else int(written_for),
    )
