"""The form of Klaviyo's answers, as far as it is read.

Resources stay raw bytes until each is decoded on its own, so that one malformed resource is rejected alone; what is not
named here is skipped by the decoder.
"""

from __future__ import annotations

import re
from datetime import UTC, datetime
from typing import Any

import msgspec
from msgspec import Raw, Struct, field

EMPTY = Raw(b"")


class Links(Struct, gc=False):
    next: str | None = None


class Page(Struct, gc=False):
    """A list answer: each resource as its bytes."""

    data: list[Raw]
    included: list[Raw] = []
    links: Links = field(default_factory=Links)


class Id(Struct, gc=False):
    id: str


class ToOne(Struct, frozen=True, gc=False):
    data: Id | None = None


class ToMany(Struct, frozen=True, gc=False):
    data: list[Id] | None = None

    def ids(self) -> list[str]:
        return [item.id for item in self.data or []]


NO_ONE = ToOne()


class EventAttributes(Struct, gc=False):
    event_properties: Raw = EMPTY
    datetime: str | None = None
    timestamp: int | None = None


class EventRelationships(Struct, gc=False):
    metric: ToOne
    profile: ToOne = NO_ONE


class Event(Struct, gc=False):
    id: str
    attributes: EventAttributes
    relationships: EventRelationships


class EventValue(Struct, gc=False):
    """`$value` as its bytes: numbers of any size, null, or text."""

    value: Raw = field(name="$value", default=EMPTY)


class AttributionRelationships(Struct, rename="kebab", gc=False):
    event: ToOne = NO_ONE
    attributed_event: ToOne = NO_ONE
    campaign: ToOne = NO_ONE
    campaign_message: ToOne = NO_ONE
    flow: ToOne = NO_ONE
    flow_message: ToOne = NO_ONE
    flow_message_variation: ToOne = NO_ONE


class IncludedAttribution(Struct, tag_field="type", tag="attribution", gc=False):
    id: str
    relationships: AttributionRelationships


class IncludedProfile(Struct, tag_field="type", tag="profile", gc=False):
    id: str
    attributes: Raw


class IncludedMetric(Struct, tag_field="type", tag="metric", gc=False):
    id: str


class ProfileAttributes(Struct, gc=False):
    email: str | None = None
    phone_number: str | None = None
    external_id: str | None = None
    first_name: str | None = None
    last_name: str | None = None
    created: str | None = None
    updated: str | None = None
    last_event_date: str | None = None
    location: Raw = EMPTY
    properties: Raw = EMPTY
    subscriptions: Raw = EMPTY
    predictive_analytics: Raw = EMPTY


class Profile(Struct, gc=False):
    id: str
    attributes: Raw


class Resource(Struct):
    """Any entity: small resources are read as plain dictionaries."""

    id: str
    type: str
    attributes: dict[str, Any] = {}
    relationships: dict[str, Any] = {}


PAGE = msgspec.json.Decoder(Page)
_ESCAPE = re.compile(
    rb"\\(?:u[dD][89abAB][0-9a-fA-F]{2}\\u[dD][c-fC-F][0-9a-fA-F]{2}|(u[dD][89a-fA-F][0-9a-fA-F]{2})|.)", re.DOTALL
)
HALF_CHARACTER = b"\\ufffd"
EVENT = msgspec.json.Decoder(Event)
EVENT_VALUE = msgspec.json.Decoder(EventValue)
EVENT_INCLUDED = msgspec.json.Decoder(IncludedAttribution | IncludedProfile | IncludedMetric)
PROFILE = msgspec.json.Decoder(Profile)
PROFILE_ATTRIBUTES = msgspec.json.Decoder(ProfileAttributes)
RESOURCE = msgspec.json.Decoder(Resource)


class ReportAttributes(Struct):
    results: list[dict[str, Any]]
    date_times: list[str] = []


class ReportData(Struct):
    attributes: ReportAttributes


class ReportLinks(Struct):
    next: str | None = None


class Report(Struct):
    """Answer of a report query; `statistics` of a series are lists aligned with `date_times`."""

    data: ReportData
    links: ReportLinks = field(default_factory=ReportLinks)


REPORT = msgspec.json.Decoder(Report)


class ReadPage(Struct, gc=False):
    """A decoded page, the body that it was read from, and whether that had to be healed first."""

    page: Page
    body: bytes
    healed: bool = False


def read_page(body: bytes) -> ReadPage:
    """Decodes a list answer. Half of a UTF-16 pair, which is legal to Klaviyo and to no database, becomes U+FFFD.

    Raises msgspec.DecodeError for what is not JSON, msgspec.ValidationError for what is no list answer.
    """
    try:
        return ReadPage(PAGE.decode(body), body)
    except msgspec.ValidationError:
        raise
    except msgspec.DecodeError:
        healed = _ESCAPE.sub(lambda found: HALF_CHARACTER if found.group(1) else found.group(0), body)
        if healed == body:
            raise
        return ReadPage(PAGE.decode(healed), healed, True)


def instant(text: object) -> datetime | None:
    """An ISO 8601 instant as a UTC datetime; None for nothing. One without an offset is UTC. Raises ValueError."""
    if text is None or text == "":
        return None
    if not isinstance(text, str):
        raise ValueError(f"{text!r} is not an ISO 8601 instant")
    found = datetime.fromisoformat(text)
    return found.replace(tzinfo=UTC) if found.tzinfo is None else found.astimezone(UTC)


def related(resource: Resource, name: str) -> list[str]:
    """Ids of a relationship, to-one or to-many; empty where there is none."""
    relation = resource.relationships.get(name)
    data = relation.get("data") if isinstance(relation, dict) else None
    items = data if isinstance(data, list) else [data]
    return [item["id"] for item in items if isinstance(item, dict) and isinstance(item.get("id"), str)]
