"""Unusual days in words, on charts and as rows of a file. Everything said is computed."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Any, Final

from analytics.anomalies import HISTORY_DAYS, Finding
from analytics.periods import Grain, Period
from analytics.watched import Metric, Nature
from components import wording
from components.finding_words import against
from components.line_chart import Mark
from components.revenue_series import Shown

# The figures that are watched, by the names of the charts' measures.
REVENUE: Final = {"Gross": "gross", "Net": "net", "Orders": "orders", "AOV": "aov"}
OTHERWISE: Final = "Unusual days are told of people's opens and clicks; those of machines are in this chart."
ENGAGEMENT: Final = {"Recipients": "recipients", "Opens": "open_rate", "Clicks": "click_rate"}


def marks(findings: Sequence[Finding], metric: str, shown: Shown) -> dict[int, Mark]:
    """The points of a chart by day that are marked, by place; none where points are weeks or months."""
    if shown.grain is not Grain.DAY:
        return {}
    places = {start: place for place, start in enumerate(shown.starts)}
    found: dict[int, Mark] = {}
    for finding in findings:
        if finding.metric.key == metric and finding.day in places:
            said = f"Unusual: {against(finding, shown.account.currency)}"
            if finding.days > 1:
                said += f"<br>and {finding.days - 1} more up to {wording.day(finding.last)}"
            found[places[finding.day]] = Mark(said, good=finding.good)
    return found


def beside_chart(
    findings: Sequence[Finding], metric: str, shown: Shown, judged_from: date | None, filtered: bool = False
) -> str:
    """What a chart says of its unusual days; '' where its figure is not among those that are watched."""
    if filtered:
        return "Unusual days are told for all orders and messages: take the filters away to see them."
    if judged_from is None or judged_from > shown.period.end:
        return f"Unusual days are told once {HISTORY_DAYS // 7} weeks are known."
    own = [each for each in findings if each.metric.key == metric and each.day in _judged(shown, judged_from)]
    if not own:
        said = "No unusual day"
    elif shown.grain is Grain.DAY:
        said = f"{len(own)} unusual day{'s' if len(own) > 1 else ''}, marked"
    else:
        said = f"{len(own)} unusual day{'s' if len(own) > 1 else ''}, the last on {wording.day(own[0].day)}"
        said += " (two months or less show them by day)"
    if judged_from > shown.period.start:
        said += f"; days before {wording.day(judged_from)} are not judged"
    return f"{said}."


def _judged(shown: Shown, judged_from: date) -> Period:
    return Period(max(shown.period.start, judged_from), shown.period.end)


def rows(findings: Sequence[Finding], shown: Shown) -> list[dict[str, Any]]:
    """The findings of the period as exact rows."""
    return [
        {
            "date": finding.day,
            "last_date": finding.last,
            "days": finding.days,
            "figure": finding.metric.name,
            "unit": _unit(finding.metric, shown.account.currency),
            "actual": round(finding.actual, 4),
            "expected": round(finding.expected, 4),
            "change_pct": None if finding.change_pct is None else round(finding.change_pct, 1),
            "deviations": round(finding.score, 2),
            "direction": "good" if finding.good else "bad",
        }
        for finding in findings
        if finding.day in shown.period
    ]


def by_day(findings: Sequence[Finding], start: date, end: date) -> str:
    """The unusual figures of some days, for a column of a file: 'Orders −5.2; Net revenue −4.1'."""
    span = Period(start, end)
    return "; ".join(f"{each.metric.name} {each.score:+.1f}" for each in findings if each.day in span)


def _unit(metric: Metric, currency: str) -> str:
    return {Nature.RATE: "%", Nature.COUNT: ""}.get(metric.nature, currency)
