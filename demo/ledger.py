"""The ledger: what is true in the synthetic accounts, told by the generator before any answer of the API is read.

It is reckoned with plain Python over the generator's own tables, row by row, and shares no code with the reports, so a
test can hold the whole way (API, sync, tables, figures) against it.

Shape (`Ledger.as_json()`, and what `--ledger FILE` writes as JSON; every amount is in minor units, an integer)::

    {"now": ISO, "since": ISO, "seed": int, "events": int, "accounts": [
      {"id", "timezone", "currency",
       "metrics": {name: [metric id, …]},           # 'Placed Order' first: the shop's, then (by fault) the API's
       "event_counts": {metric id: n},
       "orders": [{"order_id", "event_id", "ts": ISO, "day", "customer", "value", "currency", "subtotal", "discount",
                   "discount_code", "discount_type": code|automatic|"", "status": placed|cancelled, "deducted",
                   "first", "number", "lines": n, "channel", "campaign", "flow", "message"}],
       "lines": [{"order_id", "position", "product_id", "variant_id", "sku", "name", "brand", "category", "quantity",
                  "unit_price", "discount", "line_total"}],
       "deductions": [{"event_id", "order_id", "ts", "day", "kind": refund|cancelled, "amount": stated or null,
                       "deducted", "currency", "known": bool}],   # a negative amount is refused and deducts nothing
       "attributions": [{"event_id", "attributed_event_id", "message", "campaign", "flow", "channel",
                         "ts": seconds of the touch, -1 while it is hidden, "wins"}],
       "days": [{"day", "currency", "revenue", "orders", "customers", "new_customers", "deducted",
                 "attributed_revenue", "attributed_orders"}],
       "campaign_days": [{"day", "campaign", "message", "variation", "channel", statistics…}],
       "flow_days": [{"day", "flow", "message", "variation", "channel", statistics…}],
       "form_days": [{"day", "form", "version", statistics…}],
       "segment_days": [{"day", "segment", "total_members", "members_added", "members_removed"}],
       "people": {"profiles": n, "deleted": n, "merged": {old id: surviving id}}}]}

`customer` is the profile's id after merges. An order counts as new when it is its customer's first that was not
cancelled; `number` is its place among them (0 for a cancelled one), `days.orders` counts orders above zero, `revenue`
adds all values. Days of orders are by order date, `deducted` by the deduction's date, statistics by the day of the
send, all in the account's time zone. Each currency has its own rows: no rate is assumed.
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

import orjson

from demo.api.account import AccountView
from demo.ledger_messages import form_days, message_days, segment_days
from demo.world.marketing import REPORT_CHANNELS
from demo.world.order_bodies import OrderBodies
from demo.world.orders import CODE, CODES, NO_AMOUNT
from demo.world.timeline import Kind
from demo.world.writer import event_ids

if TYPE_CHECKING:
    from demo.api.app import Emulator

Row = dict[str, Any]
CHANNEL_NAMES = {"email": "email", "sms": "sms", "push-notification": "push"}


@dataclass(frozen=True)
class Ledger:
    """`accounts` in the shape of this module's docstring."""

    now: str
    since: str
    seed: int
    events: int
    accounts: list[dict[str, Any]]

    def as_json(self) -> dict[str, Any]:
        return {
            "now": self.now,
            "since": self.since,
            "seed": self.seed,
            "events": self.events,
            "accounts": self.accounts,
        }

    def write(self, path: Path) -> None:
        path.write_bytes(orjson.dumps(self.as_json(), option=orjson.OPT_INDENT_2))

    def account(self, key: str | int) -> dict[str, Any]:
        """By place (0, 1) or by public id."""
        if isinstance(key, int):
            return self.accounts[key]
        return next(entry for entry in self.accounts if entry["id"] == key)


def build_ledger(emulator: Emulator) -> Ledger:
    """The truth at the emulator's present and under its faults (merges, unsettled attribution, hidden late events)."""
    now = datetime.fromtimestamp(emulator.present(), UTC).isoformat()
    store = emulator.store
    return Ledger(
        now, store.since.isoformat(), store.seed, store.events, [_Account(view).told() for view in emulator.views]
    )


