"""What stays of an event of somebody who was forgotten: what figures are made of, and nothing that tells who it was.

An order's number, value, discount, lines and country stay, so that sums are the same to the cent when orders are made
of their events again; names, addresses, notes, links and whatever else a shop puts into an event go.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any, Final
from urllib.parse import unquote, urlsplit

_ORDER: Final = frozenset(
    {
        "OrderId", "$event_id", "$value", "$value_currency", "Source Name", "source_name", "device_type",
        "Client Type", "Total Discounts", "DiscountValue", "utm_source", "utm_medium", "utm_campaign", "Collections",
        "Categories", "Reason", "reason", "Cancel Reason", "cancel_reason", "Discount Codes", "DiscountCode",
        "DiscountCodes",
    }
)  # fmt: skip
_MESSAGE: Final = frozenset({"$message", "$flow", "machine_open", "Bot Click", "$_cohort$message_send_cohort"})
_PRODUCT: Final = frozenset(
    {
        "id", "LineItemID", "line_item_id", "ProductID", "product_id", "SKU", "sku", "VariantID", "variant_id",
        "ProductName", "title", "name", "Brand", "ProductBrand", "vendor", "product_type", "ProductType", "Quantity",
        "quantity", "ItemPrice", "price", "RowTotal", "line_price", "subtotal", "DiscountAmount", "total_discount",
        "Discount", "Collections", "Categories", "ProductCategories",
    }
)  # fmt: skip
_VIEWED: Final = frozenset({"ProductID", "product_id", "SKU", "sku"})
_COUNTRY: Final = frozenset({"CountryCode", "Country", "country_code", "country"})
_ITEMS: Final = ("Items", "line_items", "refund_line_items")
_ADDRESSES: Final = ("ShippingAddress", "Shipping Address", "shipping_address")
_LANDING: Final = ("landing_site", "Landing Page", "LandingPage", "landing_page")
_CAMPAIGN: Final = ("utm_source", "utm_medium", "utm_campaign")
_MAIL_DOMAIN: Final = "Email Domain"
_TEXT: Final = 200


def reduced(properties: str | None, *, domains: frozenset[str] = frozenset()) -> str:
    """The properties of an event (JSON text) as they stay. domains: mailboxes that others use too, which may stay."""
    told = _read(properties)
    kept = _level(told)
    extra = told.get("$extra")
    if isinstance(extra, dict):
        kept["$extra"] = _level(extra)
    landing = [
        *([extra.get("landing_site")] if isinstance(extra, dict) else []),
        *(told.get(name) for name in _LANDING),
    ]
    for name, value in _campaign(next((text for text in landing if isinstance(text, str) and text), "")).items():
        if not kept.get(name):
            kept[name] = value
    domain = told.get(_MAIL_DOMAIN)
    if isinstance(domain, str) and domain.lower() in domains:
        kept[_MAIL_DOMAIN] = domain
    return json.dumps({name: value for name, value in kept.items() if value not in ({}, [])}, ensure_ascii=False)


def _read(properties: str | None) -> dict[str, Any]:
    try:
        told = json.loads(properties or "{}")
    except ValueError:
        return {}
    return told if isinstance(told, dict) else {}


def _level(told: Mapping[str, Any]) -> dict[str, Any]:
    kept = {name: _plain(value) for name, value in told.items() if name in _ORDER | _MESSAGE | _VIEWED}
    for name in _ITEMS:
        if isinstance(told.get(name), list):
            kept[name] = [_item(entry) for entry in told[name]]
    for name in _ADDRESSES:
        if isinstance(told.get(name), dict):
            kept[name] = {key: value for key, value in told[name].items() if key in _COUNTRY}
    return {name: value for name, value in kept.items() if value is not None}


def _item(entry: Any) -> Any:
    if not isinstance(entry, dict):
        return _plain(entry)
    kept = {name: _plain(value) for name, value in entry.items() if name in _PRODUCT}
    shares = entry.get("discount_allocations")
    if isinstance(shares, list):
        kept["discount_allocations"] = [{"amount": one.get("amount")} for one in shares if isinstance(one, dict)]
    within = entry.get("line_item")
    if isinstance(within, dict):
        kept["line_item"] = {name: _plain(value) for name, value in within.items() if name in _VIEWED}
    return kept


def _plain(value: Any) -> Any:
    """A value, or a list of them; of a list of discount codes the codes."""
    if isinstance(value, dict):
        return {"code": value["code"]} if isinstance(value.get("code"), str) else None
    if isinstance(value, list):
        return [one for one in map(_plain, value) if one is not None]
    return value[:_TEXT] if isinstance(value, str) else value


def _campaign(address: str) -> dict[str, str]:
    """The campaign that a link names, as orders read it: of a repeated name the first."""
    found: dict[str, str] = {}
    for part in (urlsplit(address).query if "?" in address else "").split("&"):
        name, _, value = part.partition("=")
        if name in _CAMPAIGN and value:
            found.setdefault(name, unquote(value))
    return found
