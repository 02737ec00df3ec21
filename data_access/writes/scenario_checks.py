"""Whether a saved scenario may go to the approvers, found out from what is stored: its rows, the model in force, the
planners' settings. What a page says of it does not count."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Final

from analytics.promo.mechanics import BadMechanics
from analytics.promo.scenarios import Version, kpi_changes
from analytics.promo.simulation import NotSimulable
from analytics.promo.trial import tried
from analytics.promo.verdict import Occupied, Report
from data_access.engines.base import Session
from data_access.queries.accounts import PROMO
from data_access.queries.promo_ground import Asked, ground_of
from data_access.queries.promo_models import known
from data_access.queries.promo_scenarios import occupied_in, scenario
from data_access.queries.promo_settings import promo_settings
from data_access.queries.promo_state import SETTINGS, UPLIFT, company_state
from data_access.scope import Right, Scope
from data_access.stores import Stores

# What the figures and the limits come from; were one of them changed beside the check, it would mean nothing.
_RESTS_ON: Final = (PROMO, UPLIFT, SETTINGS)
STALE: Final = (
    "Its figures are not those of its last save any more: the uplift model, the settings or the segments have changed"
    " since. Open it in the builder, check again what it brings, save it, and submit it then."
)
UNCHECKED: Final = "It cannot be checked as it is: open it in the builder, put its rows right and save it anew."
MOVED: Final = "The model, the settings or the data changed while it was checked. Submit it once more."


class NotSubmittable(Exception):
    """It cannot be submitted as it was saved; says what to do."""


class Moved(NotSubmittable):
    """What the check rests on was changed beside it: it has to be made once more."""

    def __init__(self) -> None:
        super().__init__(MOVED)


@dataclass(frozen=True, slots=True)
class Checked:
    """What the check found. report: None where no model is in force, so that the one of the save stands; why: what
    stands in the way of any report, '' for nothing; number: of the version that was looked at; versions: of the data
    that it rests on; others: the submitted and approved scenarios that it was checked against."""

    report: Report | None
    why: str
    number: int
    versions: Mapping[str, int]
    others: tuple[Occupied, ...] = ()

    def passing(self, session: Session, held: Version) -> Report | None:
        """The report, in the transaction of the submission. Raises NotSubmittable; Moved where the scenario or what the
        check rests on was changed since."""
        if self.number != held.number:
            raise Moved
        if self.why:
            raise NotSubmittable(self.why)
        now = {row["dataset"]: int(row["version"]) for row in session.rows("read/promo/state")}
        if any(now.get(name, 0) != self.versions.get(name, 0) for name in _RESTS_ON):
            raise Moved
        # Of scenarios only those count that hold days: drafts are saved all the time.
        if self.report is not None and occupied_in(session, held.scenario_id) != self.others:
            raise Moved
        return self.report


def checked(stores: Stores, scope: Scope, scenario_id: str, today: date | None) -> Checked | None:
    """The validation of a scenario as it stands; None where there is none of that id. today: whose days count as over.

    Raises NotPermitted, StoreError.
    """
    scope.require(Right.PROMO_WRITE)
    versions = company_state(stores, scope).versions
    standing = scenario(stores, scope, scenario_id)
    if standing is None:
        return None
    held = standing.version
    learned = known(stores, scope)
    if learned is None:
        return Checked(None, "", held.number, versions)
    content = held.content
    settings = promo_settings(stores, scope)
    ground = ground_of(
        stores, scope, Asked(content.start, content.end, scenario_id, today), learned.model, settings
    )  # fmt: skip
    try:
        found = tried(ground, content)
    except (BadMechanics, NotSimulable):
        return Checked(None, UNCHECKED, held.number, versions)
    why = ""
    if found.left_out:
        why = UNCHECKED
    elif held.model_version != learned.model.version or kpi_changes(standing.kpis, found.kpis):
        why = STALE
    return Checked(found.report, why, held.number, versions, tuple(ground.others))
