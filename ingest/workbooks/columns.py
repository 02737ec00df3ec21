"""What a workbook can hold: four kinds of tables, their columns, and what such columns are called elsewhere."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from difflib import get_close_matches
from enum import StrEnum
from typing import Final

from ingest.errors import IngestError


class Kind(StrEnum):
    """The table that a sheet fills."""

    SALES = "sales"
    PROMO = "promo"
    TARGETS = "targets"
    SEGMENTS = "segments"


class Holds(StrEnum):
    """What a column's cells are."""

    DAY = "day"
    MONTH = "month"
    TEXT = "text"
    CHANNEL = "channel"
    FLAG = "flag"
    DISCOUNT = "discount"
    PERCENT = "percent"
    SHARE = "share"
    MONEY = "money"
    COUNT = "count"
    LIST = "list"
    CHANNELS = "channels"
    LEVEL = "level"
    FORM = "form"


@dataclass(frozen=True, slots=True)
class Target:
    """A column of a table. aliases: what it is also called, in small letters, words parted by _; most: the largest
    count that it keeps."""

    name: str
    holds: Holds
    is_needed: bool
    aliases: tuple[str, ...] = ()
    most: int = 10**15


TABLES: Final[Mapping[Kind, str]] = {
    Kind.SALES: "sales_aggregated",
    Kind.PROMO: "promo_catalog",
    Kind.TARGETS: "targets",
    Kind.SEGMENTS: "segments",
}


def _t(name: str, holds: Holds, needed: bool, aliases: str = "", most: int = 10**15) -> Target:
    return Target(name, holds, needed, tuple(aliases.split()), most)


