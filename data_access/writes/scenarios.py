"""What planners and approvers do with scenarios: each step one transaction, a version more, noted in the audit log."""

from __future__ import annotations

import json
import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, Final

from analytics.audit import Action
from analytics.promo.mechanics import mechanics_of
from analytics.promo.scenarios import (
    Content,
    Draft,
    InvalidDraft,
    State,
    Version,
    changes_between,
    kpi_changes,
    kpis_stored,
    report_from,
    report_stored,
    step_refused,
)
from analytics.promo.verdict import Report
from data_access.engines.base import Session
from data_access.queries.promo_scenarios import version_of
from data_access.queries.promo_state import SCENARIOS
from data_access.scope import Right, Scope
from data_access.scoped import promo_write
from data_access.stores import Stores
from data_access.writes.audit import note
from data_access.writes.scenario_checks import UNCHECKED, Checked, Moved, NotSubmittable, checked

# A new scenario's id follows from its first save, so that a double click makes one.
_NAMES: Final = uuid.UUID("0b5a5c0e-9c9e-4d57-8f5e-2f6c3a3c7d11")
# How often a submission is checked where what it is checked against changes meanwhile.
_CHECKS: Final = 3
_EDITABLE: Final = (State.DRAFT, State.APPROVED, State.REJECTED)


@dataclass(frozen=True, slots=True)
class Saved:
    """What a step left behind. fresh: False where it had been done before, or there was nothing to change."""

    scenario_id: str
    version: int
    changes: Mapping[str, Any]
    fresh: bool = True


class ScenarioChanged(Exception):
    """Somebody else saved since the scenario was opened; nothing was written. standing: the version that stands now;
    changes: what is different in it from the version that was opened."""

    def __init__(self, standing: Version, changes: Mapping[str, Any], seen: int | None) -> None:
        self.standing, self.changes = standing, changes
        opened = "" if seen is None else f" after you opened version {seen}"
        super().__init__(
            f"{standing.author or 'Somebody else'} saved version {standing.number}{opened}. Nothing of yours was"
            " written: look at what changed, then save again."
        )


class StepRefused(Exception):
    """The step cannot be taken from where the scenario stands; says what can be done."""


class ScenarioBlocked(Exception):
    """The validation found what must not run; `report` says what, and its fixes."""

    def __init__(self, report: Report) -> None:
        self.report = report
        issues = sum(issue.severity == "high" for issue in report.issues)
        super().__init__(
            f"The validation blocks it: {issues} {'issue is' if issues == 1 else 'issues are'} of high severity. Apply"
            " the suggested fixes or change the rows, then submit again."
        )


class UnknownScenario(Exception):
    """There is no scenario of that id."""


def save(stores: Stores, scope: Scope, draft: Draft, *, seen: int | None, save_id: str) -> Saved:
    """Keeps a draft with its figures and its validation, as a new version; seen: the version that was opened, None for
    a new scenario; save_id: a UUID of this save, by which a repeated one changes nothing.

    Where neither content nor figures differ from what stands, no version is made. Raises NotPermitted, InvalidDraft,
    BadMechanics, ScenarioChanged, StepRefused (submitted or archived), UnknownScenario, StoreError.
    """
    draft = draft.checked()
    content = draft.content
    mechanics_of([row.stored() for row in content.mechanics])
    with promo_write(stores.operational, scope) as session:
        if before := _done(session, save_id):
            return before
        _require_opportunity(session, content)
        if draft.scenario_id is None:
            scenario_id = str(uuid.uuid5(_NAMES, save_id))
            session.execute("scenarios/insert", scenario=scenario_id, **_bound(content, draft, scope))
            number, changes, held = 1, {}, None
        else:
            scenario_id = draft.scenario_id
            held = _held(session, scenario_id, seen)
            if held.state not in _EDITABLE:
                raise StepRefused(step_refused(held.state, _EDITABLE, "changed"))
            changes = _changes(held, draft)
            if not changes:
                return Saved(scenario_id, held.number, {}, fresh=False)
            number = held.number + 1
            session.execute("scenarios/update", scenario=scenario_id, version=number, **_bound(content, draft, scope))
        kpis = kpis_stored(draft.kpis)
        session.execute(
            "scenarios/kpis_put",
            scenario=scenario_id, start=content.start, end=content.end,
            breakdown=json.dumps(draft.kpis.kpi_breakdown),
            **{name: getattr(draft.kpis, name) for name in kpis if name != "kpi_breakdown"},
        )  # fmt: skip
        _validated(session, scenario_id, draft.report)
        _version(
            session, scope, content, scenario_id, number, State.DRAFT, save_id, changes,
            model=draft.model_version, kpis=json.dumps(kpis), validation=json.dumps(report_stored(draft.report)),
            forecast=json.dumps(draft.forecast),
        )  # fmt: skip
        _publish(session)
        stood, stands = _told(held, draft, number)
        note(session, scope.person, Action.SCENARIO_SAVE, scenario_id, before=stood, after=stands)
    return Saved(scenario_id, number, changes)


