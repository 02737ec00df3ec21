"""What the figures of the simulator mean: name, formula, source and text of each, for hover and glossary."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

_SIMULATED: Final = "sales of all channels (the company's workbooks), the uplift model, the scenario's rows"

SIMULATOR: Final[Mapping[str, tuple[str, str, str, str]]] = {
    "simulator.sales": (
        "Sales of a scenario",
        "Σ units × price × (1 − effective discount), over the scenario's days",
        _SIMULATED,
        "Expected sales of all departments and channels in the scenario's days, at the discounted price where it "
        "offers something. The change is against what would be sold without any promotion.",
    ),
    "simulator.margin": (
        "Margin of a scenario",
        "sales − units × unit cost",
        _SIMULATED,
        "Expected sales less the cost of the pieces. The cost of a piece stays when its price falls.",
    ),
    "simulator.margin_rate": (
        "Margin rate of a scenario",
        "margin / sales × 100",
        _SIMULATED,
        "Margin as a share of sales. A discount d turns the rate m of what it is given on into (m − d) / (1 − d).",
    ),
    "simulator.ebit": (
        "EBIT (contribution)",
        "margin − variable cost × sales − fixed promo cost + supplier funding",
        _SIMULATED,
        "Margin less variable cost, which is a share of sales by channel, less the promotion's fixed cost, plus what "
        "suppliers pay towards it. In the scenario's days only.",
    ),
    "simulator.units": (
        "Units of a scenario",
        "Σ baseline units × (1 + uplift) + won and lost elsewhere",
        _SIMULATED,
        "Expected pieces: of the promoted departments by their uplift, up to the stock, and of the others what the "
        "promotion takes from them or brings them.",
    ),
    "simulator.net": (
        "EBIT change with the days after",
        "change of EBIT − pull-forward units × regular contribution of a piece",
        _SIMULATED,
        "The change of EBIT against the baseline, less what the days after lose because it was bought earlier. "
        "Scenarios are ranked by this. ROI leaves variable cost out.",
    ),
    "simulator.effective": (
        "Effective discount",
        "depth × redemption × reach × share on offer",
        "the scenario's rows",
        "The discount as a share of all regular sales of the department in that channel: what all rows of the same "
        "department and channel come to together decides on the uplift.",
    ),
    "simulator.uplift": (
        "Expected uplift",
        "(units − baseline units) / baseline units × 100, in the department and channel itself",
        _SIMULATED,
        "How many more pieces the department and channel is expected to sell, by the model's curve at the effective "
        "discount and the segments' sensitivity. Its interval holds 90 %.",
    ),
    "simulator.margin_break_even": (
        "Break-even uplift on margin",
        "d / (m − d) × 100",
        "baseline margin rate, the scenario's rows",
        "The uplift at which the department's margin is the baseline's. Blank: no uplift reaches it, since nothing "
        "is left of a piece.",
    ),
    "simulator.ebit_break_even": (
        "Break-even uplift on EBIT",
        "(m − v) / ((m − d) − v(1 − d)) − 1 + (fixed cost − funding) / (contribution of a promo unit × baseline units)",
        "baseline margin rate, variable cost, the scenario's rows",
        "The uplift at which the department's EBIT (contribution) is the baseline's, with fixed cost and supplier "
        "funding. Blank: no uplift reaches it. Other departments and the days after are not in it.",
    ),
    "simulator.segment": (
        "Figures by segment",
        "total × the segment's share of revenue",
        "totals of the scenario, segments of the company",
        "Allocated by each segment's share of revenue, not measured: sales tell no segment.",
    ),
}
