"""Keeping creative briefs: each save a version more, never over what somebody else saved, noted in the audit log."""

from __future__ import annotations

import json
import uuid
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

from analytics.audit import Action
from analytics.promo.brief_edits import BriefVersion, changes, checked
from analytics.promo.briefs import Brief
from data_access.engines.base import Session
from data_access.queries.promo_briefs import version_of
from data_access.queries.promo_state import BRIEFS
from data_access.scope import Right, Scope
from data_access.scoped import promo_write
from data_access.stores import Stores
from data_access.writes.audit import note
from data_access.writes.scenarios import UnknownScenario

# A brief's id follows from its scenario: there is one.
_NAMES: Final = uuid.UUID("6e0f4a53-59a4-4d0e-8f0b-1c3f2f9be6a4")


@dataclass(frozen=True, slots=True)
class SavedBrief:
    """What a save left behind. fresh: False where it had been done before, or there was nothing to change."""

    version: int
    fresh: bool = True


class BriefChanged(Exception):
    """Somebody else saved since the brief was opened; nothing was written. standing: what stands now; changes: what is
    different in it from what was opened (see `analytics.promo.brief_edits.changes`), empty where that is not known."""

    def __init__(self, standing: BriefVersion, changes: Mapping[str, tuple[Any, Any]], seen: int | None) -> None:
        self.standing, self.changes = standing, changes
        opened = "" if seen is None else f" after you opened version {seen}"
        super().__init__(
            f"{standing.author or 'Somebody else'} saved version {standing.number} of the brief{opened}. Nothing of"
            " yours was written: look at what changed, then save again."
        )


def save(
    stores: Stores, scope: Scope, scenario_id: str, brief: Brief, *, written_for: int, seen: int | None, save_id: str
) -> SavedBrief:
    """Keeps the brief of a scenario as a new version. written_for: the scenario's version that it tells of; seen: the
    brief's version that was opened, None where none was saved; save_id: a UUID of this save, by which a repeated one
    changes nothing.

    Where nothing differs from what stands, no version is made. Raises NotPermitted, InvalidBrief, BriefChanged,
    UnknownScenario, StoreError.
    """
    scope.require(Right.PROMO_WRITE)
    wanted = checked(brief)
    document, assets = (json.dumps(part) for part in wanted.stored())
    with promo_write(stores.operational, scope) as session:
        if before := session.one("briefs/saved", save=save_id):
            return SavedBrief(int(before["version"]), fresh=False)
        if session.one("briefs/scenario", scenario=scenario_id) is None:
            raise UnknownScenario("This scenario is not there (any more). Go back to the list of scenarios.")
        row = session.one("briefs/held", scenario=scenario_id)
        held = None if row is None else version_of(row)
        bound = {"scenario_version": written_for, "brief": document, "assets": assets, "person": scope.person}
        if row is None or held is None:
            # None was saved yet, or what was opened is gone.
            number, brief_id = 1, str(uuid.uuid5(_NAMES, scenario_id))
            session.execute("briefs/insert", brief_id=brief_id, scenario=scenario_id, **bound)
        else:
            number, brief_id = held.number + 1, row["brief_id"]
            if held.number != seen:
                raise BriefChanged(held, _since(session, brief_id, held, seen), seen)
            if (held.brief, held.scenario_version) == (wanted, written_for):
                return SavedBrief(held.number, fresh=False)
            session.execute("briefs/update", brief_id=brief_id, version=number, **bound)
        session.execute(
            "briefs/version_put", brief_id=brief_id, scenario=scenario_id, version=number, save=save_id, **bound
        )
        session.execute("scenarios/publish", dataset=BRIEFS)
        note(
            session, scope.person, Action.BRIEF_SAVE, brief_id,
            before=None if held is None else _told(held.brief, held.number, held.scenario_version),
            after=_told(wanted, number, written_for) | {"scenario": scenario_id},
        )  # fmt: skip
    return SavedBrief(number)


def _told(brief: Brief, number: int, written_for: int | None) -> dict[str, Any]:
    document, assets = brief.stored()
    return {**document, "assets": assets, "version": number, "scenario_version": written_for}


def _since(session: Session, brief_id: str, held: BriefVersion, seen: int | None) -> dict[str, tuple[Any, Any]]:
    opened = None if seen is None else session.one("briefs/seen", brief=brief_id, version=seen)
    return {} if opened is None else changes(version_of(opened).brief, held.brief)
