"""What cannot be concluded of a promotion, or only with care, and why."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any, Final

import numpy as np

from analytics.promo.history import on_promotion
from analytics.promo.postmortem.after import dip_loaded
from analytics.promo.postmortem.case import Case, Sold
from analytics.promo.postmortem.counterfactual import Expected
from analytics.promo.postmortem.effect import LEAST_WINDOWS, Effect
from analytics.promo.terms import Cell

LEAST_DAYS: Final = 3


class Why(StrEnum):
    """One reason each."""

    NOT_LOADED = "not_loaded"
    DIP_NOT_LOADED = "dip_not_loaded"
    ALL_MARKED = "all_marked"
    MARKED = "marked"
    TOO_FEW_DAYS = "too_few_days"
    OVERLAP = "overlap"
    NO_BASELINE = "no_baseline"
    WEEKDAY_MEANS = "weekday_means"
    FEW_WINDOWS = "few_windows"
    NO_CONTROLS = "no_controls"
    NOT_ON_PROMO = "not_on_promo"
    ALREADY_ON = "already_on"
    OTHERS_ON_PROMO = "others_on_promo"
    NO_FORECAST = "no_forecast"
    UNKNOWN_DEPTH = "unknown_depth"


@dataclass(frozen=True, slots=True)
class Doubt:
    """figures: what its sentence cites, by name."""

    kind: Why
    figures: dict[str, Any] = field(default_factory=dict)

    @staticmethod
    def stored(one: Mapping[str, Any]) -> Doubt:
        """As it stands in a kept report."""
        return Doubt(Why(one["kind"]), {name: value for name, value in one.items() if name != "kind"})


def doubts(
    case: Case, found: Sold, told: Mapping[Cell, Expected], effect: Effect | None, affected: Sequence[Cell],
    quiet: Sequence[Cell], *, controls: int,
) -> list[Doubt]:  # fmt: skip
    """All of a promotion, those that stop a conclusion first."""
    seen: list[Doubt] = []
    last = case.loaded_until
    own = found.judged[[found.row(cell) for cell in case.promoted], : case.length]
    judged = int(own.any(axis=0).sum())
    if last is None or last < case.end:
        seen.append(Doubt(Why.NOT_LOADED, {"last": last and last.isoformat(), "end": case.end.isoformat()}))
    elif not dip_loaded(case):
        seen.append(Doubt(Why.DIP_NOT_LOADED, {"last": last.isoformat()}))
    marked = _marked_days(case)
    if not judged:
        seen.append(Doubt(Why.ALL_MARKED if marked else Why.TOO_FEW_DAYS, {"days": 0, "least": LEAST_DAYS}))
    elif judged < LEAST_DAYS:
        seen.append(Doubt(Why.TOO_FEW_DAYS, {"days": judged, "least": LEAST_DAYS}))
    for other in case.others:
        seen.append(
            Doubt(
                Why.OVERLAP,
                {"label": other.label, "cells": [list(cell) for cell in other.cells], "start": other.start.isoformat(),
                 "end": other.end.isoformat()},
            )
        )  # fmt: skip
    missing = [cell for cell in case.promoted if cell not in told]
    if missing:
        seen.append(Doubt(Why.NO_BASELINE, {"cells": [list(cell) for cell in missing]}))
    short = [cell for cell in case.promoted if cell in told and not told[cell].modelled]
    if short:
        seen.append(Doubt(Why.WEEKDAY_MEANS, {"cells": [list(cell) for cell in short]}))
    if effect is not None and not effect.placebo.enough:
        seen.append(Doubt(Why.FEW_WINDOWS, {"windows": effect.placebo.independent, "least": LEAST_WINDOWS}))
    if not controls:
        seen.append(Doubt(Why.NO_CONTROLS))
    if marked:
        seen.append(Doubt(Why.MARKED, {"days": marked}))
    rows = [found.row(cell) for cell in case.promoted]
    silent = [
        cell for cell, row in zip(case.promoted, rows, strict=True)
        if found.judged[row, : case.length].any() and not found.promoted[row, : case.length].any()
    ]  # fmt: skip
    if silent:
        seen.append(Doubt(Why.NOT_ON_PROMO, {"cells": [list(cell) for cell in silent]}))
    if before := _already_on(case):
        seen.append(Doubt(Why.ALREADY_ON, {"cells": [list(cell) for cell in before]}))
    if others := [cell for cell in affected if cell not in quiet]:
        seen.append(Doubt(Why.OTHERS_ON_PROMO, {"cells": [list(cell) for cell in others]}))
    if bool(np.any(found.blind[rows, : case.length] > 0)):
        seen.append(Doubt(Why.UNKNOWN_DEPTH))
    if case.frozen is None:
        seen.append(Doubt(Why.NO_FORECAST))
    return seen


def _marked_days(case: Case) -> int:
    """Days of promoted cells that are marked, within the promotion."""
    held = {
        (mark.cell, day)
        for mark in case.marks
        if mark.cell in case.promoted
        for day in case.days
        if mark.start <= day <= mark.end
    }
    return len(held)


def _already_on(case: Case) -> list[Cell]:
    """Promoted cells that were on promotion on the day before."""
    found = {
        Cell(row.department, row.channel)
        for row in case.rows
        if (case.start - row.date).days == 1 and on_promotion(row)
    }
    return [cell for cell in case.promoted if cell in found]
