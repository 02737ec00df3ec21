"""What the figures of the page of workbooks mean: name, formula, source and text of each, for hover and glossary."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

_TABLES: Final = "the company's workbooks"
_LOADS: Final = "the log of loads"

WORKBOOKS: Final[Mapping[str, tuple[str, str, str, str]]] = {
    "workbooks.sales": (
        "Sales up to",
        "last day with a row of sales",
        _TABLES,
        "The last day of which there are sales, of any department and channel. Store orders are another world of sales "
        "and are not in here.",
    ),
    "workbooks.rows": (
        "Rows of sales",
        "number of rows, one a day, channel, department and promotion flag",
        _TABLES,
        "A day on which a part of a department was on promotion has two rows, one on promotion and one that is not.",
    ),
    "workbooks.promotions": (
        "Promotions",
        "promotions from lists, and runs of days on promotion that no list names",
        _TABLES,
        "From lists of promotions, and beside them those that only the sales show: consecutive days on promotion of a "
        "department and channel.",
    ),
    "workbooks.targets": (
        "Target months",
        "number of targets, one a month and region",
        _TABLES,
        "Targets of sales and margin by month and region.",
    ),
    "workbooks.segments": (
        "Segments",
        "number of customer segments",
        _TABLES,
        "Customer segments with their share of revenue and how they answer to discounts.",
    ),
    "workbooks.quality": (
        "Last quality",
        "mean of completeness, accuracy, consistency and timeliness, weighted by the rows of each table",
        _LOADS,
        "Completeness: needed cells that are filled. Accuracy: cells that keep their column's rule. Consistency: rows "
        "that do not contradict themselves or another. Timeliness: days (months) present between the first and last.",
    ),
}
