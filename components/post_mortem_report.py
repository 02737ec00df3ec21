"""A post-mortem as a printed report to send."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from analytics.promo.postmortem.kept import Figures
from components import post_mortem_words as words
from components import wording
from reports.report_parts import Bullets, Cell, Grid, Report, Section
from reports.report_parts import Figure as Printed
from reports.report_parts import Figures as PrintedFigures


def report(
    label: str, caption: str, made: str, figures: Figures, found: Mapping[str, Any], insights: Sequence[str],
    learning_points: Sequence[str], currency: str,
) -> Report:  # fmt: skip
    """What the PDF is made of. found: the report as it is kept; made: when."""
    doubts = words.doubts(found)
    sections = [
        Section("What it brought", words.verdict(found), (_figures(figures, found, currency),)),
        Section("What happened", "", (Bullets(insights),)),
    ]
    if learning_points:
        sections.append(Section("What to learn", "", (Bullets(learning_points),)))
    if doubts:
        sections.append(Section("What cannot be concluded, or only with care", "", (Bullets(doubts),)))
    sections += [Section(f"By {by}", "", (_grid(found[f"by_{by}"], by, currency),)) for by in ("department", "channel")]
    sections.append(Section("Notes", "", (Bullets(words.NOTES),)))
    return Report(words.titled(label), "Post-mortem", caption, made, sections, "Post-mortem")


def _figures(figures: Figures, found: Mapping[str, Any], currency: str) -> PrintedFigures:
    held = {
        "Sales": figures.sales_value_error_pct, "Margin": figures.margin_value_error_pct,
        "EBIT": figures.ebit_error_pct, "Units": figures.units_error_pct,
    }  # fmt: skip
    items = []
    for name, error in held.items():
        key = words.FIGURES[name]
        changes = [] if error is None else [("forecast", Cell(wording.change(error), good=error >= 0))]
        promised = found["totals"][f"forecast_{key}"]
        beneath = "" if promised is None else f"Forecast {words.amount(promised, key, currency)}"
        items.append(Printed(name, words.amount(found["totals"][key], key, currency), changes, beneath))
    if (one := found["effect"].get("units")) is not None:
        between = f"90 %: {words.pieces(one['low'])} to {words.pieces(one['high'])}"
        items.append(Printed("Units on top", words.pieces(one["value"]), (), between))
    if (paid := found["returns"]) is not None and paid["roi_pct"] is not None:
        invested = f"Invested {wording.money_whole(paid['invested'], currency)}"
        items.append(Printed("ROI", wording.rate(paid["roi_pct"]), (), invested))
    return PrintedFigures(items)


def _grid(rows: Sequence[Mapping[str, Any]], by: str, currency: str) -> Grid:
    told = [
        [
            str(row[by]),
            words.amount(row["sales_value"], "sales_value", currency),
            words.amount(row["forecast_sales_value"], "sales_value", currency),
            wording.NOT_AVAILABLE
            if row["sales_value_error_pct"] is None
            else wording.change(row["sales_value_error_pct"]),
            words.amount(row["ebit"], "ebit", currency),
            wording.NOT_AVAILABLE if row["ebit_error_pct"] is None else wording.change(row["ebit_error_pct"]),
        ]
        for row in rows
    ]
    heads = (by.capitalize(), "Sales", "Forecast", "Off by", "EBIT", "Off by")
    return Grid("", heads, told, (3, 2, 2, 1.2, 2, 1.2))