class _Account:
    def __init__(self, view: AccountView) -> None:
        self.view = view
        self.world = view.world
        self.now = view.now()
        self.zone = ZoneInfo(self.world.plan.zone)
        self.bodies = OrderBodies(self.world)
        timeline = self.world.timeline
        self.ids = event_ids(self.world, 0, timeline.size)
        self.seen = set(view.rows(None)[view.rows(None) < view.cut()].tolist())
        self.kind = timeline.kind.tolist()
        self.ref = timeline.ref.tolist()
        self.ts = view.effective_ts().tolist()
        self.survivor = view.merges().survivor.tolist()
        self.hidden = view.unsettled().tolist()

    def day(self, ts: int) -> str:
        return datetime.fromtimestamp(ts, self.zone).date().isoformat()

    def told(self) -> dict[str, Any]:
        plan = self.world.plan
        attributions, winner = self.attributions()
        orders, by_number = self.orders(winner)
        deductions = self.deductions(by_number)
        self.sequence(orders)
        names: dict[str, list[str]] = defaultdict(list)
        for kind, key in zip(Kind, self.view.metric_ids, strict=True):
            if kind != Kind.PLACED_TWICE or self.view.faults.get("two_placed_orders"):
                names[self.view.metrics[kind]["attributes"]["name"]].append(key)
        counts: dict[str, int] = dict.fromkeys((key for keys in names.values() for key in keys), 0)
        for event in self.seen:
            counts[self.view.metric_ids[self.kind[event]]] += 1
        return {
            "id": plan.public_id,
            "timezone": plan.zone,
            "currency": plan.currency,
            "metrics": dict(names),
            "event_counts": counts,
            "orders": orders,
            "lines": self.lines(by_number),
            "deductions": deductions,
            "attributions": attributions,
            "days": self.days(orders, deductions),
            "campaign_days": message_days(self.view, self.day, flows=False),
            "flow_days": message_days(self.view, self.day, flows=True),
            "form_days": form_days(self.view, self.day),
            "segment_days": segment_days(self.view, self.day),
            "people": {
                "profiles": int(((self.world.people.created <= self.now) & ~self.view.gone()).sum()),
                "deleted": int(self.world.people.deleted.sum()),
                "merged": {
                    self.view.profile_ids[old]: self.view.profile_ids[new]
                    for old, new in enumerate(self.survivor)
                    if old != new
                },
            },
        }

    def attributions(self) -> tuple[list[Row], dict[int, Row]]:
        """Every touch that belongs to an order, and each order's winner: the latest, ties by the smaller message id."""
        world = self.world
        market, sends, timeline = world.marketing, world.sends, world.timeline
        rows: list[Row] = []
        best: dict[int, Row] = {}
        pairs = zip(world.attributions.order.tolist(), world.attributions.reaction.tolist(), strict=True)
        for order, reaction in pairs:
            event, touch = int(timeline.order_event[order]), int(timeline.reaction_event[reaction])
            if event not in self.seen or self.hidden[order]:
                continue
            message = market.messages[int(sends.message[sends.reaction_send[reaction]])]
            row: Row = {
                "event_id": self.ids[event],
                "attributed_event_id": self.ids[touch],
                "message": message.id,
                "campaign": market.campaigns[message.campaign].id if message.flow < 0 else None,
                "flow": market.flows[message.flow].id if message.flow >= 0 else None,
                "channel": CHANNEL_NAMES[REPORT_CHANNELS[message.channel]],
                "ts": self.ts[touch] if touch in self.seen else -1,
                "wins": False,
            }
            rows.append(row)
            held = best.get(order)
            if held is None or (-row["ts"], row["message"]) < (-held["ts"], held["message"]):
                best[order] = row
        for row in best.values():
            row["wins"] = True
        return rows, best

    def orders(self, winner: dict[int, Row]) -> tuple[list[Row], dict[int, Row]]:
        found, plan = self.world.orders, self.world.plan
        rows: list[Row] = []
        by_number: dict[int, Row] = {}
        for event, (kind, order) in enumerate(zip(self.kind, self.ref, strict=True)):
            if kind != Kind.PLACED or event not in self.seen:
                continue
            won: Row = winner.get(order, {})
            currency = int(found.currency[order])
            row: Row = {
                "order_id": self.bodies.order_key(order),
                "event_id": self.ids[event],
                "ts": datetime.fromtimestamp(self.ts[event], UTC).isoformat(),
                "day": self.day(self.ts[event]),
                "customer": self.view.profile_ids[self.survivor[int(found.profile[order])]],
                "value": int(found.value[order]),
                "currency": plan.foreign[currency - 1] if currency else plan.currency,
                "subtotal": int(found.subtotal[order]),
                "discount": int(found.discount[order]),
                "discount_code": CODES[found.code[order]] if found.discount_kind[order] == CODE else "",
                "discount_type": ("", "automatic", "code")[int(found.discount_kind[order])]
                if found.discount[order]
                else "",
                "status": "placed",
                "deducted": 0,
                "first": False,
                "number": 0,
                "lines": int(found.lines[order]),
                "channel": won.get("channel", "none"),
                "campaign": won.get("campaign"),
                "flow": won.get("flow"),
                "message": won.get("message"),
            }
            rows.append(row)
            by_number[order] = row
        return rows, by_number

    def lines(self, by_number: dict[int, Row]) -> list[Row]:
        orders, catalog, plan = self.world.orders, self.world.catalog, self.world.plan
        rows: list[Row] = []
        for line, order in enumerate(orders.line_order.tolist()):
            if order not in by_number:
                continue
            product, variant = int(orders.line_product[line]), int(orders.line_variant[line])
            quantity, price = int(orders.line_quantity[line]), int(orders.line_price[line])
            discount = int(orders.line_discount[line])
            rows.append(
                {
                    "order_id": by_number[order]["order_id"],
                    "position": line - int(orders.first_line[order]) + 1,
                    "product_id": catalog.external_id[product],
                    "variant_id": catalog.variant_external_id[variant],
                    "sku": catalog.variant_sku[variant],
                    "name": catalog.title[product],
                    "brand": plan.brands[catalog.brand[product]],
                    "category": plan.categories[catalog.category[product]].name,
                    "quantity": quantity,
                    "unit_price": price,
                    "discount": discount,
                    "line_total": price * quantity - discount,
                }
            )
        return rows

    def deductions(self, by_number: dict[int, Row]) -> list[Row]:
        """In order of time: a cancellation takes what is left, a refund its amount, never more than the value."""
        orders = self.world.orders
        rows: list[Row] = []
        for event, (kind, ref) in enumerate(zip(self.kind, self.ref, strict=True)):
            if kind not in (Kind.CANCELLED, Kind.REFUNDED) or event not in self.seen:
                continue
            base: Row = {
                "event_id": self.ids[event],
                "ts": datetime.fromtimestamp(self.ts[event], UTC).isoformat(),
                "day": self.day(self.ts[event]),
                "kind": "cancelled" if kind == Kind.CANCELLED else "refund",
            }
            if ref < 0:  # a stranger: its order lies before the history
                rows.append(
                    base
                    | {
                        "order_id": f"OLD{-ref}",
                        "amount": -2500 * -ref if self.view.negative(self.ts[event]) else 2500 * -ref,
                        "deducted": 0,
                        "currency": self.world.plan.currency,
                        "known": False,
                    }
                )
                continue
            order = int(orders.after_order[ref])
            held = by_number.get(order)
            stated = int(orders.after_amount[ref])
            if stated == NO_AMOUNT:
                line = int(orders.after_line[ref])
                amount = (
                    int(orders.line_price[line] * orders.line_quantity[line] - orders.line_discount[line])
                    if line >= 0
                    else int(orders.value[order])
                )
            else:
                amount = stated
            row = base | {
                "order_id": self.bodies.order_key(order),
                "amount": None if stated == NO_AMOUNT else stated,
                "deducted": 0,
                "currency": held["currency"] if held else self.world.plan.currency,
                "known": held is not None,
            }
            if kind == Kind.REFUNDED and stated != NO_AMOUNT and self.view.negative(self.ts[event]):
                row["amount"] = -stated
            elif held is not None:
                left = held["value"] - held["deducted"]
                if kind == Kind.CANCELLED:
                    row["deducted"] = left
                    held["status"] = "cancelled"
                else:
                    row["deducted"] = max(min(amount, left), 0)
                held["deducted"] += row["deducted"]
            rows.append(row)
        return rows

    @staticmethod
    def sequence(orders: list[Row]) -> None:
        """Numbers each customer's orders by time; cancelled ones and those of no value do not count."""
        count: dict[str, int] = defaultdict(int)
        for row in orders:
            if row["status"] == "placed" and row["value"] > 0:
                count[row["customer"]] += 1
                row["number"] = count[row["customer"]]
                row["first"] = row["number"] == 1

    def days(self, orders: list[Row], deductions: list[Row]) -> list[Row]:
        rows: dict[tuple[str, str], Row] = {}
        customers: dict[tuple[str, str], set[str]] = defaultdict(set)

        def at(day: str, currency: str) -> Row:
            empty = dict.fromkeys(
                (
                    "revenue",
                    "orders",
                    "customers",
                    "new_customers",
                    "deducted",
                    "attributed_revenue",
                    "attributed_orders",
                ),
                0,
            )
            return rows.setdefault((day, currency), {"day": day, "currency": currency, **empty})

        for row in orders:
            cell = at(row["day"], row["currency"])
            cell["revenue"] += row["value"]
            cell["orders"] += row["value"] > 0
            cell["new_customers"] += row["first"]
            if row["value"] > 0:
                customers[(row["day"], row["currency"])].add(row["customer"])
            if row["channel"] != "none":
                cell["attributed_revenue"] += row["value"]
                cell["attributed_orders"] += row["value"] > 0
        for row in deductions:
            if row["deducted"]:
                at(row["day"], row["currency"])["deducted"] += row["deducted"]
        for place, people in customers.items():
            rows[place]["customers"] = len(people)
        return [rows[place] for place in sorted(rows)]
