"""Profiles, and the members of lists and segments."""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt

from demo.api import flow_resources
from demo.api import resources as make
from demo.api.account import AccountView
from demo.api.ask import Ask
from demo.api.collections import collection, missing, offset_of, page_links, single
from demo.api.errors import ApiError
from demo.api.events import sparse
from demo.api.filters import Condition, matches
from demo.api.query import Query
from demo.world.audience import Group
from demo.world.cards import dumps, email_of, subscriptions
from demo.world.clock import DAY, iso

Ints = npt.NDArray[np.int64]
Resource = dict[str, Any]
PREDICTIVE = (
    "historic_clv",
    "predicted_clv",
    "total_clv",
    "historic_number_of_orders",
    "predicted_number_of_orders",
    "average_days_between_orders",
    "average_order_value",
    "churn_probability",
    "expected_date_of_next_order",
    "ranked_channel_affinity",
)


def _narrow(view: AccountView, rows: Ints, condition: Condition) -> Ints:
    field = condition.field
    if field in ("created", "updated"):
        values = view.world.people.created if field == "created" else view.updated
        bound = float(condition.values[0])  # type: ignore[arg-type]
        kept = values[rows] > bound if condition.operator == "greater-than" else values[rows] < bound
        return rows[kept]
    if field in ("id", "profile_id"):
        known = {view.profile_number.get(str(value), -1) for value in condition.values}
        return rows[np.isin(rows, list(known))]
    if field == "email":
        return np.array(
            [n for n in rows.tolist() if matches(condition, view.profile(n)["attributes"]["email"])], dtype=np.int64
        )
    if field in ("phone_number", "external_id"):
        return np.array(
            [n for n in rows.tolist() if matches(condition, view.profile(n)["attributes"][field])], dtype=np.int64
        )
    return rows[:0]


def _sorted(view: AccountView, rows: Ints, sort: str | None) -> Ints:
    name = (sort or "id").lstrip("-")
    if name in ("created", "updated"):
        values = view.world.people.created if name == "created" else view.updated
        rows = rows[np.lexsort((view.world.people.ids[rows], values[rows]))]
    elif name == "email":
        rows = np.array(sorted(rows.tolist(), key=lambda n: (email_of(view.world, n) or "", n)), dtype=np.int64)
    else:
        rows = rows[np.argsort(view.world.people.ids[rows], kind="stable")]
    return rows[::-1] if sort and sort.startswith("-") else rows


def _present(view: AccountView) -> Ints:
    return np.flatnonzero((view.world.people.created <= view.now()) & ~view.gone())


def _extended(view: AccountView, number: int, query: Query) -> Resource:
    resource = view.profile(number)
    wanted = query.additional.get("profile", ())
    if not wanted:
        return resource
    attributes = dict(resource["attributes"])
    if "subscriptions" in wanted:
        attributes["subscriptions"] = subscriptions(view.world, number)
    if "predictive_analytics" in wanted:
        if view.faults.get("predictive_503"):
            raise ApiError(503, "Predictive analytics are not available.")
        attributes["predictive_analytics"] = _predictive(view, number)
    return {**resource, "attributes": attributes}


def _predictive(view: AccountView, number: int) -> Resource:
    """Klaviyo's own figures, null for people with fewer than three orders."""
    orders, now = view.world.orders, view.now()
    mine = np.flatnonzero((orders.profile == number) & (orders.ts <= now))
    if len(mine) < 3:
        return dict.fromkeys(PREDICTIVE)
    value = float(orders.value[mine].sum()) / 100
    gap = float(np.diff(orders.ts[mine]).mean()) / DAY
    return {
        "historic_clv": round(value, 2),
        "predicted_clv": round(value * 0.3, 2),
        "total_clv": round(value * 1.3, 2),
        "historic_number_of_orders": float(len(mine)),
        "predicted_number_of_orders": round(365 / max(gap, 30) * 0.4, 2),
        "average_days_between_orders": round(gap, 2),
        "average_order_value": round(value / len(mine), 2),
        "churn_probability": round(min((now - int(orders.ts[mine[-1]])) / DAY / max(4 * gap, 30), 1.0), 3),
        "expected_date_of_next_order": iso(int(orders.ts[mine[-1]] + gap * DAY)),
        "ranked_channel_affinity": ["email", "sms", "push"],
    }


