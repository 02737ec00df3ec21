"""Creative briefs: what those who make a promotion's assets are told, by templates from the scenario's own data."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import date
from decimal import Decimal
from typing import Any, Final

from analytics.promo.breakdown import Kpis
from analytics.promo.mechanics import ALL, Mechanic
from analytics.promo.scenarios import Content
from analytics.promo.terms import Form

_TONES: Final[Mapping[str, str]] = {
    "conservative": "calm and trustworthy",
    "balanced": "friendly and clear",
    "aggressive": "energetic",
    "flash": "urgent",
    "best_deal": "confident and direct",
    "coupon": "personal and rewarding",
    "member_only": "exclusive and appreciative",
}
_USUAL_TONE: Final = "friendly and clear"
# What a form is called in a message, after '20 % off TV'.
_FORMS: Final[Mapping[Form, str]] = {
    Form.PERCENTAGE: "",
    Form.COUPON: " with a coupon",
    Form.MEMBER_ONLY: " for members",
    Form.BUNDLE: " in a bundle",
    Form.CASHBACK: " as cashback",
    Form.VAT_FREE: " as a saving on VAT",
}
_ASSETS: Final[Mapping[str, tuple[tuple[str, str], ...]]] = {
    "online": (("homepage_hero", "Shop now"), ("email_banner", "See the offers")),
    "offline": (("in_store_poster", "Ask our team"), ("store_window", "Come in")),
}
_WHERE: Final = {"online": "online", "offline": "in our stores"}
# Up to so many days a promotion is told to be short.
_SHORT: Final = 7
_NAMED: Final = 3


@dataclass(frozen=True, slots=True)
class Audience:
    """A segment as a brief tells it: shares from 0 to 1, the basket in the company's currency."""

    segment_id: str
    name: str
    share_of_customers: Decimal
    avg_basket_value: Decimal
    discount_sensitivity: str | None


@dataclass(frozen=True, slots=True)
class Objectives:
    """What the promotion is for."""

    primary: str
    secondary: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class TargetAudience:
    """segments: ids, or ALL; demographics: who they are, in words."""

    segments: tuple[str, ...]
    demographics: str = ""


@dataclass(frozen=True, slots=True)
class MandatoryElements:
    """What every asset has to carry."""

    legal: tuple[str, ...] = ()
    brand: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Asset:
    """One thing to be made; product_focus: departments."""

    type: str
    headline: str
    subheadline: str
    cta: str
    product_focus: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Brief:
    """A brief with its assets: the columns `brief` and `assets` of `creative_briefs`."""

    objectives: Objectives
    target_audience: TargetAudience
    key_messages: tuple[str, ...]
    tone: str
    mandatory_elements: MandatoryElements
    assets: tuple[Asset, ...]

    def stored(self) -> tuple[dict[str, Any], list[dict[str, Any]]]:
        """The two documents, as JSON has them."""
        brief = _plain(asdict(self))
        assets = brief.pop("assets")
        return brief, assets


class NoBrief(ValueError):
    """A scenario without a row: there is nothing to tell."""


def brief_of(
    content: Content,
    kpis: Kpis | None,
    audiences: Sequence[Audience],
    mandatory: Mapping[str, Sequence[str]],
    *,
    currency: str = "",
    below_target: bool = False,
) -> Brief:
    """The brief that follows from a scenario. kpis: its figures, None where it was never simulated; mandatory: the
    company's elements by kind (legal, dates, channels, brand); below_target: whether a month of it lands below its
    target. Raises NoBrief."""
    if not content.mechanics:
        raise NoBrief("Nothing is discounted yet: there is nothing to brief about.")
    legal = [f"Valid {_days(content.start, content.end)}", *_conditions(content.mechanics)]
    legal += [text for kind in ("legal", "dates", "channels") for text in mandatory.get(kind, ())]
    return Brief(
        Objectives(_primary(content, kpis, currency, below_target=below_target), _secondary(content, kpis, currency)),
        _audience(content.mechanics, audiences),
        tuple(_messages(content)),
        _TONES.get(content.scenario_type or "", _USUAL_TONE),
        MandatoryElements(tuple(dict.fromkeys(legal)), tuple(mandatory.get("brand", ()))),
        tuple(_assets(content)),
    )


def _primary(content: Content, kpis: Kpis | None, currency: str, *, below_target: bool) -> str:
    if below_target:
        same = (content.start.year, content.start.month) == (content.end.year, content.end.month)
        return f"Close the sales gap of {f'{content.start:%B %Y}' if same else 'these months'}"
    if kpis is not None and kpis.sales_value_delta > 0:
        return f"Win {_money(kpis.sales_value_delta, currency)} of sales beyond what would be sold anyway"
    if kpis is not None and kpis.units_delta > 0:
        return f"Sell {kpis.units_delta:,} pieces beyond what would be sold anyway"
    return f"Bring attention to {_listed(_departments(content.mechanics))}"


