"""What is said of promotions on the calendar: where they come from, when and where they run, and where two meet."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Final

from analytics.periods import Period
from analytics.promo.calendar import Campaign, Kind, Overlap, Plan, Promotion, Span
from analytics.promo.terms import Cell
from components import wording
from components.plain import charted, plain

KINDS: Final[Mapping[Kind, str]] = {
    Kind.APPROVED: "Approved",
    Kind.SUBMITTED: "Waiting for approval",
    Kind.NAMED: "In the catalog",
    Kind.FOUND: "Found in sales",
    Kind.DRAFT: "Draft",
}
UNNAMED: Final = "Promotion without a name"
ALL_DEPARTMENTS: Final = "All departments"
CHANNELS: Final[Mapping[str, str]] = {"email": "E-mail", "sms": "SMS", "push": "Push", "whatsapp": "WhatsApp"}
NOTES: Final = (
    "Past promotions are those of the catalog: loaded with a name, or found in sales as runs of days on promotion that "
    "no named promotion covers.",
    "Scenarios stand as they are now, unless rejected or archived. One that was approved and is being changed stands "
    "twice: as it was approved, and as a draft.",
    "Two promotions overlap where they share a department, a channel and a day. Drafts are choices and never meet each "
    "other; what was found in sales, a draft of an approved scenario, and a promotion of the catalog by the name of a "
    "scenario are the same promotion seen twice.",
    "Campaigns are those of the stores that you may see, by the day of the store on which they are sent; drafts and "
    "cancelled ones are left out.",
)
_NAMES: Final = 3


def name(one: Promotion) -> str:
    """What a promotion is called."""
    return one.label or UNNAMED


def title(window: Period, span: Span) -> str:
    """November 2026, or Q4 2026."""
    if span is Span.MONTH:
        return f"{window.start:%B %Y}"
    return f"Q{(window.start.month + 2) // 3} {window.start.year}"


def dates(one: Promotion | Overlap) -> str:
    """From when to when."""
    return wording.days(Period(one.start, one.end))


def department(text: str) -> str:
    """The name of a department, '' being all of them."""
    return text or ALL_DEPARTMENTS


def row_of(cell: Cell) -> str:
    """The name of a row of the time line."""
    return f"{department(cell.department)} · {cell.channel}"


def where(cells: Sequence[Cell]) -> str:
    """Departments and channels in words: 'TV and Toys online', 'TV, Toys, Audio and 4 more online and offline'."""
    by_department: dict[str, list[str]] = {}
    for cell in cells:
        by_department.setdefault(department(cell.department), []).append(cell.channel)
    by_channels: dict[tuple[str, ...], list[str]] = {}
    for held, channels in by_department.items():
        by_channels.setdefault(tuple(sorted(set(channels), reverse=True)), []).append(held)
    return "; ".join(f"{_listed(held)} {' and '.join(channels)}" for channels, held in by_channels.items())


def discount(one: Promotion) -> str:
    """'up to 20 %' of a scenario, 'mean 12.5 %' of the catalog."""
    if one.discount is None:
        return ""
    return f"{'up to' if one.scenario_id else 'on average'} {one.discount:g} % off"


def of_bar(one: Promotion) -> str:
    """All of a bar, line by line, as a chart's hover has it."""
    told = [name(one), KINDS[one.kind], dates(one), where(one.cells), discount(one)]
    return "<br>".join(charted(text) for text in told if text)


def campaigns_hover(day: str, held: Sequence[Campaign]) -> str:
    """The campaigns of a day."""
    names = [f"{one.name}{'' if one.sent else ' (planned)'}" for one in held[:8]]
    more = [f"and {len(held) - 8} more"] if len(held) > 8 else []
    return "<br>".join(charted(text) for text in [day, *names, *more])


def overlap(one: Overlap) -> str:
    """Two promotions that meet, in a sentence."""
    first, second = (f"**{plain(name(of))}** ({KINDS[of.kind].lower()})" for of in (one.first, one.second))
    days = f"{one.days} {'day' if one.days == 1 else 'days'}"
    return f"{first} and {second}: {plain(where(one.cells))}, {dates(one)} ({days})."


def caption(shown: Plan, whole: Plan, window: Period) -> str:
    """Which days, and how much of what they hold."""
    number, of = len(shown.promotions), len(whole.promotions)
    held = f"{wording.count(number)} of {_some(of, 'promotion')}" if number < of else _some(of, "promotion")
    days = wording.days(window)
    return f"{days} · {held} · days as the company counts them, campaigns by their store's" if of else days


def sentence(plan: Plan, campaigns: Sequence[Campaign], days: int, window: Period, span: Span) -> str:
    """What the days hold, as a person would say it."""
    by_kind = {kind: sum(one.kind is kind for one in plan.promotions) for kind in Kind}
    ran = by_kind[Kind.NAMED] + by_kind[Kind.FOUND]
    told = [
        f"{_some(ran, 'promotion')} of the catalog" if ran else "",
        f"{_some(by_kind[Kind.APPROVED], 'approved scenario')}" if by_kind[Kind.APPROVED] else "",
        f"{wording.count(by_kind[Kind.SUBMITTED])} waiting for approval" if by_kind[Kind.SUBMITTED] else "",
        _some(by_kind[Kind.DRAFT], "draft") if by_kind[Kind.DRAFT] else "",
    ]
    said = _listed([text for text in told if text], most=len(told)) or "no promotion"
    met = f"{_some(len(plan.overlaps), 'overlap')}" if plan.overlaps else "nothing overlaps"
    sent = f", {_some(len(campaigns), 'campaign')}" if campaigns else ""
    return (
        f"{title(window, span)}: {said}{sent}; {_some(days, 'day')} of {window.days} on promotion; {met}."
    )  # fmt: skip


def _some(number: int, of: str) -> str:
    return f"{wording.count(number)} {of}{'' if number == 1 else 's'}"


def _listed(names: Sequence[str], most: int = _NAMES) -> str:
    shown = list(names[:most])
    if len(names) > most:
        return f"{', '.join(shown)} and {len(names) - most} more"
    return shown[0] if len(shown) == 1 else f"{', '.join(shown[:-1])} and {shown[-1]}" if shown else ""
