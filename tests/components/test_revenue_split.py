"""Bars of revenue by country, sales channel or device."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal

import pytest

from analytics.revenue import Amounts
from components import charts, revenue_charts
from tests.components.test_comparison import figures, shown


def test_names_that_differ_in_blanks_alone_are_one_bar(monkeypatch: pytest.MonkeyPatch) -> None:
    """€60 of 'iOS' and €40 of 'iOS ' are €100; what has no name, or blanks for one, is not known."""
    seen: list[str] = []
    monkeypatch.setattr(charts, "show", lambda _figure, *, alt, **_other: seen.append(alt))
    sold = {"iOS": 60, "iOS ": 40, "Web": 150, "": 20, " ": 30}
    this = replace(figures().this, devices={name: Amounts(Decimal(gross)) for name, gross in sold.items()})
    revenue_charts.split(replace(figures(), this=this), shown(), "Device")
    assert seen == ["Gross revenue by device: Web €150 50.0 %, iOS €100 33.3 %, Not known €50.00 16.7 %."]
