"""The small resources: read whole, page after page, one chunk each when complete."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import AsyncIterator, Mapping
from datetime import timedelta
from typing import Any

from ingest.fetch import entities
from ingest.fetch.context import Context, Metric
from ingest.fetch.entities import Row, table_of
from ingest.fetch.writer import RawResponses
from ingest.klaviyo import endpoints
from ingest.klaviyo.bodies import Page, Resource, instant, read_page, related
from ingest.klaviyo.endpoints import Endpoint
from ingest.klaviyo.errors import NotFound
from ingest.spool import CursorMove, Reject

CHANNELS = ("email", "sms", "mobile_push")
# Every kind of action that sends something has messages; delays, splits and the like have none.
SENDING = ("SEND_EMAIL", "SEND_SMS", "SEND_PUSH_NOTIFICATION", "SEND_WHATSAPP", "SEND_MOBILE_PUSH")
CATALOG_EVERY = timedelta(hours=20)


class Gathered:
    """Rows, raw answers and rejects of one resource until they are written as one chunk."""

    def __init__(self, context: Context, resource: str) -> None:
        self._context = context
        self.resource = resource
        self.raw: RawResponses = context.writer.raw()
        self.rejects: list[Reject] = []
        self.tables: dict[str, list[Row]] = defaultdict(list)

    async def pages(
        self, endpoint: Endpoint, params: Mapping[str, str | int], *, id: str | None = None
    ) -> AsyncIterator[Page]:
        """All pages of a list answer."""
        link: str | None = None
        while True:
            answer = await self._context.client.get(
                endpoint, read_page, id=id, params=None if link else params, link=link
            )
            page = answer.page
            self.raw.add(endpoint.path, answer.body)
            self._context.took(self.resource, len(page.data))
            yield page
            link = page.links.next
            if not link:
                return

    def included(self, page: Page, endpoint: Endpoint) -> dict[tuple[str, str], Resource]:
        """A page's included resources by type and id."""
        found = entities.resources(page.included, f"{endpoint.path} included", self.rejects)
        return {(item.type, item.id): item for item in found}

    async def write(self, cursor: dict[str, Any] | None = None) -> None:
        """One chunk with everything; the walk is complete."""
        tables = {name: table_of(name, _once(rows)) for name, rows in self.tables.items()}
        move = CursorMove(self.resource, "", cursor or {}, watermark=self._context.plan.now)
        await self._context.writer.write(
            self.resource, {**tables, "raw_api_responses": self.raw.table()}, [move], rejects=self.rejects
        )


async def fetch_metrics(context: Context) -> None:
    """Metrics, and from them the choice of others."""
    found = Gathered(context, "metrics")
    try:
        async for page in found.pages(endpoints.METRICS, {}):
            found.tables["metrics"] += entities.read(
                page.data, endpoints.METRICS.path, entities.metric_row, found.rejects
            )
    except BaseException as error:
        if not context.metrics.done():
            context.metrics.set_exception(error)
            context.metrics.exception()
        raise
    context.metrics.set_result(
        [Metric(row["id"], row["name"], str(row["integration_id"] or "")) for row in found.tables["metrics"]]
    )
    if "metrics" in context.plan.resources:
        await found.write()


async def fetch_campaigns(context: Context) -> None:
    """Campaigns of every channel, archived or not, with their messages and tags."""
    found = Gathered(context, "campaigns")
    where = endpoints.CAMPAIGNS
    for channel in CHANNELS:
        for archived in ("false", "true"):
            params: dict[str, str | int] = {
                "filter": f'equals(messages.channel,"{channel}"),equals(archived,{archived})',
                "include": "campaign-messages,tags",
                "page[size]": 100,
            }
            async for page in found.pages(where, params):
                others = found.included(page, where)
                tags = _tag_names(others)
                name = entities.channel_name(channel)
                for campaign in entities.resources(page.data, where.path, found.rejects):
                    _add(found, "campaigns", campaign, where, entities.campaign_row, name, tags)
                    for id in related(campaign, "campaign-messages"):
                        message = others.get(("campaign-message", id))
                        if message is not None:
                            _add(found, "campaign_messages", message, where, entities.campaign_message_row, campaign.id)
    await found.write()


async def fetch_flows(context: Context) -> None:
    """Flows, archived or not, with their actions and messages. Messages are asked for where the action changed since
    the last walk."""
    found = Gathered(context, "flows")
    where = endpoints.FLOWS
    known: dict[str, str] = {} if context.plan.full else context.plan.cursor("flows").get("actions", {})
    seen: dict[str, str] = {}
    for archived in ("false", "true"):
        query: dict[str, str | int] = {
            "filter": f"equals(archived,{archived})",
            "include": "flow-actions,tags",
            "page[size]": 50,
        }
        async for page in found.pages(where, query):
            others = found.included(page, where)
            tags = _tag_names(others)
            for flow in entities.resources(page.data, where.path, found.rejects):
                _add(found, "flows", flow, where, entities.flow_row, tags)
                await _flow_parts(found, flow, others, known, seen)
    await found.write({"actions": seen})


