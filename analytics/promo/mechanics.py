"""A scenario's rows as they are stored and edited (`promo_scenarios.mechanics`), checked and made terms."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Final

from analytics.promo.terms import Cell, Form, Terms

ALL: Final = "ALL"
CHANNELS: Final = ("online", "offline")
SENSITIVITIES: Final[Mapping[str, float]] = {"low": 0.7, "medium": 1.0, "high": 1.3}
# Optional numbers of a row: their lowest and highest value.
_NUMBERS: Final[Mapping[str, tuple[float, float]]] = {
    "redemption": (0, 1),
    "reach": (0, 1),
    "promoted_share": (0, 1),
    "fixed_cost": (0, 1e12),
    "funding": (0, 1e12),
    "stock_cap": (0, 1e12),
}


@dataclass(frozen=True, slots=True)
class Segment:
    """A customer segment: its share of revenue (0–1) and how it answers to discounts ('low', 'medium', 'high')."""

    segment_id: str
    share_of_revenue: float
    discount_sensitivity: str = "medium"


@dataclass(frozen=True, slots=True)
class Mechanic:
    """One row. discount_pct in per cent of the regular price, shares 0–1, money in the company's currency."""

    department: str
    channel: str
    discount_pct: float
    segments: tuple[str, ...] = (ALL,)
    notes: str = ""
    form: Form = Form.PERCENTAGE
    redemption: float | None = None
    reach: float | None = None
    promoted_share: float | None = None
    fixed_cost: float | None = None
    funding: float | None = None
    stock_cap: float | None = None

    @property
    def cell(self) -> Cell:
        """Where it holds."""
        return Cell(self.department, self.channel)

    def stored(self) -> dict[str, Any]:
        """As it stands in `mechanics`: the usual keys always, the others where they are set."""
        row: dict[str, Any] = {
            "department": self.department,
            "channel": self.channel,
            "discount_pct": self.discount_pct,
            "segments": list(self.segments),
            "notes": self.notes,
        }
        if self.form is not Form.PERCENTAGE:
            row["form"] = self.form.value
        row.update({name: value for name in _NUMBERS if (value := getattr(self, name)) is not None})
        return row


class BadMechanics(ValueError):
    """Rows that cannot be used; `problems` names each with its row (from 1) and what to do."""

    def __init__(self, problems: Sequence[str]) -> None:
        self.problems = tuple(problems)
        super().__init__("; ".join(problems))


@dataclass(slots=True)
class _Reading:
    row: Mapping[str, Any]
    number: int
    problems: list[str] = field(default_factory=list)

    def text(self, name: str) -> str:
        value = str(self.row.get(name) or "").strip()
        if not value:
            self.problems.append(f"row {self.number}: {name} is missing")
        return value

    def within(self, name: str, low: float, high: float) -> float | None:
        value = self.row.get(name)
        if value is None or value == "":
            return None
        try:
            number = float(value)
        except (TypeError, ValueError):
            self.problems.append(f"row {self.number}: {name} is {value!r}, not a number")
            return None
        if not low <= number <= high:
            self.problems.append(f"row {self.number}: {name} is {number:g}; it lies between {low:g} and {high:g}")
            return None
        return number


def mechanics_of(rows: Sequence[Mapping[str, Any]], known_segments: Sequence[str] | None = None) -> list[Mechanic]:
    """Stored or edited rows, checked. known_segments: the ids that may be named, None: any. Raises BadMechanics with
    every problem."""
    found, problems = [], []
    seen: set[tuple[Cell, str]] = set()
    for number, row in enumerate(rows, 1):
        reading = _Reading(row, number)
        mechanic = _mechanic(reading, known_segments)
        for segment in mechanic.segments:
            if (mechanic.cell, segment) in seen:
                reading.problems.append(
                    f"row {number}: {mechanic.department}, {mechanic.channel} has a row for {segment} already"
                )
            seen.add((mechanic.cell, segment))
        problems += reading.problems
        found.append(mechanic)
    mixed = {cell for cell, segment in seen if segment == ALL} & {cell for cell, segment in seen if segment != ALL}
    problems += [
        f"{cell.department}, {cell.channel}: one row is for everybody and another for some segments; take one of them"
        for cell in sorted(mixed)
    ]
    if problems:
        raise BadMechanics(problems)
    return found


def _mechanic(reading: _Reading, known_segments: Sequence[str] | None) -> Mechanic:
    row, number, problems = reading.row, reading.number, reading.problems
    channel = reading.text("channel")
    if channel and channel not in CHANNELS:
        problems.append(f"row {number}: channel is {channel!r}; it is online or offline")
    discount = reading.within("discount_pct", 0, 99.99)
    if row.get("discount_pct") in (None, ""):
        problems.append(f"row {number}: discount_pct is missing; 20 is 20 %")
    segments = row.get("segments") or [ALL]
    if isinstance(segments, str):
        segments = [part.strip() for part in segments.split(",") if part.strip()] or [ALL]
    if ALL in segments and len(segments) > 1:
        problems.append(f"row {number}: segments are ALL or some, not both")
    for segment in segments:
        if known_segments is not None and segment != ALL and segment not in known_segments:
            problems.append(f"row {number}: segment {segment!r} is not known")
    form = str(row.get("form") or Form.PERCENTAGE)
    if form not in set(Form):
        problems.append(f"row {number}: form is {form!r}; it is one of {', '.join(Form)}")
        form = Form.PERCENTAGE
    numbers = {name: reading.within(name, low, high) for name, (low, high) in _NUMBERS.items()}
    return Mechanic(
        department=reading.text("department"),
        channel=channel,
        discount_pct=discount or 0.0,
        segments=tuple(str(segment) for segment in segments),
        notes=str(row.get("notes") or ""),
        form=Form(form),
        **numbers,
    )


def terms_of(
    rows: Sequence[Mechanic],
    segments: Sequence[Segment],
    sensitivities: Mapping[str, float] = SENSITIVITIES,
) -> list[Terms]:
    """What the rows offer. Rows for some segments reach the segments' share of revenue (unless a reach is given), and
    their uplift is scaled by the segments' sensitivity, weighted by that share. Raises BadMechanics for a segment that
    is not known."""
    by_id = {segment.segment_id: segment for segment in segments}
    found, problems = [], []
    for number, row in enumerate(rows, 1):
        named = [by_id.get(name) for name in row.segments if name != ALL]
        missing = [name for name in row.segments if name != ALL and name not in by_id]
        problems += [f"row {number}: segment {name!r} is not known" for name in missing]
        held = [segment for segment in named if segment is not None]
        share = sum(segment.share_of_revenue for segment in held)
        weighed = sum(
            segment.share_of_revenue * sensitivities.get(segment.discount_sensitivity, 1.0) for segment in held
        )
        reach = min(share, 1.0) if held else 1.0
        found.append(
            Terms(
                cell=row.cell,
                depth=row.discount_pct / 100,
                form=row.form,
                redemption=row.redemption,
                reach=reach if row.reach is None else row.reach,
                promoted_share=1.0 if row.promoted_share is None else row.promoted_share,
                sensitivity=weighed / share if share > 0 else 1.0,
                fixed_cost=row.fixed_cost or 0.0,
                funding=row.funding or 0.0,
                stock_cap=row.stock_cap,
            )
        )
    if problems:
        raise BadMechanics(problems)
    return found
