"""What the page Uplift says in words."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime, tzinfo
from typing import Final

from analytics.periods import Period
from analytics.promo.model import Doubt, Model, Why
from analytics.promo.terms import Cell, CrossEffect, Curve
from components import wording

TITLE: Final = "Uplift"
EMPTY: Final = (
    "What discounts bring is learned from the company's sales:\n\n"
    "1. Load sales with their discounts on the page Workbooks, or by `promolens ingest sales.xlsx`.\n"
    "2. **Estimate** here, or by `promolens uplift`."
)
READ_ONLY: Final = (
    "What discounts bring has not been learned yet. Somebody who plans promotions can have it learned from the sales."
)
STALE: Final = "Sales, groups of departments or holidays have changed since this model was learned: estimate anew."
STATES: Final[Mapping[str, str]] = {"active": "in force", "proposed": "proposed", "retired": "replaced"}
_NO_HOLIDAYS: Final = "Public holidays are days like others: no country is chosen on the page Planning."
_Z: Final = 1.6448536269514722
_WHY: Final = {
    Why.NEVER_PROMOTED: "was never on promotion: it has the curve that the others have in common",
    Why.NO_DEPTH: "has no promotion with a known discount: it has the curve that the others have in common",
    Why.FEW_PROMO_DAYS: "has only {promo_days} promo days: its curve rests mostly on the others'",
    Why.SHORT: "has only {days} days of sales: its baseline is a weekday mean, its curve that of the others",
    Why.NO_SALES: "sold no pieces: nothing can be told of it",
}


def named(cell: Cell) -> str:
    """A department in a channel."""
    return f"{cell.department}, {cell.channel}"


def caption(model: Model, since: datetime | None, zone: tzinfo) -> str:
    """The line under the title."""
    departments = len({cell.department for cell in model.curves})
    channels = len({cell.channel for cell in model.curves})
    said = [f"Model {model.version}"]
    if since is not None:
        said[0] += f", in force since {wording.moment(since, zone)}"
    said += [
        f"sales of {wording.days(Period(model.first, model.last))}",
        f"{departments} {'department' if departments == 1 else 'departments'} in {channels} "
        f"{'channel' if channels == 1 else 'channels'}",
        f"holidays of {model.country}" if model.country else "",
    ]
    return " · ".join(part for part in said if part)


def rests_on(curve: Curve) -> str:
    """What a curve rests on."""
    if not curve.promo_days:
        return "No promo day of its own: what the others have in common. Dashed: never seen here."
    deepest = wording.rate(curve.deepest * 100)
    return f"{curve.promo_days} promo days, the deepest at {deepest}. Dashed: never seen so deep here."


def interval(estimate: float, error: float) -> str:
    """Both ends of a 90 % interval of a fraction, in per cent."""
    return f"{(estimate - _Z * error) * 100:,.0f} to {(estimate + _Z * error) * 100:,.0f} %"


def effect(one: CrossEffect) -> str:
    """What a promotion does to another department or channel."""
    low, high = one.effect - _Z * one.error, one.effect + _Z * one.error
    if low > 0:
        return "Halo"
    if high < 0:
        return "Cannibalization"
    return "No clear effect"


def doubts(found: Sequence[Doubt]) -> list[str]:
    """What could not be estimated from its own sales, and why."""
    return [f"**{named(one.cell)}** {_WHY[one.why].format(days=one.days, promo_days=one.promo_days)}." for one in found]


def notes(model: Model) -> list[str]:
    """How to read the page."""
    groups = ", ".join(f"{name} ({group})" for name, group in sorted(model.groups.items()))
    return [
        "Uplift is of all units of the department in that channel, against what it would have sold that day without"
        " promotion; a dot is a day on promotion, at the discount over all its sales.",
        "The band holds the true curve in nine of ten cases. Dashed: beyond the deepest discount that was ever seen"
        " there, the curve only goes on as others do.",
        "A single day lies off the curve by chance, by what other departments do, and by what was bought earlier.",
        f"Departments of a declared group can take from each other: {groups or 'no groups are declared'}. Across"
        " channels every department can.",
        "Pull-forward: the share of the additional units that is missing in the days after.",
        *([] if model.country else [_NO_HOLIDAYS]),
    ]
