"""Handlers of everything but events, profiles and reports. Each takes (view, operation, query, path id)."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any

from demo.api import catalog_resources, flow_resources
from demo.api import resources as make
from demo.api.account import AccountView
from demo.api.ask import Ask
from demo.api.collections import collection, missing, single
from demo.api.errors import ApiError
from demo.world.audience import Form
from demo.world.marketing import CHANNELS, Campaign, Flow
from demo.world.timeline import Kind

Resource = dict[str, Any]
METRIC_PAGE = 200


def accounts(ask: Ask) -> bytes:
    view, operation, query = ask.view, ask.operation, ask.query
    return collection(operation, query, [make.account(view.world)])


def one_account(ask: Ask) -> bytes:
    view, query, key = ask.view, ask.query, ask.key
    if key != view.world.plan.public_id:
        raise missing("account", key)
    return single(query, make.account(view.world))


def _metrics(view: AccountView) -> list[Resource]:
    twice = bool(view.faults.get("two_placed_orders"))
    return [view.metric(kind) for kind in Kind if twice or kind != Kind.PLACED_TWICE]


def metrics(ask: Ask) -> bytes:
    view, operation, query = ask.view, ask.operation, ask.query

    def integration(name: str) -> Callable[[Resource], Any]:
        return lambda r: view.metrics[view.metric_kind[r["id"]]]["attributes"]["integration"][name]

    special = {f"integration.{name}": integration(name) for name in ("name", "category")}
    return collection(operation, query, _metrics(view), special, lambda page: _triggered(view, page), METRIC_PAGE)


def _triggered(view: AccountView, page: list[Resource]) -> Iterable[Resource]:
    now, flows = view.now(), view.world.marketing.flows
    placed = view.metric_ids[Kind.PLACED]
    if any(resource["id"] == placed for resource in page):
        yield from (flow_resources.flow(view.world, flow, now) for flow in flows if flow.trigger == "Metric")


def one_metric(ask: Ask) -> bytes:
    view, query, key = ask.view, ask.query, ask.key
    for resource in _metrics(view):
        if resource["id"] == key:
            return single(query, resource, _triggered(view, [resource]))
    raise missing("metric", key)


# campaigns


def _campaigns(view: AccountView) -> list[Campaign]:
    return [found for found in view.world.marketing.campaigns if found.created <= view.now()]


def _campaign(view: AccountView, key: str) -> Campaign:
    for found in _campaigns(view):
        if found.id == key:
            return found
    raise missing("campaign", key)


def _with_campaigns(view: AccountView, found: Iterable[Campaign], names: tuple[str, ...]) -> Iterable[Resource]:
    market = view.world.marketing
    for campaign in found:
        if "campaign-messages" in names:
            yield from (make.campaign_message(view.world, market.messages[n], view.now()) for n in campaign.messages)
        if "tags" in names:
            yield from (make.tag(view.world, market.tags[n]) for n in campaign.tags)


def campaigns(ask: Ask) -> bytes:
    view, operation, query = ask.view, ask.operation, ask.query
    if not any(condition.field == "messages.channel" for condition in query.filters):
        raise ApiError(400, "A channel filter is required to list campaigns.", parameter="filter")
    by_id = {found.id: found for found in _campaigns(view)}
    rows = [make.campaign(view.world, found, view.now()) for found in by_id.values()]
    if not any(condition.field == "archived" for condition in query.filters):
        rows = [row for row in rows if not row["attributes"]["archived"]]
    return collection(
        operation,
        query,
        rows,
        {"messages.channel": lambda r: CHANNELS[by_id[r["id"]].channel]},
        lambda page: _with_campaigns(view, [by_id[r["id"]] for r in page], query.include),
    )


def one_campaign(ask: Ask) -> bytes:
    view, query, key = ask.view, ask.query, ask.key
    found = _campaign(view, key)
    return single(query, make.campaign(view.world, found, view.now()), _with_campaigns(view, [found], query.include))


def campaign_messages(ask: Ask) -> bytes:
    view, operation, query, key = ask.view, ask.operation, ask.query, ask.key
    found = _campaign(view, key)
    rows = [make.campaign_message(view.world, view.world.marketing.messages[n], view.now()) for n in found.messages]
    return collection(operation, query, rows, None, lambda _: _message_parents(view, found, query.include))


def _message_parents(view: AccountView, found: Campaign, names: tuple[str, ...]) -> Iterable[Resource]:
    if "campaign" in names:
        yield make.campaign(view.world, found, view.now())


def one_campaign_message(ask: Ask) -> bytes:
    view, query, key = ask.view, ask.query, ask.key
    for found in _campaigns(view):
        for number in found.messages:
            message = view.world.marketing.messages[number]
            if message.id == key:
                resource = make.campaign_message(view.world, message, view.now())
                return single(query, resource, _message_parents(view, found, query.include))
    raise missing("campaign message", key)


def campaign_tags(ask: Ask) -> bytes:
    view, operation, query, key = ask.view, ask.operation, ask.query, ask.key
    found = _campaign(view, key)
    return collection(operation, query, [make.tag(view.world, view.world.marketing.tags[n]) for n in found.tags])


def tags(ask: Ask) -> bytes:
    view, operation, query = ask.view, ask.operation, ask.query
    rows = [make.tag(view.world, found) for found in view.world.marketing.tags]
    return collection(operation, query, rows, None, lambda _: [make.tag_group(view.world)])


# flows


def _flow(view: AccountView, key: str) -> Flow:
    for found in view.world.marketing.flows:
        if found.id == key:
            return found
    raise missing("flow", key)


def _with_flows(view: AccountView, found: Iterable[Flow], names: tuple[str, ...]) -> Iterable[Resource]:
    for flow in found:
        if "flow-actions" in names:
            yield from flow_resources.flow_actions(view.world, flow, view.now())
        if "tags" in names:
            yield from (make.tag(view.world, view.world.marketing.tags[n]) for n in flow.tags)


def flows(ask: Ask) -> bytes:
    view, operation, query = ask.view, ask.operation, ask.query
    by_id = {found.id: found for found in view.world.marketing.flows}
    rows = [flow_resources.flow(view.world, found, view.now()) for found in by_id.values()]
    if not any(condition.field == "archived" for condition in query.filters):
        rows = [row for row in rows if not row["attributes"]["archived"]]
    return collection(
        operation, query, rows, None, lambda page: _with_flows(view, [by_id[r["id"]] for r in page], query.include)
    )


def one_flow(ask: Ask) -> bytes:
    view, query, key = ask.view, ask.query, ask.key
    found = _flow(view, key)
    resource = flow_resources.flow(view.world, found, view.now())
    if "definition" in query.additional.get("flow", ()):
        actions = [
            action["attributes"]["definition"] for action in flow_resources.flow_actions(view.world, found, view.now())
        ]
        definition = {
            "triggers": [],
            "profile_filter": None,
            "actions": actions,
            "entry_action_id": actions[0]["id"],
        }
        resource = {**resource, "attributes": {**resource["attributes"], "definition": definition}}
    return single(query, resource, _with_flows(view, [found], query.include))


def flow_actions(ask: Ask) -> bytes:
    view, operation, query, key = ask.view, ask.operation, ask.query, ask.key
    found = _flow(view, key)
    special: dict[str, Callable[[Resource], Any]] = {
        "action_type": lambda r: _action_type(r["attributes"]["definition"]["type"]),
        "status": lambda _: found.status,
    }
    return collection(operation, query, flow_resources.flow_actions(view.world, found, view.now()), special)


def _action_type(kind: str) -> str:
    return kind.replace("mobile-push", "push-notification").replace("-", "_").upper()


def flow_action_messages(ask: Ask) -> bytes:
    view, operation, query, key = ask.view, ask.operation, ask.query, ask.key
    for flow in view.world.marketing.flows:
        if key in flow_resources.action_ids(view.world, flow):
            messages = [view.world.marketing.messages[n] for n in flow.messages]
            rows = [
                flow_resources.flow_message(view.world, m, view.now()) for m in messages if f"{m.action_id}1" == key
            ]
            return collection(operation, query, rows, {"name": lambda r: r["attributes"]["definition"]["name"]})
    raise missing("flow action", key)


def one_flow_message(ask: Ask) -> bytes:
    view, query, key = ask.view, ask.query, ask.key
    for message in view.world.marketing.messages:
        if message.flow >= 0 and message.id == key:
            flow = view.world.marketing.flows[message.flow]
            actions = flow_resources.flow_actions(view.world, flow, view.now())
            included = [action for action in actions if action["id"] == f"{message.action_id}1"]
            return single(query, flow_resources.flow_message(view.world, message, view.now()), included)
    raise missing("flow message", key)


def flow_tags(ask: Ask) -> bytes:
    view, operation, query, key = ask.view, ask.operation, ask.query, ask.key
    found = _flow(view, key)
    return collection(operation, query, [make.tag(view.world, view.world.marketing.tags[n]) for n in found.tags])


# forms


def _form(view: AccountView, key: str) -> Form:
    for found in view.world.audience.forms:
        if found.id == key:
            return found
    raise missing("form", key)


def forms(ask: Ask) -> bytes:
    view, operation, query = ask.view, ask.operation, ask.query
    return collection(operation, query, [make.form(view.world, f, view.now()) for f in view.world.audience.forms])


def one_form(ask: Ask) -> bytes:
    view, query = ask.view, ask.query
    found = _form(view, ask.key)
    resource = make.form(view.world, found, view.now())
    versions = [view.world.audience.versions[n] for n in found.versions]
    definition = {
        "versions": [
            {"id": int(v.id), "name": v.name, "status": v.status, "ab_test": found.ab_test, "steps": [{"columns": []}]}
            for v in versions
        ]
    }
    return single(query, {**resource, "attributes": {**resource["attributes"], "definition": definition}})


def form_versions(ask: Ask) -> bytes:
    view, operation, query, key = ask.view, ask.operation, ask.query, ask.key
    found = _form(view, key)
    rows = [make.form_version(view.world, view.world.audience.versions[n], view.now()) for n in found.versions]
    return collection(operation, query, rows)


# catalog


def catalog_items(ask: Ask) -> bytes:
    view, operation, query = ask.view, ask.operation, ask.query
    world, now = view.world, view.now()
    rows = [
        catalog_resources.catalog_item(world, p) for p in range(world.catalog.size) if world.catalog.created[p] <= now
    ]
    number = {
        row["id"]: place
        for place, row in enumerate(catalog_resources.catalog_item(world, p) for p in range(world.catalog.size))
    }

    def variants(page: list[Resource]) -> Iterable[Resource]:
        for row in page:
            product = number[row["id"]]
            first = int(world.catalog.first_variant[product])
            yield from (
                catalog_resources.catalog_variant(world, v)
                for v in range(first, first + int(world.catalog.variants[product]))
            )

    def category(row: Resource) -> str:
        return catalog_resources.catalog_id(f"c{int(world.catalog.category[number[row['id']]]) + 1}")

    special: dict[str, Callable[[Resource], Any]] = {"category.id": category}
    return collection(operation, query, rows, special, variants)


def catalog_variants(ask: Ask) -> bytes:
    view, operation, query = ask.view, ask.operation, ask.query
    world, now = view.world, view.now()
    shown = [v for v, p in enumerate(world.catalog.variant_product.tolist()) if world.catalog.created[p] <= now]
    rows = [catalog_resources.catalog_variant(world, v) for v in shown]
    return collection(operation, query, rows, {"item.id": lambda r: r["relationships"]["item"]["data"]["id"]})


def catalog_categories(ask: Ask) -> bytes:
    view, operation, query = ask.view, ask.operation, ask.query
    world = view.world
    rows = [catalog_resources.catalog_category(world, n) for n in range(len(world.plan.categories))]

    def items(row: Resource) -> list[str]:
        number = int(row["attributes"]["external_id"][1:]) - 1
        members = [p for p in range(world.catalog.size) if world.catalog.category[p] == number]
        return [catalog_resources.catalog_id(world.catalog.external_id[p]) for p in members]

    return collection(operation, query, rows, {"item.id": items, "created": lambda r: r["attributes"]["updated"]})