def submit(
    stores: Stores, scope: Scope, scenario_id: str, *, seen: int, save_id: str, today: date | None = None
) -> Saved:
    """Hands a draft to the approvers. Its validation is made anew of what is stored, and kept with this version; today:
    whose days count as over. What others submit beside it is looked at again before anything is written.

    Raises NotPermitted, ScenarioBlocked, ScenarioChanged, StepRefused (also where its figures are not those that were
    saved), UnknownScenario, StoreError.
    """
    scope.require(Right.PROMO_WRITE)
    for left in reversed(range(_CHECKS)):
        found = checked(stores, scope, scenario_id, today)
        try:
            step = _Step(State.SUBMITTED, (State.DRAFT,), "submitted", checked=found)
            return _step(stores, scope, scenario_id, step, seen, save_id)
        except NotSubmittable as reason:
            # Another one was submitted beside the check, say: its days are held now, which the report has to tell.
            if not (left and isinstance(reason, Moved)):
                raise StepRefused(str(reason)) from reason
    raise AssertionError("the last check returns or raises")


def withdraw(stores: Stores, scope: Scope, scenario_id: str, *, seen: int, save_id: str) -> Saved:
    """Takes a submitted or rejected scenario back to draft. Raises as `submit` does, but ScenarioBlocked."""
    step = _Step(State.DRAFT, (State.SUBMITTED, State.REJECTED), "taken back to draft")
    return _step(stores, scope, scenario_id, step, seen, save_id)


def approve(stores: Stores, scope: Scope, scenario_id: str, *, seen: int, save_id: str, comment: str = "") -> Saved:
    """Approves a submitted scenario and freezes the forecast that was saved with it. Raises as `withdraw` does."""
    step = _Step(State.APPROVED, (State.SUBMITTED,), "approved", Right.PROMO_APPROVE, comment.strip())
    return _step(stores, scope, scenario_id, step, seen, save_id)


def reject(stores: Stores, scope: Scope, scenario_id: str, *, seen: int, save_id: str, comment: str) -> Saved:
    """Rejects a submitted scenario; the comment says why. Raises as `withdraw` does, and InvalidDraft without one."""
    if not comment.strip():
        raise InvalidDraft("Say why it is rejected: the planner reads it.")
    step = _Step(State.REJECTED, (State.SUBMITTED,), "rejected", Right.PROMO_APPROVE, comment.strip())
    return _step(stores, scope, scenario_id, step, seen, save_id)


def archive(stores: Stores, scope: Scope, scenario_id: str, *, seen: int, save_id: str) -> Saved:
    """Puts a scenario away; an approved one only by who may approve. Raises as `withdraw` does."""
    states = (State.DRAFT, State.SUBMITTED, State.REJECTED, State.APPROVED)
    return _step(stores, scope, scenario_id, _Step(State.ARCHIVED, states, "archived"), seen, save_id)


@dataclass(frozen=True, slots=True)
class _Step:
    to: State
    allowed: Sequence[State]
    told: str
    right: Right = Right.PROMO_WRITE
    comment: str = ""
    checked: Checked | None = None


def _step(stores: Stores, scope: Scope, scenario_id: str, step: _Step, seen: int, save_id: str) -> Saved:
    with promo_write(stores.operational, scope, step.right) as session:
        if before := _done(session, save_id):
            return before
        held = _held(session, scenario_id, seen)
        if held.state not in step.allowed:
            raise StepRefused(step_refused(held.state, step.allowed, step.told))
        if step.to is State.ARCHIVED and held.state is State.APPROVED:
            scope.require(Right.PROMO_APPROVE)
        number, frozen = held.number + 1, None
        validation = None if held.validation is None else json.dumps(held.validation)
        if step.to is State.SUBMITTED:
            report = _passing(session, held, step.checked)
            _validated(session, scenario_id, report)
            validation = json.dumps(report_stored(report))
        if step.to is State.APPROVED:
            row = session.one("scenarios/forecast", scenario=scenario_id, version=held.number)
            if row is None:
                raise StepRefused(
                    "It has no forecast that could be frozen. Take it back to draft and save it in the builder, then"
                    " submit it again."
                )
            frozen = row["forecast"]
        session.execute(
            "scenarios/step", scenario=scenario_id, state=step.to.value, version=number, person=scope.person
        )
        changes = {"state": [held.state.value, step.to.value]}
        _version(
            session, scope, held.content, scenario_id, number, step.to, save_id, changes,
            model=held.model_version, kpis=None if held.kpis is None else json.dumps(kpis_stored(held.kpis)),
            validation=validation, frozen=frozen, comment=step.comment or None,
        )  # fmt: skip
        _publish(session)
        note(
            session, scope.person, Action(f"scenario.{step.to.value}"), scenario_id,
            before={"version": held.number, "state": held.state.value},
            after={"version": number, "state": step.to.value} | ({"comment": step.comment} if step.comment else {}),
        )  # fmt: skip
    return Saved(scenario_id, number, changes)


