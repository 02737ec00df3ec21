"""What the page Discovery says in words."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, datetime, tzinfo
from typing import Final

from analytics.promo.pacing import Basis, How, Method, Pace, Stage
from components import wording
from components.reach_words import channels_end
from components.simulator_words import plain_money

TITLE: Final = "Discovery"
EMPTY: Final = (
    "A month is held against its target once the company's sales are loaded:\n\n"
    "1. Load sales, and targets if you have them, on the page Workbooks, or by `promolens ingest sales.xlsx`.\n"
    "2. Targets can be typed below, too."
)
NO_MODEL: Final = "Which promotions would pay can be told once uplift has been learned from the sales."
NOBODY_LOOKED: Final = "Nobody has looked for promotions yet."
LOOK: Final = "Press **Look again**; the clock looks each day, and where something has changed."
NOTHING_FOUND: Final = (
    "No promotion that begins in the rest of this month is expected to earn more than it costs and passes the"
    " validation."
)
STALE: Final = "Sales, targets, limits, scenarios or the uplift model have changed since: look again."
PAST: Final = "The month is over: promotions are looked for in this month and the next."
_SPREAD: Final[Mapping[Method, str]] = {
    Method.BASELINE: "by the days' shares of the uplift model's baseline: weekday, season, holidays",
    Method.YEAR: "by the same days of last year, 364 days earlier: no uplift model is in force",
    Method.WEEKDAYS: "by the weekdays of the last 56 days: there is neither an uplift model nor last year",
    Method.EVEN: "evenly: nothing is known of how days usually sell",
}
_LANDS: Final[Mapping[How, str]] = {
    How.OVER: "All of the month has come.",
    How.HISTORY: (
        "The landing is the overview's: past months tell how much is still to come. The level of the last weeks enters"
        " it, with the promotions that ran in them."
    ),
    How.BASELINE: (
        "The landing is what has come and the baseline of the days left, without promotions: the month has not begun,"
        " or too few past months can be tested."
    ),
}
_SHARED: Final[Mapping[Basis, str]] = {
    Basis.YEAR: "shares of the same month last year",
    Basis.RECENT: "shares of the last 90 days",
}


def month(first: date) -> str:
    """November 2026."""
    return f"{first:%B %Y}"


def caption(found: Pace, currency: str, looked: datetime | None, zone: tzinfo) -> str:
    """The line under the title."""
    target = found.target
    said = [
        month(found.first),
        f"sales up to {wording.day(found.through)}" if found.through and found.stage is not Stage.NOT_BEGUN
        else f"not begun; sales up to {wording.day(found.through)}" if found.through else "no sales yet",
        f"target of {', '.join(target.geos)}" if target else "no target",
        currency,
        f"looked for promotions {wording.moment(looked, zone)}" if looked else "",
    ]  # fmt: skip
    return " · ".join(part for part in said if part)


def answer(found: Pace, currency: str) -> str:
    """Where the month stands, in a sentence or two."""
    name = f"{found.first:%B}"
    ends = channels_end(found.reach)
    if found.ending is None:
        sold = wording.money_short(found.sales, currency)
        return _with(f"{name} has sold {sold} so far; where it lands cannot be told yet.", ends)
    way = {
        Stage.OVER: "ended at",
        Stage.RUNNING: "is on its way to about",
        Stage.NOT_BEGUN: "has not begun; it is likely to land at about",
    }
    said = f"{name} {way[found.stage]} {wording.money_short(found.ending.expected, currency)}"
    if found.target is None or found.gap is None:
        return _with(f"{said}, and has no target.", ends)
    size = wording.money_short(abs(found.gap), currency)
    share = abs(found.gap) / float(found.target.sales) * 100 if found.target.sales > 0 else None
    part = f" ({wording.rate(share)})" if share is not None else ""
    said += f", {size}{part} {'below' if found.gap > 0 else 'above'} its target"
    if found.needed_a_day is not None and found.to_go is not None and found.to_go > 0:
        days = f"{found.days_left} {'day' if found.days_left == 1 else 'days'}"
        said += f". The {days} left have to bring {wording.money_short(found.needed_a_day, currency)} each"
        if found.run_rate is not None:
            said += f"; so far a day brought {wording.money_short(found.run_rate, currency)}"
    return _with(f"{said}.", ends)


def _with(said: str, ends: str) -> str:
    return plain_money(f"{said} {ends}".rstrip())


def allocated(basis: Basis | None) -> str:
    """How the parts came about."""
    if basis is None:
        return "Nothing was sold last year or in the last 90 days that a target could be allocated by."
    return (
        f"Allocated: targets are of all sales. Each part of the target is by {_SHARED[basis]}, each part of what is to"
        " come by shares of the last 90 days; parts add up to the whole, to the cent."
    )


def notes(found: Pace, basis: Basis | None) -> Sequence[str]:
    """What is estimated, and how."""
    said = [f"The target's path spreads the target {_SPREAD[found.method]}."]
    if found.missing:
        said.append(
            f"{len(found.missing)} of its days were not delivered, from {wording.day(min(found.missing))} on: in the"
            " landing and in what is still needed, the same weekdays of the eight weeks around stand in for them. In"
            " the run rate, and against the target's path, they do not count."
        )
    if found.ending is not None:
        said.append(_LANDS[found.ending.how])
    said += [
        allocated(basis),
        "Opportunities are looked for from tomorrow on, for 3, 7 or 14 days in a row that no submitted or approved"
        " scenario holds, among the discounts of the page Planning, no deeper than any that was seen there. Their"
        " figures are the simulator's of the scenario that is begun from them; each stands for itself.",
        "A scenario's check lands the month by sales and baseline, without promotions, so that what the scenario adds"
        " is counted once: it may differ from the landing here.",
    ]
    return said
