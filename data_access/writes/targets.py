"""What planners type as targets: the same rows as a workbook brings, never over what somebody changed meanwhile."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import Any

from analytics.audit import Action
from analytics.promo.targets import Change, Goal, Key, checked
from data_access.queries.promo_state import TARGETS
from data_access.scope import Scope
from data_access.scoped import promo_write
from data_access.stores import Stores
from data_access.writes.audit import note


class TargetsChanged(Exception):
    """Somebody else changed some of these targets since they were opened; nothing was written. standing: what stands
    there now, by key, None where the target was taken out."""

    def __init__(self, standing: Mapping[Key, Goal | None]) -> None:
        self.standing = dict(standing)
        which = ", ".join(f"{key.month} {key.geo}" for key in standing)
        super().__init__(
            f"Somebody else changed {which} after you opened the targets. Nothing of yours was written: look at what"
            " stands there now, then save again."
        )


def save_targets(stores: Stores, scope: Scope, changes: Sequence[Change]) -> int:
    """Puts targets in place, all in one transaction: those of workbooks too, which then count as typed. How many rows
    were changed; what stands there already is left alone, so that saving twice changes nothing.

    Raises NotPermitted, ValueError for a month that is none, TargetsChanged, StoreError.
    """
    checked(changes)
    with promo_write(stores.operational, scope) as session:
        held = {Key(row["month"], row["geo"]): goal_of(row) for row in session.rows("targets/held")}
        open_ones = [one for one in changes if held.get(one.key) != one.wanted]
        moved = {one.key: held.get(one.key) for one in open_ones if held.get(one.key) != one.seen}
        if moved:
            raise TargetsChanged(moved)
        for one in open_ones:
            key = {"month": one.key.month, "geo": one.key.geo}
            if one.wanted is None:
                session.execute("targets/remove", **key)
            else:
                goal = one.wanted
                session.execute("targets/put", **key, sales=goal.sales, margin=goal.margin_pct, units=goal.units)
            note(
                session, scope.person, Action.TARGET_SAVE, f"{one.key.month} {one.key.geo}",
                before=_told(one.seen), after=_told(one.wanted),
            )  # fmt: skip
        if open_ones:
            session.execute("scenarios/publish", dataset=TARGETS)
    return len(open_ones)


def goal_of(row: Mapping[str, Any]) -> Goal:
    """A row of `targets`."""
    units = row["units_target"]
    return Goal(
        Decimal(row["sales_value_target"]), Decimal(row["margin_pct_target"]), None if units is None else int(units)
    )


def _told(goal: Goal | None) -> dict[str, Any] | None:
    if goal is None:
        return None
    return {"sales": str(goal.sales), "margin_pct": str(goal.margin_pct), "units": goal.units}
