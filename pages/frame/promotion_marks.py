"""The company's promotions as marks on charts over days: those of the catalog, and scenarios that are approved."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Final

from analytics.day_marks import Mark, MarkKind
from analytics.promo.calendar import Kind
from analytics.promo.postmortem.kept import Subject
from components.day_marks import Marked
from data_access.queries.promo_calendar import DATASETS, Days, plan
from pages.frame.desk import Desk

# What runs for certain; what was found in sales is no more than a guess, drafts may never run.
RUN: Final = (Kind.NAMED, Kind.APPROVED)


def marked(d: Desk, beside: Subject | None = None) -> Marked:
    """What is marked between two days. beside: the promotion that a chart is about is not marked on it."""

    def between(first: date, last: date) -> Sequence[Mark]:
        return [
            Mark(MarkKind.PROMOTION, max(one.start, first), min(one.end, last), one.label or "Promotion")
            for one in d.read(plan, Days(first, last), datasets=DATASETS).promotions
            if one.kind in RUN and not (beside is not None and _is(beside, one.key, one.scenario_id))
        ]

    return between


def _is(subject: Subject, key: str, scenario_id: str | None) -> bool:
    return key == subject.promotion_id if scenario_id is None else scenario_id == subject.scenario_id