def _secondary(content: Content, kpis: Kpis | None, currency: str) -> tuple[str, ...]:
    told = []
    if kpis is not None and kpis.ebit_delta > 0:
        told.append(f"Gain {_money(kpis.ebit_delta, currency)} of EBIT (contribution)")
    if kpis is not None and kpis.total_margin_pct is not None:
        told.append(f"Hold a margin of {kpis.total_margin_pct:.1f} %")
    channels = {row.channel for row in content.mechanics}
    if channels == {"online"}:
        told.append("Drive online traffic")
    if channels == {"offline"}:
        told.append("Bring people into the stores")
    return tuple(told)


def _audience(rows: Sequence[Mechanic], audiences: Sequence[Audience]) -> TargetAudience:
    wanted = tuple(dict.fromkeys(segment for row in rows for segment in row.segments))
    if ALL in wanted or not wanted:
        return TargetAudience((ALL,), "All customers")
    known = {one.segment_id: one for one in audiences}
    return TargetAudience(wanted, "; ".join(_person(known[id]) for id in wanted if id in known))


def _person(one: Audience) -> str:
    told = f"{one.name}: {one.share_of_customers * 100:.0f} % of customers, {one.avg_basket_value:,.0f} a basket"
    return f"{told}, {one.discount_sensitivity} sensitivity to discounts" if one.discount_sensitivity else told


def _messages(content: Content) -> list[str]:
    told = []
    if all(row.form is Form.MEMBER_ONLY for row in content.mechanics):
        told.append("Exclusive member pricing")
    told += _offers(content.mechanics)
    short = (content.end - content.start).days < _SHORT
    told.append(f"{'Limited time offer: ' if short else ''}{_days(content.start, content.end)}")
    channels = {row.channel for row in content.mechanics}
    if len(channels) == 1:
        told.append(f"Only {_WHERE.get(*channels, *channels)}")
    return told


def _offers(rows: Sequence[Mechanic]) -> list[str]:
    """One a form: 'Up to 20 % off TV and Toys with a coupon', the deepest of its rows."""
    found = []
    for form in dict.fromkeys(row.form for row in rows):
        own = [row for row in rows if row.form is form]
        depths = {row.discount_pct for row in own}
        upto = "Up to " if len(depths) > 1 else ""
        found.append(f"{upto}{max(depths):g} % off {_listed(_departments(own))}{_FORMS[form]}")
    return found


def _conditions(rows: Sequence[Mechanic]) -> list[str]:
    told = []
    if any(row.stock_cap is not None for row in rows):
        told.append("While stocks last")
    if any(row.form is Form.COUPON for row in rows):
        told.append("Coupon has to be redeemed")
    if any(row.form is Form.MEMBER_ONLY for row in rows):
        told.append("For members only")
    return told


def _assets(content: Content) -> list[Asset]:
    found = []
    for channel in dict.fromkeys(row.channel for row in content.mechanics):
        rows = [row for row in content.mechanics if row.channel == channel]
        departments = _departments(rows)
        members = all(row.form is Form.MEMBER_ONLY for row in rows)
        headline = f"{'Member-exclusive ' if members else ''}{_listed(departments)} sale"
        for kind, cta in _ASSETS.get(channel, ()):
            found.append(
                Asset(
                    kind,
                    headline[:1].upper() + headline[1:],
                    f"{'; '.join(_offers(rows))} · {_days(content.start, content.end)}",
                    f"{cta} – members only" if members else cta,
                    tuple(departments),
                )
            )
    return found


def _departments(rows: Sequence[Mechanic]) -> list[str]:
    """Those with the deepest discount first."""
    deepest: dict[str, float] = {}
    for row in rows:
        deepest[row.department] = max(row.discount_pct, deepest.get(row.department, 0.0))
    return sorted(deepest, key=lambda name: -deepest[name])


def _listed(names: Sequence[str]) -> str:
    shown = list(names[:_NAMED])
    if len(names) > _NAMED:
        return f"{', '.join(shown)} and more"
    return shown[0] if len(shown) == 1 else f"{', '.join(shown[:-1])} and {shown[-1]}"


def _days(start: date, end: date) -> str:
    last = f"{end.day} {end:%B %Y}"
    if start == end:
        return f"on {last}"
    if (start.year, start.month) == (end.year, end.month):
        return f"{start.day}–{last}"
    return f"{start.day} {start:%B}{f' {start.year}' if start.year != end.year else ''} – {last}"


def _money(value: Decimal, currency: str) -> str:
    return f"{value:,.0f} {currency}".rstrip()


def _plain(found: Any) -> Any:
    if isinstance(found, dict):
        return {name: _plain(held) for name, held in found.items()}
    return [_plain(held) for held in found] if isinstance(found, list | tuple) else found