def _passing(session: Session, held: Version, checked: Checked | None) -> Report:
    """The report that a submission is kept with. Raises ScenarioBlocked, NotSubmittable."""
    report = None if checked is None else checked.passing(session, held)
    if report is None:
        if held.validation is None:
            raise NotSubmittable(UNCHECKED)
        report = report_from(held.validation)
    if report.status == "BLOCK":
        raise ScenarioBlocked(report)
    return report


def _done(session: Session, save_id: str) -> Saved | None:
    row = session.one("scenarios/saved", save=save_id)
    return None if row is None else Saved(row["scenario_id"], int(row["version"]), {}, fresh=False)


def _held(session: Session, scenario_id: str, seen: int | None) -> Version:
    """The scenario as it stands, where it is still the version that was seen."""
    row = session.one("scenarios/held", scenario=scenario_id)
    if row is None:
        raise UnknownScenario("This scenario is not there (any more). Go back to the list of scenarios.")
    held = version_of(row)
    if held.number != seen:
        opened = None if seen is None else session.one("scenarios/version", scenario=scenario_id, version=seen)
        changes: dict[str, Any] = {}
        if opened is not None:
            was = version_of(opened)
            changes = changes_between(was.content, held.content)
            if was.state is not held.state:
                changes["state"] = [was.state.value, held.state.value]
        raise ScenarioChanged(held, changes, seen)
    return held


def _changes(held: Version, draft: Draft) -> dict[str, Any]:
    changes = changes_between(held.content, draft.content)
    if kpis := kpi_changes(held.kpis, draft.kpis):
        changes["kpis"] = kpis
    if held.model_version != draft.model_version:
        changes["model_version"] = [held.model_version, draft.model_version]
    if changes and held.state is not State.DRAFT:
        changes["state"] = [held.state.value, State.DRAFT.value]
    return changes


def _require_opportunity(session: Session, content: Content) -> None:
    wanted = content.source_opportunity_id
    if wanted is not None and session.one("scenarios/opportunity", opportunity=wanted) is None:
        raise InvalidDraft("The opportunity that it came from is not there any more. Save it without one.")


def _bound(content: Content, draft: Draft, scope: Scope) -> dict[str, Any]:
    return _columns(content) | {"model": draft.model_version, "person": scope.person}


def _columns(content: Content) -> dict[str, Any]:
    return {
        "label": content.label,
        "start": content.start,
        "end": content.end,
        "type": content.scenario_type,
        "mechanics": json.dumps([row.stored() for row in content.mechanics]),
        "notes": content.notes,
        "opportunity": content.source_opportunity_id,
    }


def _validated(session: Session, scenario_id: str, report: Report) -> None:
    stored = report_stored(report)
    session.execute(
        "scenarios/validation_put",
        scenario=scenario_id, status=stored["status"], issues=json.dumps(stored["issues"]),
        score=stored["overall_score"],
    )  # fmt: skip


def _version(
    session: Session, scope: Scope, content: Content, scenario_id: str, number: int, state: State, save_id: str,
    changes: Mapping[str, Any], *, model: str | None, kpis: str | None, validation: str | None,
    forecast: str | None = None, frozen: str | None = None, comment: str | None = None,
) -> None:  # fmt: skip
    session.execute(
        "scenarios/version_put",
        scenario=scenario_id, version=number, state=state.value, save=save_id, changes=json.dumps(changes),
        person=scope.person, comment=comment, model=model, kpis=kpis, validation=validation, forecast=forecast,
        frozen=frozen, **_columns(content),
    )  # fmt: skip


def _publish(session: Session) -> None:
    session.execute("scenarios/publish", dataset=SCENARIOS)


def _told(held: Version | None, draft: Draft, number: int) -> tuple[dict[str, Any] | None, dict[str, Any]]:
    """What stood and what stands, for the audit log: of the rows those that differ."""
    rows = [row.stored() for row in draft.content.mechanics]
    after = draft.content.fields() | {
        "version": number, "state": State.DRAFT.value, "model_version": draft.model_version, "rows": rows,
    }  # fmt: skip
    if held is None:
        return None, after
    stood = [row.stored() for row in held.content.mechanics]
    before = held.content.fields() | {
        "version": held.number, "state": held.state.value, "model_version": held.model_version,
        "rows": [row for row in stood if row not in rows],
    }  # fmt: skip
    return before, after | {"rows": [row for row in rows if row not in stood]}
