"""What the figures of the page Post-mortem mean: name, formula, source and text of each, for hover and glossary."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

_SALES: Final = "sales of the days that are judged, the forecast at approval"
_EXPECTED: Final = "sales, what would have been sold without the promotion"

POST_MORTEM: Final[Mapping[str, tuple[str, str, str, str]]] = {
    "post-mortem.sales": (
        "Sales against forecast",
        "(sales − forecast) / size of the forecast × 100",
        _SALES,
        "What all departments sold on the days that are judged, against the forecast that was frozen at approval. A "
        "promotion without a frozen forecast has no error.",
    ),
    "post-mortem.margin": (
        "Margin against forecast",
        "(margin − forecast) / size of the forecast × 100",
        _SALES,
        "Their margin, likewise.",
    ),
    "post-mortem.ebit": (
        "EBIT against forecast",
        "(margin − variable cost − fixed cost + funding − forecast) / size of the forecast × 100",
        _SALES,
        "Contribution: margin less variable cost, fixed cost and what suppliers paid, by the forecast's own rates;"
        " fixed "
        "cost and funding by the days that are judged.",
    ),
    "post-mortem.units": (
        "Units against forecast",
        "(units − forecast) / size of the forecast × 100",
        _SALES,
        "Pieces sold, likewise.",
    ),
    "post-mortem.on_top": (
        "On top",
        "units of promoted departments − what they would have sold without the promotion",
        _EXPECTED,
        "Pieces beyond what a structural time-series model, trained before the promotion with untouched departments "
        "as controls, expects. The interval holds 90 %, as wide as quiet windows of before missed.",
    ),
    "post-mortem.roi": (
        "ROI of the promotion",
        "(gain − investment) / investment × 100",
        _EXPECTED,
        "Gain: regular margin of the pieces on top, less what is missing afterwards, with what other departments lost "
        "or won. Investment: discount given + fixed cost − supplier funding; n/a where nothing was invested.",
    ),
}
