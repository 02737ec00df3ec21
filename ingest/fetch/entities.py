"""Campaigns, flows, lists … → rows of their tables. One function a resource type; columns are those of the tables."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence
from decimal import ROUND_HALF_EVEN, Decimal, InvalidOperation
from typing import Any

import msgspec
import pyarrow as pa

from ingest.fetch.columns import CENT, reason
from ingest.fetch.schemas import SCHEMAS
from ingest.klaviyo.bodies import RESOURCE, Resource, instant, related
from ingest.klaviyo.countries import country_code
from ingest.spool import Reject

Row = dict[str, Any]


def table_of(name: str, rows: Sequence[Row]) -> pa.Table:
    """Rows as the Arrow table of that name; a column that a row lacks is NULL."""
    return pa.Table.from_pylist(list(rows), schema=SCHEMAS[name])


def read(
    raws: Sequence[msgspec.Raw | bytes], endpoint: str, to_row: Callable[[Resource], Row], rejects: list[Reject]
) -> list[Row]:
    """Bytes of resources → rows. One that cannot be read is rejected with its place."""
    return rows_of(resources(raws, endpoint, rejects), endpoint, to_row, rejects)


def rows_of(
    found: Sequence[Resource], endpoint: str, to_row: Callable[[Resource], Row], rejects: list[Reject]
) -> list[Row]:
    """Resources → rows. One whose attributes cannot be read is rejected with its place."""
    rows: list[Row] = []
    for resource in found:
        try:
            rows.append(to_row(resource))
        except (KeyError, TypeError, ValueError, AttributeError, InvalidOperation) as error:
            rejects.append(Reject(f"{endpoint} {resource.id}", f"{type(error).__name__}: {reason(error)}"))
    return rows


def resources(raws: Sequence[msgspec.Raw | bytes], endpoint: str, rejects: list[Reject]) -> list[Resource]:
    """Bytes → resources. One without id or type is rejected with its place on the page."""
    found: list[Resource] = []
    for position, raw in enumerate(raws):
        try:
            found.append(RESOURCE.decode(raw))
        except msgspec.MsgspecError as error:
            rejects.append(Reject(f"{endpoint} #{position + 1} of its page", reason(error)))
    return found


def account_row(resource: Resource) -> Row:
    a = resource.attributes
    contact = a.get("contact_information") or {}
    address = contact.get("street_address") or {}
    return {
        "account_id": a.get("public_api_key") or resource.id,
        "name": contact.get("organization_name") or resource.id,
        "timezone": a.get("timezone") or "UTC",
        "currency": a.get("preferred_currency") or "USD",
        "locale": a.get("locale"),
        "country": country_code(address.get("country"), a.get("locale")),
        "website_url": contact.get("website_url"),
    }


def metric_row(resource: Resource) -> Row:
    a = resource.attributes
    integration = a.get("integration") or {}
    category = integration.get("category")
    # Some integrations give {"category": "…"} in place of the text.
    category = category.get("category") if isinstance(category, dict) else category
    created = instant(a.get("created")) or instant(a.get("updated"))
    name, source = _needed(a, "name"), integration.get("name")
    return {
        "id": resource.id,
        "name": name,
        # The API tells neither a type nor a description: both say where the metric comes from.
        "type": category or source,
        "description": name + (f" from {source}" if source else "") + (f" ({category})" if category else ""),
        "created_at": created,
        "updated_at": instant(a.get("updated")) or created,
        "integration_id": integration.get("id"),
        "integration_name": integration.get("name"),
        "integration_category": category,
        "metadata": _json({"integration": integration}),
    }


def campaign_row(resource: Resource, channel: str, tags: Mapping[str, str]) -> Row:
    a = resource.attributes
    rest = ("audiences", "send_options", "tracking_options", "send_strategy")
    return {
        "campaign_id": resource.id,
        "name": a.get("name") or "",
        "status": a.get("status") or "Unknown",
        "created_at": instant(a.get("created_at")) or instant(a.get("updated_at")),
        "updated_at": instant(a.get("updated_at")),
        "scheduled_at": instant(a.get("scheduled_at")),
        "sent_at": instant(a.get("send_time")),
        "channel": channel,
        "archived": bool(a.get("archived")),
        "tags": tag_names(resource, tags),
        "metadata": _json({key: a[key] for key in rest if key in a}),
    }


def campaign_message_row(resource: Resource, campaign_id: str) -> Row:
    a = resource.attributes
    definition = a.get("definition") or {}
    content = definition.get("content") or {}
    return {
        "message_id": resource.id,
        "campaign_id": next(iter(related(resource, "campaign")), campaign_id),
        "channel": channel_name(definition.get("channel") or a.get("channel")),
        "label": definition.get("label") or a.get("label"),
        "subject": content.get("subject") or content.get("title"),
        "preview_text": content.get("preview_text") or content.get("body"),
        "from_email": content.get("from_email"),
        "from_label": content.get("from_label"),
        "send_times": _json(a.get("send_times")),
        "created_at": instant(a.get("created_at")),
        "updated_at": instant(a.get("updated_at")),
        "metadata": _json({"content": content}),
    }


def flow_row(resource: Resource, tags: Mapping[str, str]) -> Row:
    a = resource.attributes
    created = instant(a.get("created")) or instant(a.get("updated"))
    return {
        "flow_id": resource.id,
        "name": a.get("name") or "",
        "status": a.get("status") or "",
        "created_at": created,
        "updated_at": instant(a.get("updated")) or created,
        "trigger_type": a.get("trigger_type"),
        "archived": bool(a.get("archived")),
        "tags": tag_names(resource, tags),
        "metadata": _json({"flow-actions": related(resource, "flow-actions")}),
    }


def flow_action_row(resource: Resource, flow_id: str, position: int) -> Row:
    a = resource.attributes
    definition = a.get("definition") or {}
    data = definition.get("data") or {}
    return {
        "action_id": resource.id,
        "flow_id": flow_id,
        "action_type": definition.get("type") or a.get("action_type"),
        "status": (data.get("status") if isinstance(data, dict) else None) or a.get("status"),
        "position": position,
        "created_at": instant(a.get("created")),
        "updated_at": instant(a.get("updated")),
        "metadata": _json(definition),
    }


def flow_message_row(resource: Resource, flow_id: str, action_id: str, position: int) -> Row:
    a = resource.attributes
    definition = a.get("definition") or {}
    return {
        "message_id": resource.id,
        "flow_id": flow_id,
        "action_id": action_id,
        "position": position,
        "name": definition.get("name") or a.get("name"),
        "channel": channel_name(a.get("channel")),
        "subject": definition.get("subject_line") or definition.get("subject"),
        "created_at": instant(a.get("created")),
        "updated_at": instant(a.get("updated")),
        "metadata": _json(definition),
    }


def list_row(resource: Resource, tags: Mapping[str, str]) -> Row:
    a = resource.attributes
    return {
        "list_id": resource.id,
        "name": a.get("name") or "",
        "opt_in_process": a.get("opt_in_process"),
        "created_at": instant(a.get("created")),
        "updated_at": instant(a.get("updated")),
        "tags": tag_names(resource, tags),
        "metadata": _json({"flow-triggers": related(resource, "flow-triggers")}),
    }


def segment_row(resource: Resource, tags: Mapping[str, str]) -> Row:
    a = resource.attributes
    return {
        "segment_id": resource.id,
        "name": a.get("name") or "",
        "is_active": a.get("is_active"),
        "is_starred": a.get("is_starred"),
        "is_processing": a.get("is_processing"),
        "definition": _json(a.get("definition")),
        "created_at": instant(a.get("created")),
        "updated_at": instant(a.get("updated")),
        "tags": tag_names(resource, tags),
    }


def form_row(resource: Resource) -> Row:
    a = resource.attributes
    return {
        "form_id": resource.id,
        "name": a.get("name") or "",
        "status": a.get("status"),
        "ab_test": a.get("ab_test"),
        "created_at": instant(a.get("created_at")),
        "updated_at": instant(a.get("updated_at")),
    }


def form_version_row(resource: Resource, form_id: str) -> Row:
    a = resource.attributes
    test = a.get("ab_test") or {}
    return {
        "form_version_id": resource.id,
        "form_id": form_id,
        "form_type": a.get("form_type"),
        "status": a.get("status"),
        "variation_name": a.get("variation_name") or (test.get("variation_name") if isinstance(test, dict) else None),
        "created_at": instant(a.get("created_at")),
        "updated_at": instant(a.get("updated_at")),
        "metadata": _json({"ab_test": test}),
    }


def tag_row(resource: Resource) -> Row:
    return {"tag_id": resource.id, "name": _needed(resource.attributes, "name")}


def catalog_item_row(resource: Resource, categories: Mapping[str, list[str]]) -> Row:
    a = resource.attributes
    custom = a.get("custom_metadata") or {}
    tags = custom.get("tags") if isinstance(custom, dict) else None
    return {
        "item_id": resource.id,
        "external_id": a.get("external_id"),
        "title": a.get("title"),
        "description": a.get("description"),
        "url": a.get("url"),
        "image_url": a.get("image_full_url") or a.get("image_thumbnail_url"),
        "price": _money(a.get("price")),
        "published": a.get("published"),
        "categories": sorted(categories.get(resource.id, [])),
        "tags": _tag_list(tags),
        "custom_metadata": _json(custom),
        "created_at": instant(a.get("created")),
        "updated_at": instant(a.get("updated")),
    }


def catalog_variant_row(resource: Resource, item_id: str | None) -> Row:
    a = resource.attributes
    quantity = a.get("inventory_quantity")
    return {
        "variant_id": resource.id,
        "item_id": next(iter(related(resource, "item")), item_id),
        "external_id": a.get("external_id"),
        "title": a.get("title"),
        "sku": a.get("sku"),
        "price": _money(a.get("price")),
        "inventory_quantity": None if quantity is None else int(quantity),
        "published": a.get("published"),
        "created_at": instant(a.get("created")),
        "updated_at": instant(a.get("updated")),
        "metadata": _json({"inventory_policy": a.get("inventory_policy")}),
    }


def catalog_category_row(resource: Resource) -> Row:
    a = resource.attributes
    return {
        "category_id": resource.id,
        "external_id": a.get("external_id"),
        "name": a.get("name"),
        "updated_at": instant(a.get("updated")),
    }


def channel_name(channel: object) -> str:
    """Klaviyo's channel as it is stored: email, sms, push, whatsapp."""
    text = str(channel or "").lower().replace("_", "-")
    return "push" if text in ("mobile-push", "push-notification", "push") else text


def tag_names(resource: Resource, tags: Mapping[str, str]) -> list[str]:
    """Names of a resource's tags, sorted; `tags` maps ids to names."""
    return sorted({tags[id] for id in related(resource, "tags") if id in tags})


def _needed(attributes: Mapping[str, Any], key: str) -> Any:
    value = attributes.get(key)
    if value is None or value == "":
        raise ValueError(f"{key} is missing")
    return value


def _money(value: object) -> Decimal | None:
    return None if value is None else Decimal(str(value)).quantize(CENT, ROUND_HALF_EVEN)


def _tag_list(value: object) -> list[str]:
    if isinstance(value, str):
        return [part.strip() for part in value.split(",") if part.strip()]
    return [str(part) for part in value] if isinstance(value, list) else []


def _json(value: object) -> str | None:
    return None if value is None else json.dumps(value, ensure_ascii=False, separators=(",", ":"))
