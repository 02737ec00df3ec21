"""Scenarios as they are kept: what a planner saves, their versions, and what changed from one to the next."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from decimal import Decimal
from enum import StrEnum
from typing import Any, Final

from analytics.promo.breakdown import Kpis
from analytics.promo.mechanics import Mechanic
from analytics.promo.verdict import Check, Issue, Report

TYPES: Final = ("conservative", "balanced", "aggressive", "flash", "best_deal", "coupon", "member_only")
MOST_LABEL: Final = 100
# A scenario is about some weeks; longer ones are plans of a year.
MOST_DAYS: Final = 366
_DECIMALS: Final = (
    "total_sales_value", "total_margin_value", "total_margin_pct", "total_ebit", "sales_value_delta",
    "margin_value_delta", "ebit_delta",
)  # fmt: skip
_WHOLE: Final = ("total_units", "units_delta")


class State(StrEnum):
    """Where a scenario stands."""

    DRAFT = "draft"
    SUBMITTED = "submitted"
    APPROVED = "approved"
    REJECTED = "rejected"
    ARCHIVED = "archived"


class InvalidDraft(ValueError):
    """A scenario that cannot be kept; says what to change."""


@dataclass(frozen=True, slots=True)
class Content:
    """What a planner decides of a scenario. notes: free text; source_opportunity_id: where it came from."""

    label: str
    start: date
    end: date
    mechanics: tuple[Mechanic, ...]
    scenario_type: str | None = None
    notes: str = ""
    source_opportunity_id: str | None = None

    def fields(self) -> dict[str, Any]:
        """By the names of the columns, as JSON has them."""
        return {
            "label": self.label,
            "date_range_start": self.start.isoformat(),
            "date_range_end": self.end.isoformat(),
            "scenario_type": self.scenario_type,
            "notes": self.notes,
            "source_opportunity_id": self.source_opportunity_id,
        }


@dataclass(frozen=True, slots=True)
class Draft:
    """What is saved in one go: the content with what was computed of it. scenario_id: None for a new one; forecast: of
    `analytics.promo.forecast.forecast_of`, by cell and day; model_version: of the uplift model that it rests on."""

    content: Content
    kpis: Kpis
    report: Report
    forecast: Mapping[str, Any]
    model_version: str | None
    scenario_id: str | None = None

    def checked(self) -> Draft:
        """The same with its texts trimmed. Raises InvalidDraft."""
        return replace(self, content=checked(self.content))


@dataclass(frozen=True, slots=True)
class Version:
    """One row of `scenario_versions`. changes: against the version before (see `changes_between`); kpis and validation:
    as they were when it was saved; frozen: whether it holds the forecast that a post-mortem is held to."""

    scenario_id: str
    number: int
    state: State
    content: Content
    author: str
    created_at: datetime
    comment: str = ""
    model_version: str | None = None
    changes: Mapping[str, Any] = field(default_factory=dict)
    kpis: Kpis | None = None
    validation: Mapping[str, Any] | None = None
    frozen: bool = False


def checked(content: Content) -> Content:
    """The content with its texts trimmed. Raises InvalidDraft."""
    label, notes = content.label.strip(), content.notes.strip()
    if not label:
        raise InvalidDraft("The scenario has no name. Give it one.")
    if len(label) > MOST_LABEL:
        raise InvalidDraft(f"The name has {len(label)} characters. Use at most {MOST_LABEL}.")
    if content.end < content.start:
        raise InvalidDraft(f"It ends on {content.end} before it starts on {content.start}. Change one of the dates.")
    if (content.end - content.start).days >= MOST_DAYS:
        raise InvalidDraft(f"It runs for more than {MOST_DAYS} days. Choose an earlier end.")
    if not content.mechanics:
        raise InvalidDraft("Nothing is discounted yet. Add at least one row of department and channel.")
    if content.scenario_type is not None and content.scenario_type not in TYPES:
        raise InvalidDraft(f"The type '{content.scenario_type}' is not known. It is one of {', '.join(TYPES)}.")
    return Content(
        label, content.start, content.end, tuple(content.mechanics), content.scenario_type, notes,
        content.source_opportunity_id,
    )  # fmt: skip


def changes_between(before: Content, after: Content) -> dict[str, Any]:
    """What changed, for people to be told: {fields: {column: [before, after]}, rows: {added: [row], removed: [row],
    changed: [{department, channel, segments, fields: {name: [before, after]}}]}}; parts without a change are left out.

    A row is the same one where department, channel and segments are.
    """
    found: dict[str, Any] = {}
    earlier, later = before.fields(), after.fields()
    fields = {name: [earlier[name], later[name]] for name in later if earlier[name] != later[name]}
    if fields:
        found["fields"] = fields
    old = {_key(row): row.stored() for row in before.mechanics}
    new = {_key(row): row.stored() for row in after.mechanics}
    rows: dict[str, Any] = {
        "added": [row for key, row in new.items() if key not in old],
        "removed": [row for key, row in old.items() if key not in new],
        "changed": [
            {
                "department": row["department"],
                "channel": row["channel"],
                "segments": row["segments"],
                "fields": {
                    name: [old[key].get(name), row.get(name)]
                    for name in dict.fromkeys([*old[key], *row])
                    if old[key].get(name) != row.get(name)
                },
            }
            for key, row in new.items()
            if key in old and old[key] != row
        ],
    }
    if kept := {name: held for name, held in rows.items() if held}:
        found["rows"] = kept
    return found


def _key(row: Mechanic) -> tuple[str, str, tuple[str, ...]]:
    return row.department, row.channel, tuple(sorted(row.segments))


def kpi_changes(before: Kpis | None, after: Kpis) -> dict[str, Any]:
    """{figure: [before, after]} of the totals that differ."""
    if before is None:
        return {}
    earlier, later = kpis_stored(before), kpis_stored(after)
    return {name: [earlier[name], later[name]] for name in (*_DECIMALS, *_WHOLE) if earlier[name] != later[name]}


def kpis_stored(kpis: Kpis) -> dict[str, Any]:
    """As they stand in `scenario_versions.kpis`: the columns of `scenario_kpis`."""
    found: dict[str, Any] = {}
    for name in _DECIMALS:
        value: Decimal | None = getattr(kpis, name)
        found[name] = None if value is None else float(value)
    found |= {name: getattr(kpis, name) for name in _WHOLE}
    found["kpi_breakdown"] = kpis.kpi_breakdown
    return found


def kpis_from(stored: Mapping[str, Any]) -> Kpis:
    """The other way round; also from a row of `scenario_kpis`."""

    def money(name: str) -> Decimal | None:
        value = stored[name]
        return None if value is None else Decimal(str(value)).quantize(Decimal("0.01"))

    numbers: dict[str, Any] = {name: money(name) for name in _DECIMALS}
    return Kpis(
        **numbers,
        total_units=int(stored["total_units"]),
        units_delta=int(stored["units_delta"]),
        kpi_breakdown=dict(stored["kpi_breakdown"]),
    )


def report_stored(report: Report) -> dict[str, Any]:
    """As it stands in `scenario_versions.validation`: the columns of `validation_reports`."""
    return {
        "status": report.status,
        "overall_score": report.overall_score,
        "issues": [issue.stored() for issue in report.issues],
    }


def report_from(stored: Mapping[str, Any]) -> Report:
    """The other way round, without fixes to click."""
    return Report(
        tuple(
            Issue(
                Check(one["type"]), one["severity"], one["message"], one["suggested_fix"], one["affected_department"]
            )
            for one in stored["issues"]
        )
    )  # fmt: skip


def step_refused(state: State, allowed: Sequence[State], step: str) -> str:
    """Why a step cannot be taken from where a scenario stands, and what can be done."""
    told = {
        State.DRAFT: "It is a draft: submit it first.",
        State.SUBMITTED: "It is submitted and waits for a decision: take it back to draft first.",
        State.APPROVED: "It is approved: what you save now starts a new draft beside the frozen forecast.",
        State.REJECTED: "It was rejected: change it and save, which makes it a draft again.",
        State.ARCHIVED: "It is archived: copy it to go on with it.",
    }[state]
    return f"Only a scenario that is {' or '.join(allowed)} can be {step}. {told}"