TARGETS: Final[Mapping[Kind, tuple[Target, ...]]] = {
    Kind.SALES: (
        _t("date", Holds.DAY, True, "day datum sales_date order_date business_date fecha data giorno tag"),
        _t("channel", Holds.CHANNEL, True, "sales_channel kanal vertriebskanal canale canal"),
        _t("department", Holds.TEXT, True, "dept category warengruppe abteilung reparto categoria departement section"),
        _t("promo_flag", Holds.FLAG, False, "promo promotion on_promo is_promo promoted aktion"),
        _t("discount_pct", Holds.DISCOUNT, False,
           "discount discount_percent discount_rate avg_discount rabatt sconto remise promo_discount"),
        _t("sales_value", Holds.MONEY, True,
           "sales turnover revenue net_sales gross_sales sales_amount sales_eur umsatz fatturato ricavi ventas"),
        _t("margin_value", Holds.MONEY, True,
           "margin gross_margin gross_profit margin_amount margin_eur marge rohertrag margine front_margin"),
        _t("units", Holds.COUNT, True, "quantity qty pieces units_sold volume sold_units menge stueck pezzi unites"),
    ),
    Kind.PROMO: (
        _t("promo_name", Holds.TEXT, False, "promotion promo name campaign promotion_name aktion campaign_name"),
        _t("date_start", Holds.DAY, True, "start start_date from begin valid_from von beginn inizio date_from"),
        _t("date_end", Holds.DAY, True, "end end_date to until valid_to bis ende fine date_to"),
        _t("departments", Holds.LIST, False, "department categories category dept warengruppen abteilungen reparti"),
        _t("channels", Holds.CHANNELS, False, "channel sales_channel kanal kanaele canali"),
        _t("avg_discount_pct", Holds.DISCOUNT, False,
           "discount discount_pct avg_discount average_discount rabatt sconto discount_percent"),
        _t("form", Holds.FORM, False, "mechanic mechanics promo_type type mechanik aktionsart"),
        _t("segments", Holds.LIST, False, "segment audience zielgruppe"),
        _t("redemption", Holds.SHARE, False, "redemption_rate einloesequote"),
        _t("reach", Holds.SHARE, False, "reichweite"),
        _t("promoted_share", Holds.SHARE, False, "share_promoted promoted_part"),
        _t("fixed_cost", Holds.MONEY, False, "fixed_costs cost promo_cost fixkosten kosten"),
        _t("funding", Holds.MONEY, False, "supplier_funding wkz"),
        _t("stock_cap", Holds.COUNT, False, "stock stock_limit"),
        _t("notes", Holds.TEXT, False, "note comment bemerkung"),
    ),
    Kind.TARGETS: (
        _t("month", Holds.MONTH, True, "period monat mese mois target_month"),
        _t("geo", Holds.TEXT, True, "country region market geography land paese"),
        _t("sales_value_target", Holds.MONEY, True,
           "sales_target turnover_target revenue_target target_sales target_turnover target_revenue umsatzziel sales"
           " turnover revenue budget"),
        _t("margin_pct_target", Holds.PERCENT, True,
           "margin_target target_margin target_margin_pct margin_pct margin margin_rate_target"),
        _t("units_target", Holds.COUNT, False, "target_units units quantity_target"),
    ),
    Kind.SEGMENTS: (
        _t("segment_id", Holds.TEXT, True, "segment id code segment_code"),
        _t("name", Holds.TEXT, True, "segment_name label description title"),
        _t("share_of_customers", Holds.SHARE, True, "customer_share customers_share customers_pct pct_customers"),
        _t("share_of_revenue", Holds.SHARE, True,
           "revenue_share sales_share turnover_share revenue_pct share_of_sales share_of_turnover pct_revenue"),
        _t("avg_basket_value", Holds.MONEY, True, "avg_basket basket_value average_basket aov avg_order_value"),
        _t("fav_categories", Holds.LIST, False, "favorite_categories favourite_categories categories"),
        _t("discount_sensitivity", Holds.LEVEL, False, "sensitivity price_sensitivity promo_sensitivity"),
        _t("purchase_frequency", Holds.MONEY, False, "frequency orders_per_year purchases_per_year"),
        _t("last_purchase_days_ago", Holds.COUNT, False, "recency days_since_last_purchase recency_days",
           36_525),
    ),
}  # fmt: skip
# Values by which a row is one and the same.
KEYS: Final[Mapping[Kind, tuple[str, ...]]] = {
    Kind.SALES: ("date", "channel", "department", "promo_flag"),
    Kind.PROMO: ("promo_name", "date_start", "date_end", "departments", "channels"),
    Kind.TARGETS: ("month", "geo"),
    Kind.SEGMENTS: ("segment_id",),
}
CHANNELS: Final[Mapping[str, str]] = dict.fromkeys(
    ("online", "web", "webshop", "ecommerce", "e-commerce", "ecom", "internet", "onlineshop", "digital", "app",
     "website", "web shop", "online store"), "online",
) | dict.fromkeys(
    ("offline", "store", "stores", "retail", "shop", "instore", "in-store", "pos", "physical", "brick and mortar",
     "filiale", "markt", "negozio", "tienda", "magasin"), "offline",
)  # fmt: skip
YES_NO: Final[Mapping[str, str]] = dict.fromkeys(
    ("true", "yes", "y", "1", "x", "ja", "j", "si", "sì", "sí", "oui", "promo", "promotion", "wahr"), "yes"
) | dict.fromkeys(
    ("false", "no", "n", "0", "-", "nein", "non", "regular", "normal", "none", "falsch", "no promo"), "no"
)
LEVELS: Final[Mapping[str, str]] = {level: level for level in ("low", "medium", "high")} | {"mid": "medium"}

# How a discount reaches the buyer; see analytics.promo.terms.Form.
FORMS: Final[Mapping[str, str]] = (
    dict.fromkeys(("percentage", "discount", "percent", "price cut", "rabatt", "price"), "percentage")
    | dict.fromkeys(("coupon", "voucher", "code", "gutschein"), "coupon")
    | dict.fromkeys(("member only", "members", "member price", "loyalty", "mitglieder"), "member_only")
    | dict.fromkeys(("bundle", "set", "paket"), "bundle")
    | dict.fromkeys(("cashback", "cash back"), "cashback")
    | dict.fromkeys(("vat free", "no vat", "vat", "ohne mwst", "mwst geschenkt"), "vat_free")
)


# Columns of a table by which a sheet is said to be nearly one: a single word may stand anywhere.
ENOUGH: Final = 2


class UnfitSheet(IngestError):
    """No sheet of a file has the columns of any table, or they were named wrongly."""


