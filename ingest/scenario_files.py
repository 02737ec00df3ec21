"""A scenario from a file: checked, simulated and kept, and where it is asked submitted and approved, as on the page."""

from __future__ import annotations

import json
import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any, Final

from analytics.promo.breakdown import Kpis
from analytics.promo.drafts import draft_of
from analytics.promo.mechanics import BadMechanics, mechanics_of
from analytics.promo.scenarios import Content, InvalidDraft, State, checked, kpi_changes, kpis_stored, report_from
from analytics.promo.simulation import NotSimulable
from analytics.promo.trial import Ground, Tried, tried
from analytics.promo.verdict import Report
from data_access.queries.promo_ground import Asked, ground_of
from data_access.queries.promo_models import known
from data_access.queries.promo_scenarios import scenario
from data_access.queries.promo_settings import promo_settings
from data_access.scope import Right, Scope
from data_access.stores import Stores
from data_access.writes import scenarios as writes
from ingest.errors import IngestError

KEYS: Final = ("label", "date_range_start", "date_range_end", "scenario_type", "notes", "mechanics")
# A file's scenario is the same one each time: its first save follows from what it says.
_NAMES: Final = uuid.UUID("5d0b0f2e-6e2d-4f0e-9b2e-0a6f6f0d8c55")


class BadScenario(IngestError):
    """A scenario that cannot be kept as it stands in its file; says what to change."""


@dataclass(frozen=True, slots=True)
class Done:
    """Where the scenario stands. kpis, report, model_version: what is kept of it, its validation, and the model of
    these; fresh: False where the same file had brought it before; now: its figures by the model and the settings in
    force, where they are others than those kept, and that model."""

    scenario_id: str
    version: int
    state: State
    content: Content
    kpis: Kpis
    report: Report
    model_version: str
    fresh: bool
    now: tuple[Kpis, str] | None = None

    def as_dict(self) -> dict[str, Any]:
        """For a file or another program."""
        return {
            "scenario_id": self.scenario_id,
            "version": self.version,
            "state": self.state.value,
            "model_version": self.model_version,
            "kpis": kpis_stored(self.kpis),
            "status": self.report.status,
            "issues": [{"severity": one.severity, "message": one.message} for one in self.report.issues],
            "new": self.fresh,
            "now": None if self.now is None else {"model_version": self.now[1], "kpis": kpis_stored(self.now[0])},
        }


def scenario_of(path: Path) -> Content:
    """What a JSON file says: the columns of `promo_scenarios` by their names. Raises BadScenario."""
    try:
        held = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        raise BadScenario(f"{path.name} cannot be read as JSON: {error}.") from error
    if not isinstance(held, Mapping) or not isinstance(held.get("mechanics"), list):
        raise BadScenario(f"{path.name} holds no scenario: an object with {', '.join(KEYS)}.")
    if strange := sorted(held.keys() - set(KEYS)):
        raise BadScenario(f"{path.name} has keys that no scenario has: {', '.join(strange)}.")
    try:
        rows = tuple(mechanics_of(held["mechanics"]))
        start, end = (date.fromisoformat(str(held.get(name))) for name in KEYS[1:3])
        kind = held.get("scenario_type")
        return checked(
            Content(
                str(held.get("label") or ""), start, end, rows, str(kind) if kind else None,
                str(held.get("notes") or ""),
            )
        )  # fmt: skip
    except (BadMechanics, InvalidDraft) as error:
        raise BadScenario(f"{path.name}: {error}") from error
    except (ValueError, AttributeError) as error:
        raise BadScenario(f"{path.name}: its days are written like 2026-11-21, its rows as objects.") from error


def keep_scenario(
    stores: Stores, scope: Scope, content: Content, today: date, *, submit: bool = False, approve: bool = False,
    comment: str = "",
) -> Done:  # fmt: skip
    """Keeps a scenario with its figures by the model in force; the same one again changes nothing. approve: submits it
    first. A scenario that the validation blocks is kept and goes no further.

    Raises NotPermitted, BadScenario, ScenarioBlocked, ScenarioChanged, StepRefused, StoreError.
    """
    scope.require(Right.PROMO_WRITE)
    held = known(stores, scope)
    if held is None:
        raise BadScenario("There is no model of uplift to simulate with. Learn one first: promolens uplift.")
    settings = promo_settings(stores, scope)

    def simulated(but: str | None) -> tuple[Ground, Tried]:
        ground = ground_of(stores, scope, Asked(content.start, content.end, but, today), held.model, settings)
        try:
            return ground, tried(ground, content)
        except (BadMechanics, NotSimulable) as error:
            raise BadScenario(str(error)) from error

    ground, found = simulated(None)
    told = json.dumps([content.fields(), [row.stored() for row in content.mechanics]], sort_keys=True)
    ids = [str(uuid.uuid5(_NAMES, f"{step}:{told}")) for step in ("save", "submit", "approve")]
    done = writes.save(stores, scope, draft_of(found, ground), seen=None, save_id=ids[0])
    fresh = done.fresh
    if not fresh:
        # It does not stand in its own way.
        ground, found = simulated(done.scenario_id)
    if submit or approve:
        done = writes.submit(
            stores, scope, done.scenario_id, seen=done.version, save_id=ids[1], today=today
        )  # fmt: skip
    if approve:
        done = writes.approve(
            stores, scope, done.scenario_id, seen=done.version, save_id=ids[2], comment=comment
        )  # fmt: skip
    # Somebody may have taken it further since the file brought it, or another model may be in force: what is kept is
    # told, and what it would be now beside it.
    standing = scenario(stores, scope, done.scenario_id)
    if standing is None:
        return Done(
            done.scenario_id, done.version, State.DRAFT, content, found.kpis, found.report, ground.model_version, fresh
        )
    version, kpis = standing.version, standing.kpis or found.kpis
    report = found.report if standing.validation is None else report_from(standing.validation)
    kept_by = version.model_version or ground.model_version
    now = (found.kpis, ground.model_version) if kpi_changes(kpis, found.kpis) else None
    return Done(done.scenario_id, version.number, version.state, version.content, kpis, report, kept_by, fresh, now)


def said(done: Done) -> Sequence[str]:
    """What became of it, in lines for the person who asked."""
    one = done.content
    lines = [
        f"“{one.label}”, {one.start} to {one.end}, is {done.state.value} as version {done.version}"
        f" of scenario {done.scenario_id}, by model {done.model_version}."
        + ("" if done.fresh else " It had been kept before.")
    ]
    kpis = done.kpis
    for name, value, change in (
        ("sales", kpis.total_sales_value, kpis.sales_value_delta),
        ("margin", kpis.total_margin_value, kpis.margin_value_delta),
        ("EBIT (contribution)", kpis.total_ebit, kpis.ebit_delta),
        ("units", kpis.total_units, kpis.units_delta),
    ):
        lines.append(f"  {name}: {value:,.0f}, {change:+,.0f} against no promotion")
    lines.append(f"  EBIT with the days after: {kpis.kpi_breakdown['after']['net_ebit_delta']:+,.0f}")
    lines.append(f"  Validation: {done.report.status}, score {done.report.overall_score} of 100")
    lines += [f"    {issue.severity}: {issue.message}" for issue in done.report.issues]
    if done.now is not None:
        anew, model = done.now
        lines.append(
            f"  These are the figures that are kept. By model {model} and the settings of now they would be others:"
            f" sales {anew.total_sales_value:,.0f}, margin {anew.total_margin_value:,.0f}, EBIT {anew.total_ebit:,.0f},"
            f" units {anew.total_units:,}. Open it in the builder to keep those as a new version."
        )
    return lines