def profiles(ask: Ask) -> bytes:
    view, query = ask.view, ask.query
    rows = _present(view)
    for condition in query.filters:
        rows = _narrow(view, rows, condition)
    rows = _sorted(view, rows, query.sort)
    start = offset_of(query)
    page = rows[start : start + query.size].tolist()
    links = dumps(page_links(query, start, query.size, len(rows)))
    if not query.additional and "profile" not in query.fields:
        data = view.profiles_json(page)
    else:
        data = b",".join([dumps(sparse(query, _extended(view, number, query))) for number in page])
    included = b',"included":[]' if query.include else b""
    return b'{"data":[%b]%b,"links":%b}' % (data, included, links)


def one_profile(ask: Ask) -> bytes:
    view, query, key = ask.view, ask.query, ask.key
    number = view.profile_number.get(key)
    if number is None or view.world.people.created[number] > view.now() or view.gone()[number]:
        raise missing("profile", key)
    included: list[Resource] = []
    for name, groups, kind in (
        ("lists", view.world.audience.lists, "list"),
        ("segments", view.world.audience.segments, "segment"),
    ):
        if name in query.include:
            mine = [found for found in groups if number in _members(view, found)[0]]
            included.extend(make.group(view.world, found, kind, view.now()) for found in mine)
    return single(query, _extended(view, number, query), included)


# lists and segments


def _members(view: AccountView, found: Group) -> tuple[Ints, Ints]:
    """(profiles, when they joined) at this moment, by the time of joining."""
    now = view.now()
    inside = (found.joined <= now) & (found.left > now) & ~view.gone()[found.members]
    return found.members[inside], found.joined[inside]


def _groups(view: AccountView, kind: str) -> list[Group]:
    return view.world.audience.lists if kind == "list" else view.world.audience.segments


def _group(view: AccountView, kind: str, key: str) -> Group:
    for found in _groups(view, kind):
        if found.id == key:
            return found
    raise missing(kind, key)


def _included(view: AccountView, page: list[Resource], names: tuple[str, ...]) -> list[Resource]:
    tags = {tag.id: tag for tag in view.world.marketing.tags}
    found: list[Resource] = []
    if "tags" in names:
        for row in page:
            found.extend(make.tag(view.world, tags[entry["id"]]) for entry in row["relationships"]["tags"]["data"])
    if "flow-triggers" in names:
        newsletter = view.world.audience.lists[0].id
        if any(row["id"] == newsletter for row in page):
            flows = view.world.marketing.flows
            found.extend(
                flow_resources.flow(view.world, flow, view.now()) for flow in flows if flow.trigger == "Added to List"
            )
    return found


def groups(ask: Ask) -> bytes:
    view, operation, query = ask.view, ask.operation, ask.query
    kind = "list" if operation.name == "get_lists" else "segment"
    rows = [make.group(view.world, found, kind, view.now()) for found in _groups(view, kind)]
    return collection(operation, query, rows, None, lambda page: _included(view, page, query.include))


def one_group(ask: Ask) -> bytes:
    view, operation, query, key = ask.view, ask.operation, ask.query, ask.key
    kind = "list" if operation.name == "get_list" else "segment"
    found = _group(view, kind, key)
    resource = make.group(view.world, found, kind, view.now())
    if "profile_count" in query.additional.get(kind, ()):
        count = len(_members(view, found)[0])
        resource = {**resource, "attributes": {**resource["attributes"], "profile_count": count}}
    return single(query, resource, _included(view, [resource], query.include))


def group_members(ask: Ask) -> bytes:
    view, operation, query, key = ask.view, ask.operation, ask.query, ask.key
    kind = "list" if "/lists/" in operation.path else "segment"
    members, joined = _members(view, _group(view, kind, key))
    keep = np.arange(len(members))
    for condition in query.filters:
        if condition.field == "joined_group_at":
            values = joined[keep]
            kept = [matches(condition, value) for value in values.tolist()]
            keep = keep[np.array(kept, dtype=bool)]
        else:
            allowed = _narrow(view, np.sort(members[keep]), condition)
            keep = keep[np.isin(members[keep], allowed)]
    if query.sort and query.sort.startswith("-"):
        keep = keep[::-1]
    start = offset_of(query)
    page = keep[start : start + query.size].tolist()
    data: list[Resource] = []
    for place in page:
        number = int(members[place])
        if operation.path.endswith("/relationships/profiles"):
            data.append({"type": "profile", "id": view.profile_ids[number]})
            continue
        resource = _extended(view, number, query)
        attributes = {**resource["attributes"], "joined_group_at": iso(int(joined[place]))}
        data.append(sparse(query, {**resource, "attributes": attributes}))
    return dumps({"data": data, "links": page_links(query, start, query.size, len(keep))})
