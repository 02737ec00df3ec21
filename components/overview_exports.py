"""What the overview shows as exact rows, to be exported."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal
from typing import Any

from analytics.decomposition import by_channel, explain
from analytics.overview import OverviewFigures
from analytics.periods import Period, add_months
from components import overview_words as words
from components.attention import Notice
from components.overview_charts import to_date
from components.plain import unmarked
from components.revenue_series import Shown

ZERO = Decimal(0)


def day_rows(figures: OverviewFigures, shown: Shown) -> list[dict[str, Any]]:
    """Net revenue of each day of the month so far, and added up to it; the same dates a year before."""
    period = shown.period
    rows: list[dict[str, Any]] = []
    year = (
        Period(add_months(period.start, -12), add_months(period.end, -12)) if figures.year_month is not None else None
    )
    for day, total in zip(period, to_date(figures.days, period), strict=True):
        row: dict[str, Any] = {
            "day": day,
            "currency": shown.account.currency,
            "net_revenue": figures.days.get(day, ZERO),
            "net_revenue_to_date": total,
        }
        if year is not None:
            before = add_months(day, -12)
            row |= {"year_before": before, "year_before_net_revenue": figures.days.get(before, ZERO)}
        rows.append(row)
    return rows


def moved_rows(figures: OverviewFigures, shown: Shown) -> list[dict[str, Any]]:
    """Each share of the change against last year and last month, by factor and by channel."""
    rows = []
    for against in words.AGAINST:
        other = words.chosen(figures, against)
        if other is None:
            continue
        for kind, shares in (("factor", explain(figures.this, other)), ("channel", by_channel(figures.this, other))):
            rows += [
                {"against": against, "by": kind, "part": str(part), "currency": shown.account.currency, "change": share}
                for part, share in shares.items()
            ]
    return rows


def notice_rows(found: Sequence[Notice]) -> list[dict[str, Any]]:
    """What needs a person, without its markup."""
    return [{"grave": notice.grave, "what": unmarked(notice.said), "link": notice.link} for notice in found]
