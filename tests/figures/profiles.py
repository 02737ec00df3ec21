"""What customer_profiles must hold, told in plain Python from the orders, lines and deductions that are there."""

from __future__ import annotations

from collections import Counter, defaultdict
from datetime import date
from decimal import ROUND_HALF_UP, Decimal
from itertools import pairwise
from math import exp
from statistics import median
from typing import Any
from zoneinfo import ZoneInfo

from data_access.reference.rfm import segments
from tests.figures.literal import Ledger

Row = dict[str, Any]
CENT = Decimal("0.01")


def stored(ledger: Ledger) -> list[Row]:
    """The account's rows by key, without what names the account and the moment; risks to twelve decimals."""
    rows = ledger.rows("customer_profiles", order="customer_email")
    found = [{k: v for k, v in row.items() if k not in ("klaviyo_public_id", "last_updated")} for row in rows]
    return [row | {"churn_risk_score": round(row["churn_risk_score"], 12)} for row in found]


def states(ledger: Ledger) -> list[Row]:
    """The account's customer_states by customer; numbers are given as customers come."""
    rows = ledger.rows("customer_states", order="customer_id")
    return [{k: v for k, v in row.items() if k not in ("updated_at", "code")} for row in rows]


def purchases(ledger: Ledger) -> list[Row]:
    """The account's customer_purchases with customers, products, categories and brands by name."""
    customers = {row["code"]: row["customer_id"] for row in ledger.rows("customer_states")}
    names = {row["code"]: row["name"] for row in ledger.rows("purchase_names")} | {0: ""}
    found = [
        {"customer": customers[row["customer"]], "day": row["order_date"], "cents": row["cents"]}
        | {kind: names[row[kind]] for kind in ("product", "category", "brand")}
        for row in ledger.rows("customer_purchases")
    ]
    return sorted(found, key=lambda row: str(list(row.values())))


def blocks(ledger: Ledger) -> list[Row]:
    """The account's orders as pages read them."""
    rows = ledger.rows("customer_history_blocks", order="block")
    return [{k: v for k, v in row.items() if k != "updated_at"} for row in rows]


def told(ledger: Ledger, as_of: date, zone: str = "Europe/Berlin") -> list[Row]:
    """The same by the definitions; fewer than 200 repeat customers, so that silence tells the risk."""
    deducted: dict[str, Decimal] = defaultdict(Decimal)
    for row in ledger.rows("order_deductions"):
        deducted[row["order_id"]] += row["amount"]
    lines: dict[str, list[Row]] = defaultdict(list)
    for row in ledger.rows("klaviyo_order_line_items"):
        lines[row["order_id"]].append(row)
    mine: dict[str, list[Row]] = defaultdict(list)
    for row in ledger.rows("klaviyo_orders"):
        if row["order_status"] != "cancelled" and row["order_value"] > 0 and row["order_date"] <= as_of:
            mine[row["customer_id"]].append(row)
    every = [sorted(orders, key=lambda o: (o["order_timestamp"], o["order_id"])) for orders in mine.values()]
    found = [_customer(orders, lines, deducted, as_of, ZoneInfo(zone)) for orders in every]
    gaps = [(b["order_date"] - a["order_date"]).days for orders in every for a, b in pairwise(orders)]
    silence = 2 * max(float(median(gaps)), 1.0) if gaps else 180.0
    _score(found, "recency_score", [-row["days_since_last_order"] for row in found])
    _score(found, "frequency_score", [row["total_orders"] for row in found])
    _score(found, "monetary_score", [row["net_revenue"] for row in found])
    for row in found:
        row["rfm_score"] = f"{row['recency_score']}{row['frequency_score']}{row['monetary_score']}"
        row["rfm_segment"] = segments()[row["rfm_score"]]
        row["churn_risk_score"] = round(1 - exp(-row["days_since_last_order"] / silence), 12)
    last: dict[str, Row] = {}
    for row in sorted(found, key=lambda r: (r["customer_email"], r["days_since_last_order"], r["customer_id"])):
        if last.setdefault(row["customer_email"], row) is not row:
            row["customer_email"] = row["customer_id"]
    for place, row in enumerate(sorted(found, key=lambda row: (-row["net_revenue"], str(row["customer_id"])))):
        row["place"] = place
    return sorted(found, key=lambda row: row["customer_email"])


def _customer(orders: list[Row], lines: Any, deducted: Any, as_of: date, zone: ZoneInfo) -> Row:
    count = len(orders)
    gross = sum((order["order_value_account"] or Decimal(0) for order in orders), Decimal(0)).quantize(CENT)
    refunds = sum((deducted[order["order_id"]] for order in orders), Decimal(0)).quantize(CENT)
    first, last = orders[0]["order_date"], orders[-1]["order_date"]
    discounted = [order for order in orders if order["discount_amount"] > 0]
    priced = [o["discount_amount_account"] for o in discounted if o["discount_amount_account"] is not None]
    hours = Counter(order["order_timestamp"].astimezone(zone).hour for order in orders)
    bought = [line for order in orders for line in lines[order["order_id"]]]
    categories: dict[str, Decimal] = defaultdict(Decimal)
    brands: dict[str, Decimal] = defaultdict(Decimal)
    for line in bought:
        total = line["line_total_account"] or Decimal(0)
        category = line["product_type"] or next(iter(line["collections"] or []), "")
        for names, name in ((categories, category), (brands, line["product_brand"])):
            if name:
                names[name] += total
    emails = [order["customer_email"] for order in orders if order["customer_email"]]
    return {
        "customer_email": emails[-1].strip() if emails else orders[0]["customer_id"],
        "customer_id": orders[0]["customer_id"],
        "total_orders": count,
        "total_revenue": gross,
        "total_refunds": refunds,
        "net_revenue": gross - refunds,
        "avg_order_value": (gross / count).quantize(CENT, ROUND_HALF_UP),
        "first_order_date": first,
        "last_order_date": last,
        "days_since_last_order": (as_of - last).days,
        "avg_days_between_orders": (last - first).days / (count - 1) if count > 1 else None,
        "recency_score": 0,
        "frequency_score": 0,
        "monetary_score": 0,
        "rfm_score": "",
        "rfm_segment": "",
        "favorite_category": min(categories, key=lambda n: (-categories[n], n), default=None),
        "favorite_brand": min(brands, key=lambda n: (-brands[n], n), default=None),
        "categories_purchased": sorted(categories),
        "brands_purchased": sorted(brands),
        "unique_products_purchased": len({line["product_id"] for line in bought} - {""}),
        "discount_usage_rate": len(discounted) / count,
        "avg_discount_amount": (sum(priced) / len(priced)).quantize(CENT, ROUND_HALF_UP) if priced else None,
        "weekend_buyer": int(2 * sum(order["order_date"].isoweekday() > 5 for order in orders) > count),
        "preferred_order_hour": min(hours, key=lambda hour: (-hours[hour], hour)),
        "churn_risk_score": 0.0,
        "customer_age_days": (as_of - first).days,
    }


def _score(rows: list[Row], name: str, values: list[Any]) -> None:
    for row, value in zip(rows, values, strict=True):
        worse = sum(other < value for other in values)
        row[name] = 3 if len(set(values)) == 1 else min(5, 1 + 5 * worse // (len(values) - 1))
