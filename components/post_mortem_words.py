"""What the page Post-mortem says: what a promotion brought, how sure that is, and what cannot be concluded."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, datetime, tzinfo
from typing import Any, Final

from analytics.periods import Period
from analytics.promo.lessons import Unfit
from analytics.promo.postmortem.doubts import Doubt, Why
from analytics.promo.postmortem.marks import MarkKind
from components import wording

TITLE: Final = "Post-mortem"
FIGURES: Final[Mapping[str, str]] = {
    "Sales": "sales_value",
    "Margin": "margin_value",
    "EBIT": "ebit",
    "Units": "units",
}
STATES: Final[Mapping[str, str]] = {"": "Not judged yet", "open": "Open", "closed": "Closed"}
MARKED: Final[Mapping[MarkKind, str]] = {
    MarkKind.OUT_OF_STOCK: "Out of stock",
    MarkKind.PRICE_NOT_LIVE: "Price not live",
}
FACTORS: Final[Mapping[str, str]] = {
    "baseline": "Baseline",
    "uplift": "Uplift",
    "mix": "Mix",
    "price": "Price",
    "cost": "Cost",
}
UNFIT: Final[Mapping[Unfit, str]] = {
    Unfit.NO_UPLIFT: "what it would have sold without the promotion is not known",
    Unfit.NO_DISCOUNT: "neither sales nor the plan tell its discount",
    Unfit.FEW_DAYS: "fewer than three of its days can be judged",
    Unfit.OVERLAP: "another promotion ran in the same days",
    Unfit.ALREADY_ON: "it was on promotion on the day before",
    Unfit.NOT_ON_PROMO: "its sales were not on promotion",
}
NONE: Final = (
    "Once an approved scenario or a promotion of the workbooks is over, it can be judged here: what it brought against"
    " its"
    " forecast, and against what would have been sold without it."
)
PICK: Final = "Pick a promotion that is over."
READ_ONLY: Final = "Whoever may plan promotions can have it judged."
NOT_JUDGED: Final = (
    "Judging takes some seconds: what would have been sold without it is estimated from the sales before, and set"
    " against"
    " quiet windows of the past."
)
FOREIGN: Final = "Another program wrote this report: there are its figures only. Judge it anew to see the rest."
MARKS: Final = (
    "Days on which a department had no stock, or its promotion price was not live, say nothing of the promotion: marked"
    " here they are left out once it is judged anew."
)
CLOSING: Final = (
    "A closed report stays as it is, and the model of uplift can learn from it. Whatever comes later, such as corrected"
    " sales, needs a further version."
)
NOTES: Final = (
    "Actual and forecast: all departments and channels, on the days that are judged: those whose sales are loaded and"
    " that"
    " nobody marked.",
    "The forecast is the one that was frozen at approval; a promotion of the catalog has none.",
    "What would have been sold without it: a structural time-series model of each promoted department and channel,"
    " trained"
    " on the days before, with departments that the promotion does not touch as controls.",
    "Intervals hold 90 %. A verdict is taken at the 5 % level, with standard errors as large as quiet windows of"
    " before say they are.",
    "The parts of the error are Shapley values: they add up to it without a rest.",
    "Effects on others are shrunk toward none, since most are.",
)


def dates(start: date, end: date) -> str:
    """From when to when it ran."""
    return wording.days(Period(start, end))


def titled(label: str) -> str:
    """A promotion's name."""
    return label.strip() or "Promotion without a name"


def caption(
    label: str, start: date, end: date, until: date | None, version: int, state: str, author: str, made: datetime,
    zone: tzinfo, currency: str, now: datetime,
) -> str:  # fmt: skip
    """The line beneath the title."""
    sold = "" if until is None else f" · sales until {wording.day(until)}"
    money = f"amounts in {currency}" if currency else "amounts in the currency of the sales"
    return (
        f"{titled(label)} · {dates(start, end)}{sold} · version {version}, {STATES.get(state, state).lower()} · judged"
        " by"
        f" {author or 'another program'}, {wording.moment(made, zone, now)} · {money}"
    )


def signed(value: float, currency: str) -> str:
    """An amount with its sign."""
    return f"{'+' if value > 0 else ''}{wording.money_whole(value, currency)}"


def pieces(value: float) -> str:
    """A number of pieces with its sign."""
    return f"{'+' if round(value) > 0 else ''}{wording.count(value)}"


def amount(value: float | None, figure: str, currency: str) -> str:
    """A figure as a table's text or a sentence says it."""
    if value is None:
        return wording.NOT_AVAILABLE
    return wording.count(value) if figure == "units" else wording.money_whole(value, currency)


def change(value: float, figure: str, currency: str) -> str:
    """The same with its sign."""
    return pieces(value) if figure == "units" else signed(value, currency)