async def _flow_parts(
    found: Gathered,
    flow: Resource,
    others: Mapping[tuple[str, str], Resource],
    known: Mapping[str, str],
    seen: dict[str, str],
) -> None:
    actions = [others[key] for id in related(flow, "flow-actions") if (key := ("flow-action", id)) in others]
    place = 0
    for number, action in enumerate(actions, 1):
        _add(found, "flow_actions", action, endpoints.FLOWS, entities.flow_action_row, flow.id, number)
        if not _sends(action):
            continue
        version = str(action.attributes.get("updated") or "")
        seen[action.id] = f"{version}|{place}"
        count = len(related(action, "flow-messages")) or 1
        if version and known.get(action.id) == seen[action.id]:
            place += count
            continue
        try:
            async for page in found.pages(endpoints.FLOW_MESSAGES, {"page[size]": 50}, id=action.id):
                for message in entities.resources(page.data, endpoints.FLOW_MESSAGES.path, found.rejects):
                    place += 1
                    _add(
                        found,
                        "flow_messages",
                        message,
                        endpoints.FLOW_MESSAGES,
                        entities.flow_message_row,
                        flow.id,
                        action.id,
                        place,
                    )
        except NotFound as error:
            seen.pop(action.id, None)
            found.rejects.append(Reject(f"{endpoints.FLOW_MESSAGES.path} {action.id}", str(error)))


async def fetch_lists(context: Context) -> None:
    """Lists with their tags."""
    await _tagged(context, "lists", endpoints.LISTS, entities.list_row)


async def fetch_segments(context: Context) -> None:
    """Segments with their tags."""
    await _tagged(context, "segments", endpoints.SEGMENTS, entities.segment_row)


async def _tagged(context: Context, resource: str, where: Endpoint, to_row: Any) -> None:
    found = Gathered(context, resource)
    async for page in found.pages(where, {"include": "tags", "page[size]": 10}):
        tags = _tag_names(found.included(page, where))
        for item in entities.resources(page.data, where.path, found.rejects):
            _add(found, resource, item, where, to_row, tags)
            if resource == "segments":
                context.segments[item.id] = str(item.attributes.get("name") or "")
            else:
                context.lists.append(item.id)
    await found.write()


async def fetch_forms(context: Context) -> None:
    """Forms, and the versions of those that changed since the last walk."""
    found = Gathered(context, "forms")
    known: dict[str, str] = {} if context.plan.full else context.plan.cursor("forms").get("forms", {})
    seen: dict[str, str] = {}
    async for page in found.pages(endpoints.FORMS, {"page[size]": 100}):
        for form in entities.resources(page.data, endpoints.FORMS.path, found.rejects):
            _add(found, "forms", form, endpoints.FORMS, entities.form_row)
            seen[form.id] = str(form.attributes.get("updated_at") or "")
    for id, version in list(seen.items()):
        if version and known.get(id) == version:
            continue
        try:
            async for page in found.pages(endpoints.FORM_VERSIONS, {"page[size]": 100}, id=id):
                for item in entities.resources(page.data, endpoints.FORM_VERSIONS.path, found.rejects):
                    _add(found, "form_versions", item, endpoints.FORM_VERSIONS, entities.form_version_row, id)
        except NotFound as error:
            seen.pop(id)
            found.rejects.append(Reject(f"{endpoints.FORM_VERSIONS.path} {id}", str(error)))
    await found.write({"forms": seen})


async def fetch_tags(context: Context) -> None:
    """Tags by name."""
    found = Gathered(context, "tags")
    async for page in found.pages(endpoints.TAGS, {"page[size]": 50}):
        found.tables["tags"] += entities.read(page.data, endpoints.TAGS.path, entities.tag_row, found.rejects)
    await found.write()


async def fetch_catalog(context: Context) -> None:
    """Items with their variants and categories; once a day, as the API offers no filter by change."""
    walked = instant(context.plan.cursor("catalog").get("walked"))
    if walked is not None and context.plan.now - walked < CATALOG_EVERY and not context.plan.full:
        return
    found = Gathered(context, "catalog")
    categories: dict[str, list[str]] = defaultdict(list)
    async for page in found.pages(endpoints.CATALOG_CATEGORIES, {"page[size]": 100}):
        for category in entities.resources(page.data, endpoints.CATALOG_CATEGORIES.path, found.rejects):
            _add(found, "catalog_categories", category, endpoints.CATALOG_CATEGORIES, entities.catalog_category_row)
            for id in related(category, "items"):
                categories[id].append(str(category.attributes.get("name") or ""))
    where = endpoints.CATALOG_ITEMS
    async for page in found.pages(where, {"include": "variants", "page[size]": 100}):
        variants = found.included(page, where)
        for item in entities.resources(page.data, where.path, found.rejects):
            _add(found, "catalog_items", item, where, entities.catalog_item_row, categories)
            for id in related(item, "variants"):
                variant = variants.get(("catalog-variant", id))
                if variant is not None:
                    _add(found, "catalog_variants", variant, where, entities.catalog_variant_row, item.id)
    await found.write({"walked": context.plan.now.isoformat()})


def _add(found: Gathered, table: str, resource: Resource, where: Endpoint, to_row: Any, *more: Any) -> None:
    raws = entities.rows_of([resource], where.path, lambda item: to_row(item, *more), found.rejects)
    found.tables[table] += raws


def _tag_names(others: Mapping[tuple[str, str], Resource]) -> dict[str, str]:
    return {id: str(item.attributes.get("name") or "") for (kind, id), item in others.items() if kind == "tag"}


def _sends(action: Resource) -> bool:
    definition = action.attributes.get("definition") or {}
    kind = str((definition.get("type") if isinstance(definition, dict) else "") or "").upper().replace("-", "_")
    return bool(related(action, "flow-messages")) or kind in SENDING


def _once(rows: list[Row]) -> list[Row]:
    """The last of each id: an entity that moved between pages during the walk comes twice."""
    if not rows:
        return rows
    key = next(iter(rows[0]))
    return list({row[key]: row for row in rows}.values())
