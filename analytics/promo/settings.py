"""What planners decide once for all scenarios: currency, cost rates, groups of departments, limits, usual values."""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping, Sequence
from dataclasses import asdict, dataclass, field, fields, replace
from typing import Any, Final

from analytics.promo.arithmetic import DEFAULT_REDEMPTION
from analytics.promo.mechanics import CHANNELS, SENSITIVITIES, Mechanic, Segment, terms_of
from analytics.promo.response import WINDOW_DAYS
from analytics.promo.terms import Form, Terms
from analytics.promo.verdict import Limits

# What a scenario has to name before it can run (the check brand_compliance).
ELEMENTS: Final = ("legal", "dates", "channels", "brand")
# What stands for an element whose texts nobody has set. Dates and channels are in every scenario as such.
USUAL_TEXTS: Final[Mapping[str, tuple[str, ...]]] = {
    "legal": ("Terms and conditions apply",),
    "brand": ("Company logo",),
}
MOST_DIP_DAYS: Final = 60
_CURRENCY: Final = re.compile(r"([A-Z]{3})?\Z")
_COUNTRY: Final = re.compile(r"([A-Z]{2})?\Z")


@dataclass(frozen=True, slots=True)
class Problem:
    """A value that cannot be kept. name: of the setting, as 'limits.discount_by_department.TV'; wrong: the rest of the
    sentence. within: lowest and highest value where those are the matter."""

    name: str
    wrong: str
    within: tuple[float, float] | None = None

    def __str__(self) -> str:
        return f"{self.name} {self.wrong}"


class InvalidPromoSettings(ValueError):
    """Values that cannot be kept; `problems` names each with what is allowed."""

    def __init__(self, problems: Sequence[Problem]) -> None:
        self.problems = tuple(problems)
        super().__init__("; ".join(map(str, problems)))


@dataclass(frozen=True, slots=True)
class PromoSettings:
    """Shares are fractions, money is in `currency` (ISO 4217; '': that of the stores, where they share one).

    currency, country: ISO 4217 and ISO 3166 alpha-2; the latter's holidays count. '' for those of the connected stores,
    where they share one. variable_cost: share of sales by channel; channels
    without one: usual_variable_cost. groups: the declared group of a department, within which promotions take from each
    other. sensitivities: factor on the uplift by a segment's discount_sensitivity. default_redemption: of a coupon that
    names none. dip_window_days: days after a promotion in which a dip is looked for; by department in
    dip_window_by_department. geo: whose targets the sales are held against. mandatory: the texts that a brief must
    hold, by element ('legal', 'brand'); elements without any: USUAL_TEXTS. version: grows with each save, 0:
    nothing was ever saved.
    """

    currency: str = ""
    country: str = ""
    variable_cost: Mapping[str, float] = field(default_factory=dict)
    usual_variable_cost: float = 0.10
    groups: Mapping[str, str] = field(default_factory=dict)
    limits: Limits = field(default_factory=Limits)
    sensitivities: Mapping[str, float] = field(default_factory=lambda: dict(SENSITIVITIES))
    default_redemption: float = DEFAULT_REDEMPTION
    dip_window_days: int = WINDOW_DAYS
    dip_window_by_department: Mapping[str, int] = field(default_factory=dict)
    geo: str = ""
    mandatory: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    version: int = 0

    def cost_rate(self, channel: str) -> float:
        """Variable cost as a share of the channel's sales."""
        return self.variable_cost.get(channel, self.usual_variable_cost)

    @property
    def wanted_texts(self) -> Mapping[str, tuple[str, ...]]:
        """By element, what a scenario's notes or brief must hold."""
        return {**USUAL_TEXTS, **{name: texts for name, texts in self.mandatory.items() if texts}}

    def shown_currency(self, of_stores: Collection[str]) -> str:
        """ISO 4217 code of all amounts: the company's own choice, else that of its stores where they share one; ''
        where neither tells."""
        found = set(of_stores)
        return self.currency or (found.pop() if len(found) == 1 else "")

    def dip_window(self, department: str) -> int:
        """Days after a promotion of the department in which its dip is looked for."""
        return self.dip_window_by_department.get(department, self.dip_window_days)

    def terms(self, rows: Sequence[Mechanic], segments: Sequence[Segment]) -> list[Terms]:
        """What rows offer, with these settings' usual values where a row has none. Raises BadMechanics."""
        return [
            replace(row, redemption=self.default_redemption)
            if row.form is Form.COUPON and row.redemption is None
            else row
            for row in terms_of(rows, segments, self.sensitivities)
        ]

    def in_groups(self, groups: Mapping[str, str]) -> PromoSettings:
        """The same with other groups of departments."""
        return replace(self, groups={name: group for name, group in groups.items() if group})

    def stored(self) -> dict[str, Any]:
        """As it stands in `promo_settings.settings`."""
        found = asdict(self)
        del found["version"]
        found["limits"]["grid"] = list(self.limits.grid)
        found["mandatory"] = {name: list(texts) for name, texts in self.mandatory.items()}
        return found


