"""What the figures of the page Forecast mean: name, formula, source and text of each, for hover and glossary."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

_MODELS: Final = "forecasts, what has come"
_TRIALS: Final = "trials of the model on the past"

FORECAST: Final[Mapping[str, tuple[str, str, str, str]]] = {
    "forecast.month": (
        "Month lands at",
        "what has come + forecast of the month's days to come",
        _MODELS,
        "What the month's days have brought, and the forecast of those to come. The interval holds the landing in 80 % "
        "of cases, by what past forecasts of as many days missed. The change is against the whole month a year before.",
    ),
    "forecast.quarter": (
        "Quarter lands at",
        "what has come + forecast of the quarter's days to come",
        _MODELS,
        "The same of the calendar quarter.",
    ),
    "forecast.so_far": (
        "Month so far",
        "sum of the month's days that have come",
        "figures by day",
        "What the month's days have brought, up to the last whole day that is known. A week or more that was not "
        "delivered is told beside it, and estimated in the landing by the same weekdays of the eight weeks around.",
    ),
    "forecast.target": (
        "Landing against target",
        "month's landing − its target",
        "forecasts, targets",
        "The month's landing less its target. Targets are of all sales: parts of them and store orders have none here.",
    ),
    "forecast.wape": (
        "A day is off by",
        "sum of absolute errors / sum of what came × 100 (WAPE)",
        _TRIALS,
        "How far off the days of four weeks were, forecast from several days of the past on: what stands on this page, "
        "after adding up, beside the seasonal naive. Bias: above 0 too much was forecast.",
    ),
    "forecast.inside": (
        "Interval held",
        "past days inside the interval / past days × 100",
        _TRIALS,
        "Share of past days that came inside the 80 % interval, each held against what the other trials give.",
    ),
}  # fmt: skip
