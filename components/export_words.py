"""What an exported file says of itself: whose figures, of which days, against which, in what money, how fresh."""

from __future__ import annotations

from collections.abc import Sequence

from analytics.periods import Period
from analytics.revenue import RevenueFigures
from components import wording
from components.plain import unmarked
from components.revenue_comparison import comparable
from components.revenue_series import Shown
from components.revenue_words import freshness
from components.revenue_words import notes as revenue_notes
from reports.workbook import Money


def about(
    shows: str,
    shown: Shown,
    *,
    days: Period | None = None,
    compared: Period | None = None,
    filters: Sequence[str] = (),
    notes: Sequence[str] = (),
) -> dict[str, str]:
    """Line by line. shows: the page's caption; days: the period, None where the page has an own range in `shows`."""
    # What is kept is read on other days: no moment of it is today's.
    kept = shows.replace(freshness(shown), freshness_kept(shown))
    said = {"Shows": kept, "Store": f"{shown.account.name} ({shown.account.public_id})"}
    if days is not None:
        said["Days"] = wording.days(days)
        said["Compared with"] = wording.days(compared) if compared else "nothing"
    return said | {
        "Filters": ", ".join(filters) or "none",
        "Currency": f"{shown.account.currency}, where a column does not name its own",
        "Time zone": f"days and local times: {shown.account.timezone}; columns that end in _utc: UTC",
        "How fresh": freshness_kept(shown),
        **{f"Note {number}": unmarked(note) for number, note in enumerate(notes, 1)},
    }


def revenue_about(
    figures: RevenueFigures, shown: Shown, caption: str, filtered: Sequence[str], *, in_part: bool = False
) -> dict[str, str]:
    """What a file of the revenue page says of itself; compared days are named where there is something to compare."""
    compared = shown.comparison if comparable(figures, shown).counts is not None else None
    return about(
        caption,
        shown,
        days=shown.period,
        compared=compared.period if compared else None,
        filters=filtered,
        notes=revenue_notes(figures, shown, in_part=in_part),
    )


def freshness_kept(shown: Shown) -> str:
    """How far the data reach, in words that hold on other days as well."""
    if shown.as_of is None or shown.account.files is not None:
        return freshness(shown)
    return f"data up to {wording.moment(shown.as_of, shown.account.zone)}"


def money(currency: str) -> Money:
    """How sums look in a workbook."""
    return Money(wording.symbol(currency), 0 if currency in wording.WITHOUT_CENTS else 2)