def settings_of(stored: Mapping[str, Any], version: int = 0) -> PromoSettings:
    """Stored or entered settings, checked; what is not named has its default. Raises InvalidPromoSettings with every
    problem."""
    problems: list[Problem] = []
    names = {one.name for one in fields(PromoSettings)} - {"version"}
    limit_names = {one.name for one in fields(Limits)}
    limits = dict(stored.get("limits") or {})
    problems += [Problem(f"'{name}'", "is not a setting") for name in sorted(stored.keys() - names)]
    problems += [Problem(f"'limits.{name}'", "is not a setting") for name in sorted(limits.keys() - limit_names)]
    if problems:
        raise InvalidPromoSettings(problems)
    usual = PromoSettings()
    held = {**usual.stored(), **stored}
    held["limits"] = {**asdict(usual.limits), **limits}
    _check(held, problems)
    if problems:
        raise InvalidPromoSettings(problems)
    grid = tuple(sorted({float(step) for step in held["limits"]["grid"]}))
    return PromoSettings(
        currency=held["currency"],
        country=held["country"],
        variable_cost={name: float(rate) for name, rate in held["variable_cost"].items()},
        usual_variable_cost=float(held["usual_variable_cost"]),
        groups={str(name): str(group) for name, group in held["groups"].items() if group},
        limits=Limits(**{**held["limits"], "grid": grid}),
        sensitivities={name: float(factor) for name, factor in held["sensitivities"].items()},
        default_redemption=float(held["default_redemption"]),
        dip_window_days=int(held["dip_window_days"]),
        dip_window_by_department={name: int(days) for name, days in held["dip_window_by_department"].items()},
        geo=str(held["geo"]),
        mandatory={name: tuple(texts) for name, texts in held["mandatory"].items() if texts},
        version=version,
    )


def _check(held: Mapping[str, Any], problems: list[Problem]) -> None:
    if held["currency"] != "" and not _CURRENCY.match(str(held["currency"])):
        problems.append(Problem("currency", "is not a code of three capital letters, like EUR; it may be empty"))
    if not _COUNTRY.match(str(held["country"])):
        problems.append(Problem("country", "is not a code of two capital letters, like DE; it may be empty"))
    for name in ("variable_cost", "groups", "sensitivities", "dip_window_by_department", "mandatory"):
        if not isinstance(held[name], Mapping):
            problems.append(Problem(name, "is not a list of names with values"))
            return
    for channel in held["variable_cost"]:
        if channel not in CHANNELS:
            problems.append(Problem("variable_cost", f"names {channel!r}; a channel is online or offline"))
    for level in held["sensitivities"]:
        if level not in SENSITIVITIES:
            problems.append(Problem("sensitivities", f"names {level!r}; it is low, medium or high"))
    for element in held["mandatory"]:
        if element not in ELEMENTS:
            problems.append(Problem("mandatory", f"names {element!r}; it is one of {', '.join(ELEMENTS)}"))
    shares = {f"variable_cost.{name}": rate for name, rate in held["variable_cost"].items()}
    shares |= {name: held[name] for name in ("usual_variable_cost", "default_redemption")}
    limits = held["limits"]
    for name in ("discount", "discount_at_most", "confidence", "margin_points_below_baseline"):
        shares[f"limits.{name}"] = limits[name]
    shares |= {f"limits.discount_by_department.{name}": rate for name, rate in limits["discount_by_department"].items()}
    for step in limits["grid"]:
        _within("limits.grid", step, 0, 1, problems)
    if not any(_is_number(step) and step > 0 for step in limits["grid"]):
        problems.append(Problem("limits.grid", "holds no discount to choose"))
    for name, value in shares.items():
        _within(name, value, 0, 1, problems)
    rates = {f"limits.{name}": limits[name] for name in ("margin", "margin_at_least")}
    rates |= {f"limits.margin_by_department.{name}": rate for name, rate in limits["margin_by_department"].items()}
    for name, value in rates.items():
        _within(name, value, -1, 1, problems)
    for name in ("cannibalization", "cannibalization_at_most", "budget"):
        _within(f"limits.{name}", limits[name], 0, 1e15, problems)
    for name, value in held["sensitivities"].items():
        _within(f"sensitivities.{name}", value, 0, 10, problems)
    windows = {"dip_window_days": held["dip_window_days"]}
    windows |= {f"dip_window_by_department.{name}": days for name, days in held["dip_window_by_department"].items()}
    for name, value in windows.items():
        _within(name, value, 1, MOST_DIP_DAYS, problems)
    for lower in ("discount", "cannibalization"):
        least, most = limits[lower], limits[f"{lower}_at_most"]
        if _is_number(least) and _is_number(most) and least > most:
            problems.append(Problem(f"limits.{lower}", f"is above limits.{lower}_at_most"))


def _within(name: str, value: Any, low: float, high: float, problems: list[Problem]) -> None:
    if not _is_number(value):
        problems.append(Problem(name, f"is {value!r}, not a number"))
    elif not low <= value <= high:
        problems.append(Problem(name, f"is {value:g}; it lies between {low:g} and {high:g}", (low, high)))


def _is_number(value: Any) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool)