@dataclass(frozen=True, slots=True)
class Columns:
    """sources: the sheet's column of each target; unused: columns that nothing takes."""

    kind: Kind
    sources: Mapping[str, str]
    unused: tuple[str, ...]

    def named(self, target: str) -> str:
        """A target as the person knows it, with its column in the sheet."""
        source = self.sources.get(target)
        return target if source in (None, target) else f"{source} ({target})"


def said_pairs(said: Sequence[str], kind: Kind | None) -> dict[str, str]:
    """What --map said: the source of each target. Raises UnfitSheet for what is no target."""
    known = sorted({target.name for one, all_of in TARGETS.items() if kind in (None, one) for target in all_of})
    pairs: dict[str, str] = {}
    for item in said:
        target, sign, source = (piece.strip() for piece in item.partition("="))
        if not sign or not target or not source:
            raise UnfitSheet(f"--map '{item}' is not target=source, like sales_value=Turnover.")
        if target not in known:
            near = get_close_matches(target, known, 3)
            hint = f"Did you mean {' or '.join(near)}?" if near else f"There are: {', '.join(known)}."
            raise UnfitSheet(f"There is no column {target}{f' of {kind}' if kind else ''}. {hint}")
        if pairs.get(target, source) != source:
            raise UnfitSheet(f"--map names {target} twice: {pairs[target]} and {source}.")
        pairs[target] = source
    return pairs


def columns_of(sheet: Sequence[str], said: Mapping[str, str], kind: Kind | None) -> Columns | None:
    """The table that a sheet's columns are of, by what was said, by name and by alias; None where they are of none."""
    found = [one for candidate in (Kind if kind is None else (kind,)) if (one := _matched(sheet, said, candidate))]
    whole = [one for one in found if not missing(one)]
    return max(whole, key=lambda one: len(one.sources), default=None)


def missing(columns: Columns) -> list[str]:
    """Targets that must be there, and are not."""
    return [target.name for target in TARGETS[columns.kind] if target.is_needed and target.name not in columns.sources]


def nearest(sheet: Sequence[str], said: Mapping[str, str], kind: Kind | None) -> Columns:
    """The table of whose columns a sheet has most."""
    found = [_matched(sheet, said, candidate) for candidate in (Kind if kind is None else (kind,))]
    return max(found, key=lambda one: len(one.sources) / (len(one.sources) + len(missing(one))))


def what_is_missing(sheet: Sequence[str], said: Mapping[str, str], kind: Kind | None) -> str:
    """Of the kind that comes nearest: what a sheet lacks, with proposals."""
    best = nearest(sheet, said, kind)
    if not best.sources or (kind is None and len(best.sources) < ENOUGH):
        return "has no columns that any table knows"
    proposals = []
    for target in missing(best):
        near = get_close_matches(target, [_plain(name) for name in best.unused], 1, 0.5)
        if near:
            source = next(name for name in best.unused if _plain(name) == near[0])
            proposals.append(f"--map {target}={source}" if " " not in source else f"--map '{target}={source}'")
    lacking = f"lacks {', '.join(missing(best))} of {best.kind} (not used: {', '.join(best.unused[:20]) or 'none'})"
    return lacking + (
        f"; if they are meant: {' '.join(proposals)}" if proposals else "; say which: --map target=source"
    )


def _matched(sheet: Sequence[str], said: Mapping[str, str], kind: Kind) -> Columns:
    sources: dict[str, str] = {}
    for target in TARGETS[kind]:
        if said.get(target.name) in sheet:
            sources[target.name] = said[target.name]
    plain: dict[str, str] = {}
    for name in sheet:
        plain.setdefault(_plain(name), name)
    for names in (lambda target: (target.name,), lambda target: target.aliases):
        for target in TARGETS[kind]:
            if target.name in sources or target.name in said:
                continue
            for name in names(target):
                if name in plain and plain[name] not in sources.values():
                    sources[target.name] = plain[name]
                    break
    return Columns(kind, sources, tuple(name for name in sheet if name not in sources.values()))


def _plain(name: str) -> str:
    """A header as aliases are written: 'Net sales (EUR)' and 'net_sales' are one."""
    bare = re.sub(r"\(.*?\)|\[.*?\]", " ", name.lower().replace("%", " pct ").replace("ü", "ue").replace("ä", "ae"))
    return re.sub(r"[^a-z0-9]+", "_", bare).strip("_")
