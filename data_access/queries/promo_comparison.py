"""Scenarios as they are compared: their newest figures with the interval around them."""

from __future__ import annotations

import json
from collections.abc import Sequence

from analytics.promo.comparison import Side, side_of
from data_access.queries.promo_scenarios import scenario
from data_access.repeating import repeatable
from data_access.scope import Right, Scope
from data_access.scoped import promo_read
from data_access.stores import Stores


@repeatable
def sides(stores: Stores, scope: Scope, asked: tuple[str, ...]) -> Sequence[Side]:
    """The scenarios of these ids that are there and have figures, in their order. Raises NotPermitted, StoreError."""
    scope.require(Right.PROMO_READ)
    found = []
    for id in asked:
        standing = scenario(stores, scope, id)
        if standing is None or standing.kpis is None:
            continue
        with promo_read(stores.operational, scope) as session:
            row = session.one("read/promo/intervals", scenario=standing.version.scenario_id)
        intervals = json.loads(row["forecast"]).get("intervals", {}) if row else {}
        score = None if standing.validation is None else standing.validation["overall_score"]
        found.append(side_of(standing.version, standing.kpis, score, intervals))
    return tuple(found)
