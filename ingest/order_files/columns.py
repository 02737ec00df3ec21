"""Which column of a file is which column of klaviyo_orders and klaviyo_order_line_items."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from difflib import get_close_matches
from typing import Final

from data_access.writes.order_lines import TOLD
from ingest.errors import IngestError

ORDERS: Final = "klaviyo_orders"
LINES: Final = "klaviyo_order_line_items"
# Both tables have a discount: without its table's name it is the line's.
ORDER_DISCOUNT: Final = f"{ORDERS}.discount_amount"
_OF_ORDERS: Final = frozenset(TOLD[: TOLD.index("line_item_id")]) - {"order_discount"}
_OF_LINES: Final = frozenset({*TOLD[TOLD.index("line_item_id") :], "order_id", "order_date"})
COMPUTED: Final = frozenset(
    {
        "klaviyo_public_id", "event_id", "order_value_account", "item_count", "product_count", "is_first_order",
        "order_count_for_customer", "days_since_last_order", "discount_amount_account", "customer_total_spent",
        "customer_order_count", "synced_at", "inserted_at", "line_total_account", "discount_per_item",
    }
)  # fmt: skip
# Of each, one must be there.
NEEDED: Final = (
    ("order_id",),
    ("customer_id", "customer_email"),
    ("order_timestamp", "order_date"),
    ("product_id",),
    ("line_total", "unit_price"),
)
# What such columns are often called elsewhere, for a proposal only: nothing is guessed without being said.
_ELSEWHERE: Final = {
    "order_id": ("basket_id", "invoice", "invoice_no", "invoiceno", "transaction_id", "order_number", "order", "name"),
    "customer_id": ("household_id", "customer", "customerid", "user_id", "client_id", "member_id", "buyer_id"),
    "customer_email": ("email", "e_mail", "mail"),
    "order_timestamp": (
        "transaction_timestamp", "invoicedate", "invoice_date", "created_at", "timestamp", "datetime", "paid_at",
    ),
    "order_date": ("date", "day", "purchase_date"),
    "product_id": ("stockcode", "stock_code", "item_id", "article_id", "product", "item", "asin", "lineitem_sku"),
    "line_total": ("sales_value", "amount", "total", "revenue", "sales", "line_amount", "total_price"),
    "unit_price": ("price", "unitprice", "item_price", "lineitem_price"),
}  # fmt: skip


class UnfitColumns(IngestError):
    """The file's columns are not those of an order file, or were named wrongly."""


@dataclass(frozen=True, slots=True)
class Columns:
    """sources: the file's column of each target (names of TOLD); unused: columns of the file that nothing takes."""

    sources: Mapping[str, str]
    unused: tuple[str, ...]

    def named(self, target: str) -> str:
        """A target as the person knows it, with its column in the file."""
        inner = "order_discount" if target == ORDER_DISCOUNT else target
        source = self.sources.get(inner)
        return target if source in (None, target) else f"{source} ({target})"


def columns_of(file: Sequence[str], said: Sequence[str]) -> Columns:
    """Columns by what was said (`target=source`), and by their own names where these are targets.

    Raises UnfitColumns with what is missing, and with a proposal.
    """
    sources: dict[str, str] = {}
    for item in said:
        target, source = _pair(item, file)
        if target in sources and sources[target] != source:
            raise UnfitColumns(f"--map names {target} twice: {sources[target]} and {source}.")
        sources[target] = source
    plain = {_plain(name): name for name in reversed(file)}
    for target in TOLD:
        own = plain.get("klaviyo_orders_discount_amount" if target == "order_discount" else target)
        if target not in sources and own is not None and own not in sources.values():
            sources[target] = own
    missing = [choice for choice in NEEDED if not any(name in sources for name in choice)]
    if missing:
        raise UnfitColumns(_what_is_missing(missing, [name for name in file if name not in sources.values()]))
    return Columns(sources, tuple(name for name in file if name not in sources.values()))


def _pair(item: str, file: Sequence[str]) -> tuple[str, str]:
    said, sign, source = item.partition("=")
    said, source = said.strip(), source.strip()
    if not sign or not said or not source:
        raise UnfitColumns(f"--map '{item}' is not target=source, like order_id=basket_id.")
    table, _, name = said.rpartition(".")
    if name in COMPUTED and table in ("", ORDERS, LINES):
        raise UnfitColumns(f"{said} is computed, not loaded: leave --map {item} out.")
    known = {"": _OF_ORDERS | _OF_LINES, ORDERS: _OF_ORDERS | {"discount_amount"}, LINES: _OF_LINES}
    if name not in known.get(table, ()):
        near = get_close_matches(name, sorted(known[""]), 3)
        hint = f" Did you mean {' or '.join(near)}?" if near else f" There are: {', '.join(sorted(known['']))}."
        raise UnfitColumns(f"There is no column {said} in {ORDERS} and {LINES}.{hint}")
    if source not in file:
        near = get_close_matches(source, list(file), 3, 0.5)
        hint = f" Did you mean {' or '.join(near)}?" if near else ""
        raise UnfitColumns(f"The file has no column '{source}' for {said}.{hint} It has: {_listed(file)}.")
    return ("order_discount" if said == ORDER_DISCOUNT else name), source


def _what_is_missing(missing: Sequence[tuple[str, ...]], free: Sequence[str]) -> str:
    proposals = []
    for choice in missing:
        found = next(((t, s) for t in choice if (s := _similar(t, free)) is not None), None)
        if found is not None:
            proposals.append("--map " + (f"{found[0]}={found[1]}" if " " not in found[1] else f"'{'='.join(found)}'"))
    what = ", ".join(" or ".join(choice) for choice in missing)
    text = f"The file has no column for {what}; it has: {_listed(free) or 'no other columns'}."
    return f"{text} If they are meant: {' '.join(proposals)}" if proposals else f"{text} Say which: --map target=source"


def _similar(target: str, free: Sequence[str]) -> str | None:
    plain = {_plain(name): name for name in free}
    for other in _ELSEWHERE.get(target, ()):
        if other in plain:
            return plain[other]
    near = get_close_matches(target, list(plain), 1, 0.75)
    return plain[near[0]] if near else None


def _plain(name: str) -> str:
    return re.sub(r"[^a-z0-9]+", "_", name.lower()).strip("_")


def _listed(names: Sequence[str]) -> str:
    return ", ".join(names[:40]) + (", …" if len(names) > 40 else "")
