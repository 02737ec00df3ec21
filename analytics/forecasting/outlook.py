"""What a page shows of one series: where its month and quarter land, beside last year and the target."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta

import numpy as np

from analytics.forecasting.kept import Kept
from analytics.forecasting.landing import Landing, land, month_of, quarter_of
from analytics.forecasting.series import Series
from analytics.gaps import estimated
from analytics.promo.terms import Floats


@dataclass(frozen=True, slots=True)
class Against:
    """A period's landing, what the whole period brought a year before (None: not all of it is known), and its target
    (None: none is set for each of its months)."""

    landing: Landing
    year: float | None
    target: float | None

    @property
    def change_pct(self) -> float | None:
        """Against last year, in per cent; None where that is not known or 0."""
        return (self.landing.expected - self.year) / abs(self.year) * 100 if self.year else None


@dataclass(frozen=True, slots=True)
class Outlook:
    """One series with what it lands at; month, quarter: None where their days are not all forecast."""

    kept: Kept
    actual: Series
    month: Against | None
    quarter: Against | None


def outlook(kept: Kept, actual: Series, targets: Mapping[str, float]) -> Outlook:
    """targets: by month ('2026-10'), those of this series."""
    after = kept.last + timedelta(days=1)
    until = (after - actual.first).days

    def of(start: date) -> Floats:
        return actual.values[max((start - actual.first).days, 0) : until]

    estimates: Mapping[date, float] = {}
    begin = quarter_of(after)[0]
    if np.isnan(of(begin)).any():
        unknown = actual.unknown
        known = {actual.first + timedelta(days=n): float(v) for n, v in enumerate(actual.values) if not np.isnan(v)}
        wanted = [day for day in unknown if begin <= day <= kept.last]
        # Days behind the forecast's last may lack a channel.
        estimates = estimated(known, wanted, unknown, actual.first, kept.last)

    def against(start: date, end: date) -> Against | None:
        landing = land(kept, float(np.nansum(of(start))), start, end, estimates)
        if landing is None:
            return None
        months = [f"{start.year}-{month:02d}" for month in range(start.month, end.month + 1)]
        held = [targets[month] for month in months if month in targets]
        return Against(landing, _year_before(actual, start, end), sum(held) if len(held) == len(months) else None)

    return Outlook(kept, actual, against(*month_of(after)), against(*quarter_of(after)))


def _year_before(actual: Series, start: date, end: date) -> float | None:
    """What the same months brought a year before."""
    begin = start.replace(year=start.year - 1)
    until = month_of(end.replace(year=end.year - 1, day=1))[1]
    first, last = (begin - actual.first).days, (until - actual.first).days + 1
    if first < 0 or last > len(actual.values):
        return None
    own = actual.values[first:last]
    return None if np.isnan(own).any() else float(own.sum())
