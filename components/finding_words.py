"""An unusual day in words, for charts and e-mails."""

from __future__ import annotations

from typing import Final

from analytics.anomalies import Finding
from analytics.watched import Metric, Nature
from components import wording

# Rates of complaints and bounces are small: a per cent with one decimal would say 0.1 % of all of them.
FINE: Final = 1.0


def value(metric: Metric, number: float, currency: str) -> str:
    """A figure as people write it; rates are in per cent."""
    match metric.nature:
        case Nature.MONEY | Nature.MEAN:
            return wording.money(number, currency)
        case Nature.COUNT:
            return wording.count(number)
        case Nature.RATE:
            return f"{number:.2f} %" if abs(number) < FINE else wording.rate(number)


def against(finding: Finding, currency: str) -> str:
    """'€150.00 where €100.00 was expected (+50.0 %, 4.4 deviations)'."""
    actual, expected = (value(finding.metric, number, currency) for number in (finding.actual, finding.expected))
    change = f"{wording.change(finding.change_pct)}, " if finding.change_pct is not None else ""
    return f"{actual} where {expected} was expected ({change}{abs(finding.score):.1f} deviations)"


def sentence(finding: Finding, currency: str) -> str:
    """One finding as a line of a list."""
    said = f"{finding.metric.name}, {wording.day_short(finding.day)}: {against(finding, currency)}"
    if finding.days == 1:
        return f"{said}."
    more = finding.days - 1
    return f"{said}; {wording.count(more)} more such day{'s' if more > 1 else ''} up to {wording.day(finding.last)}."
