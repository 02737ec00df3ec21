"""What the page Planning says in words: settings by their labels, in planners' units, and what was changed."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime, tzinfo
from typing import Any, Final

from analytics.promo.settings import Problem
from analytics.promo.settings_changes import Path
from components import wording
from components.plain import plain

TITLE: Final = "Planning"
SAVED: Final = "Saved as version {version}: {what}."
UNCHANGED: Final = "Nothing had changed."
READ_ONLY: Final = "You may look at these settings; whoever plans promotions, or an admin, can change them."
NO_DEPARTMENTS: Final = "Departments appear here once sales are loaded on the page Workbooks."
LEARN_ANEW: Final = (
    "The uplift model in force was learned with other {what} than these. Until it is learned anew,"
    " figures rest on those."
)
CHANNELS: Final = {"online": "Online", "offline": "Offline"}
LABELS: Final[Mapping[str, str]] = {
    "currency": "Currency",
    "country": "Holidays of",
    "geo": "Region of the targets",
    "usual_variable_cost": "Variable cost, % of sales",
    "variable_cost": "Variable cost",
    "groups": "Group",
    "limits.discount": "Discount at most, %",
    "limits.discount_by_department": "Discount at most",
    "limits.discount_at_most": "Never deeper than, %",
    "limits.margin": "Margin floor, %",
    "limits.margin_by_department": "Margin floor",
    "limits.margin_points_below_baseline": "Or below baseline by, points",
    "limits.margin_at_least": "Never below, %",
    "limits.confidence": "Confidence at least",
    "limits.cannibalization": "Taken from elsewhere, %",
    "limits.cannibalization_at_most": "Never more than, %",
    "limits.budget": "Budget",
    "limits.grid": "Discounts to choose from, %",
    "sensitivities": "Factor on uplift",
    "default_redemption": "Coupons redeemed, %",
    "dip_window_days": "Days after a promotion",
    "dip_window_by_department": "Days after",
    "mandatory": "Mandatory text",
}
RESTS: Final = (
    "**Holidays and groups**: the uplift model, so Uplift, Simulator and Scenarios, once it is learned anew.",
    "**Variable cost, redemption, factors by segment**: every figure of Simulator and Scenarios, at once. What was"
    " saved or frozen with a scenario stays as it was.",
    "**Limits, grid and mandatory texts**: the validation of scenarios, their fixes, and the optimiser, at once.",
    "**Region of the targets**: the check of a month's landing against its target.",
    "**Currency**: how money is written on all pages of promotions. Nothing is converted.",
)
_PER_CENT: Final = frozenset(
    {"usual_variable_cost", "variable_cost", "default_redemption", "limits.discount", "limits.discount_by_department",
     "limits.discount_at_most", "limits.margin", "limits.margin_by_department", "limits.margin_points_below_baseline",
     "limits.margin_at_least", "limits.cannibalization", "limits.cannibalization_at_most", "limits.grid"}
)  # fmt: skip
_NONE: Final = "none"


def caption(version: int, author: str, saved_at: datetime | None, zone: tzinfo) -> str:
    """The line under the title."""
    if saved_at is None:
        return "What all scenarios rest on. Nothing was ever saved: these are the usual values."
    by = f" by {author}" if author else ""
    return f"What all scenarios rest on. Version {version}, saved {wording.moment(saved_at, zone)}{by}."


def label(path: Path) -> str:
    """A setting in words: 'Discount at most of TV', 'Variable cost, online'."""
    name, rest = _named(path)
    said = LABELS.get(name, name)
    if not rest:
        return said.split(",")[0]
    own = " ".join(rest)
    return f"{said} of {own}" if name.endswith("_department") or name == "groups" else f"{said}, {own}"


def value(path: Path, held: Any) -> str:
    """A setting's value in planners' units."""
    name, _ = _named(path)
    if held is None or held in ("", [], ()):
        return _NONE
    if isinstance(held, list | tuple):
        return " · ".join(_plain(one * 100) for one in held) + " %" if name in _PER_CENT else " · ".join(map(str, held))
    if name in _PER_CENT:
        return f"{_plain(held * 100)} %"
    return _plain(held) if isinstance(held, int | float) else str(held)


def changed(found: Mapping[Path, tuple[Any, Any]]) -> list[str]:
    """What was changed, a sentence a setting: 'Budget: 350,000 → 300,000'."""
    return [f"{label(path)}: {value(path, old)} → {value(path, new)}" for path, (old, new) in found.items()]


def wrong(problem: Problem) -> str:
    """What is wrong with one value, for the place beside its field."""
    name, rest = _named(tuple(problem.name.split(".")))
    said = f"{'.'.join(rest)}, {LABELS[name].lower()}: " if rest and name.endswith("_department") else ""
    if problem.within is not None:
        low, high = (bound * 100 if name in _PER_CENT else bound for bound in problem.within)
        return f"{said}Between {_plain(low)} and {_plain(high)}{' %' if name in _PER_CENT else ''}."
    if problem.wrong.endswith("not a number"):
        return f"{said}A number is needed."
    if "is above" in problem.wrong:
        return "Not above the limit beside it."
    return f"{said}{problem.wrong[:1].upper()}{problem.wrong[1:]}."


def place(problem: Problem) -> str:
    """The field beside which a problem stands: the name of the setting, without a department's."""
    name, rest = _named(tuple(problem.name.split(".")))
    return f"{name}.{rest[0]}" if name in {"variable_cost", "sensitivities", "mandatory"} and rest else name


def listed(sentences: Iterable[str]) -> str:
    """Sentences as a list; what a person wrote stays text."""
    return "\n".join(f"- {plain(one)}" for one in sentences)


def joined(names: Sequence[str]) -> str:
    """'groups of departments and holidays'."""
    return " and ".join(names)


def _named(path: Path) -> tuple[str, Path]:
    """The setting's own name, and what it holds for."""
    name = ".".join(path[:2]) if path[0] == "limits" else path[0]
    return name, path[2:] if path[0] == "limits" else path[1:]


def _plain(number: float) -> str:
    return f"{number:,.4f}".rstrip("0").rstrip(".")
