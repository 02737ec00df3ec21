"""What of the compared period may be shown: cards, sentences, charts, tables and exports all ask here."""

from __future__ import annotations

from dataclasses import dataclass

from analytics.revenue import RevenueFigures, Span
from components.revenue_series import Shown


@dataclass(frozen=True, slots=True)
class Comparable:
    """The compared period as far as it can be compared; None where it cannot.

    counts: numbers of orders, customers and units can. sums: money, and rates made of it, can.
    """

    counts: Span | None
    sums: Span | None


NOTHING = Comparable(None, None)


def comparable(figures: RevenueFigures, shown: Shown) -> Comparable:
    """Nothing where the compared days begin before the first known order; counts alone where many orders have no rate.

    Sums of a period in which many orders lack an exchange rate are not those of all of its orders.
    """
    if figures.compared is None or too_early(figures, shown):
        return NOTHING
    return Comparable(figures.compared, figures.compared if figures.fully_priced else None)


def too_early(figures: RevenueFigures, shown: Shown) -> bool:
    """Whether the days compared with begin before the first known order: what lies before it is not known to be 0."""
    if shown.comparison is None or figures.first_day is None:
        return False
    return shown.comparison.period.start < figures.first_day
