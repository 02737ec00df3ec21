"""Keeping post-mortems: computed anew in place while open, closed once, and never changed from then on."""

from __future__ import annotations

import json
import uuid
from dataclasses import asdict, dataclass

from analytics.audit import Action
from analytics.promo.postmortem.kept import PostMortem
from data_access.queries.promo_state import POST_MORTEMS
from data_access.scope import Scope
from data_access.scoped import promo_write
from data_access.stores import Stores
from data_access.writes.audit import note


@dataclass(frozen=True, slots=True)
class SavedReport:
    """What a save left behind. fresh: False where it had been done before."""

    report_id: str
    version: int
    fresh: bool = True


class ReportClosed(Exception):
    """The newest report of the promotion is closed; a further version has to be asked for."""


class ReportChanged(Exception):
    """Somebody else computed or closed it since it was opened; nothing was written."""


class UnknownReport(Exception):
    """There is no such post-mortem."""


def save(
    stores: Stores, scope: Scope, found: PostMortem, *, seen: str | None, save_id: str, anew: bool = False
) -> SavedReport:
    """Keeps what was computed: in the place of the promotion's open report, else as its first one; anew: as a further
    version after a closed one. seen: the save by which the report that was looked at stands, None where there was none
    (and of a report of another program); save_id: a UUID of this save, by which a repeated one changes nothing.

    Raises NotPermitted, ReportClosed, ReportChanged, StoreError.
    """
    subject = found.subject
    with promo_write(stores.operational, scope) as session:
        if done := session.one("post_mortems/saved", save=save_id):
            return SavedReport(done["report_id"], int(done["version"]), fresh=False)
        held = session.one("post_mortems/held", scenario=subject.scenario_id, promotion=subject.promotion_id)
        if held is not None and held["save_id"] != seen:
            raise ReportChanged(_changed(held["author"]))
        if held is not None and held["state"] != "open" and not anew:
            raise ReportClosed(
                f"Version {held['version']} of this post-mortem is closed and stays as it is. Begin a further version."
            )
        if held is None or held["state"] != "open":
            report_id, version = str(uuid.uuid4()), 1 if held is None else int(held["version"]) + 1
            session.execute(
                "post_mortems/insert",
                report_id=report_id, scenario=subject.scenario_id, promotion=subject.promotion_id, version=version,
                **_bound(found, scope, save_id),
            )  # fmt: skip
        else:
            report_id, version = held["report_id"], int(held["version"])
            session.execute("post_mortems/update", report_id=report_id, **_bound(found, scope, save_id))
        session.execute("scenarios/publish", dataset=POST_MORTEMS)
        before = None if held is None else {"version": int(held["version"]), "state": held["state"]}
        after = {"version": version, "state": "open", "promotion": found.label, "days": [found.start, found.end]}
        note(session, scope.person, Action.POST_MORTEM_SAVE, report_id, before=before, after=after)
    return SavedReport(report_id, version)


def close(stores: Stores, scope: Scope, report_id: str, *, seen: str | None) -> SavedReport:
    """Closes an open report; one that is closed stays as it is. Raises NotPermitted, ReportChanged, UnknownReport,
    StoreError."""
    with promo_write(stores.operational, scope) as session:
        held = session.one("post_mortems/one", report_id=report_id)
        if held is None:
            raise UnknownReport("This post-mortem is not there (any more). Go back to the list.")
        if held["state"] != "open":
            return SavedReport(report_id, int(held["version"]), fresh=False)
        if held["save_id"] != seen:
            raise ReportChanged(_changed(""))
        session.execute("post_mortems/close", report_id=report_id, person=scope.person)
        session.execute("scenarios/publish", dataset=POST_MORTEMS)
        before, after = ({"state": state, "of_version": int(held["version"])} for state in ("open", "closed"))
        note(session, scope.person, Action.POST_MORTEM_CLOSE, report_id, before=before, after=after)
    return SavedReport(report_id, int(held["version"]))


def _changed(author: str) -> str:
    return (
        f"{author or 'Somebody else'} computed it anew since you opened it. Nothing of yours was written: look at what"
        " stands now, then try again."
    )


def _bound(found: PostMortem, scope: Scope, save_id: str) -> dict[str, object]:
    report = found.report
    return {
        "label": found.label, "start": found.start, "end": found.end, "model": found.model_version,
        "sales_until": found.sales_until, "frozen": None if found.frozen is None else json.dumps(found.frozen),
        **asdict(found.figures),
        "dip": json.dumps(report.get("dip", [])), "signals": json.dumps(report.get("signals", [])),
        "insights": list(found.insights), "learning_points": list(found.learning_points),
        "marks": json.dumps([mark.stored() for mark in found.marks]), "report": json.dumps(report),
        "person": scope.person, "save": save_id,
    }  # fmt: skip