def cells(rows: Sequence[Sequence[str]]) -> str:
    """Departments with their channels, listed."""
    return "; ".join(f"{department or 'all departments'}, {channel}" for department, channel in rows)


def listed(held: Sequence[Sequence[str]]) -> str:
    """What a promotion without a name is called: the first of its departments, and how many more there are."""
    if not held:
        return ""
    more = f" and {len(held) - 1} more" if len(held) > 1 else ""
    return f"{cells(held[:1])}{more}"


def overview(promotions: int, judged: int, closed: int) -> str:
    """The line beneath the title of the list."""
    if not promotions:
        return "No promotion is over yet."
    are = "promotion is" if promotions == 1 else "promotions are"
    return (
        f"{wording.count(promotions)} {are} over · {wording.count(judged)} judged, of these"
        f" {wording.count(closed)} closed"
    )


def verdict(report: Mapping[str, Any]) -> str:
    """Whether it sold more than would have been sold without it, in one sentence."""
    one = report["effect"].get("units")
    if one is None:
        return (
            "What it brought on top cannot be told: on no day can its departments be set against what they would have"
            " sold"
            " without it."
        )
    value, expected = float(one["value"]), float(one["expected"])
    more = "more" if value >= 0 else "fewer"
    share = f", {wording.change(value / expected * 100)}" if expected > 0 else ""
    between = f"90 %: {pieces(one['low'])} to {pieces(one['high'])}"
    said = (
        f"Its departments sold {wording.count(abs(value))} pieces {more} than the {wording.count(expected)} that would"
        " have"
        f" been sold without it{share} ({between})"
    )
    if one["p"] is None:
        return f"{said}; how often so much comes from nothing cannot be told."
    if one["sure"]:
        return f"{said}: chance alone brings so much in {_chance(one['p'])} of cases."
    return f"{said}; chance alone brings as much in {_chance(one['p'])} of cases: no effect can be concluded."


def _chance(share: float) -> str:
    return "fewer than 0.1 %" if share < 0.001 else wording.rate(share * 100)


def doubts(report: Mapping[str, Any]) -> list[str]:
    """What cannot be concluded of a kept report, or only with care, and why."""
    return [_doubt(Doubt.stored(one)) for one in report.get("doubts") or ()]


def _doubt(one: Doubt) -> str:
    told = one.figures
    match one.kind:
        case Why.NOT_LOADED:
            until = "none of its days" if told["last"] is None else f"up to {_day(told['last'])}"
            return (
                f"Sales are loaded {until} only, while it ran to {_day(told['end'])}: later days are not in any figure."
            )
        case Why.DIP_NOT_LOADED:
            return f"The days after it are loaded up to {_day(told['last'])} only: what is missing afterwards may grow."
        case Why.ALL_MARKED:
            return "All of its days are marked: nothing is left to judge."
        case Why.MARKED:
            return f"Marked and left out: {_days(told['days'])} of its departments and channels."
        case Why.TOO_FEW_DAYS:
            return f"Only {_days(told['days'])} can be judged; fewer than {told['least']} tell little."
        case Why.OVERLAP:
            return (
                f"“{titled(told['label'])}” ran at the same time ({dates(_date(told['start']), _date(told['end']))}) in"
                f" {cells(told['cells'])}: which of the two sold what cannot be told apart."
            )
        case Why.NO_BASELINE:
            return f"Too little was sold before to say what would have been sold without it: {cells(told['cells'])}."
        case Why.WEEKDAY_MEANS:
            return f"Too short a history for the model, so weekday means stand in: {cells(told['cells'])}."
        case Why.FEW_WINDOWS:
            return (
                f"There are {told['windows']} quiet windows of before that do not meet, fewer than {told['least']}: how"
                " often such an effect comes from nothing cannot be told."
            )
        case Why.NO_CONTROLS:
            return "No department was untouched by it: what moved all sales in these days counts as its effect."
        case Why.NOT_ON_PROMO:
            return f"Sales do not show them on promotion in these days: {cells(told['cells'])}."
        case Why.ALREADY_ON:
            return f"They were on promotion on the day before already: {cells(told['cells'])}."
        case Why.OTHERS_ON_PROMO:
            return f"They were on promotion themselves, so what it did to them cannot be told: {cells(told['cells'])}."
        case Why.NO_FORECAST:
            return "No forecast was frozen for it: there is nothing to hold its figures against."
        case Why.UNKNOWN_DEPTH:
            return "Some sales on promotion do not say how deep the discount was: the planned one stands in for them."


def _days(count: int) -> str:
    return f"{wording.count(count)} {'day' if count == 1 else 'days'}"


def _date(text: str) -> date:
    return date.fromisoformat(text)


def _day(text: str) -> str:
    return wording.day(_date(text))
