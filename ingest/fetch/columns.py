"""Pages of events and profiles → columns. Each malformed resource is rejected with its place, never its page.

Column names are those of the tables that they are loaded into; instants are UTC microseconds, money DECIMAL(18, 2).
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime
from decimal import ROUND_HALF_EVEN, Decimal, InvalidOperation

import msgspec
import pyarrow as pa
import pyarrow.compute as pc

from ingest.klaviyo.bodies import (
    EVENT,
    EVENT_INCLUDED,
    EVENT_VALUE,
    HALF_CHARACTER,
    PROFILE,
    PROFILE_ATTRIBUTES,
    Event,
    IncludedAttribution,
    IncludedProfile,
    Page,
    Profile,
    instant,
)
from ingest.spool import Reject

INSTANT = pa.timestamp("us", tz="UTC")
MONEY = pa.decimal128(18, 2)
# Said of a column, it spares the database to parse again what the boundary has parsed.
JSON = pa.json_(pa.large_string())
CENT = Decimal("0.01")
MONEY_LIMIT = Decimal(10) ** 16
REASON_LENGTH = 300
_PROPERTIES_KEY = b'"event_properties"'
_NOTHING = (b"", b"null")


def reason(error: Exception) -> str:
    """An error's text, short enough for a report and without the data itself."""
    return " ".join(str(error).split())[:REASON_LENGTH]


class EventColumns:
    """Events of many pages, the attributions and the profiles that came with them.

    A profile that came unchanged before (in this process) is left out; `seen` is shared between batches. `delivery`
    numbers the pages of a process: where an event comes twice, its attributions are those of the later page.
    """

    def __init__(self, seen: set[int], first_delivery: int = 1) -> None:
        self._seen = seen
        self.next_delivery = first_delivery
        self.ids: list[str] = []
        self.metric_ids: list[str] = []
        self.profile_ids: list[str] = []
        self.instants: list[str] = []
        self.values: list[bytes | None] = []
        self.properties: list[bytes] = []
        self.raw_data: list[bytes] = []
        self.deliveries: list[int] = []
        self.attributions: list[tuple[str | None, ...]] = []
        self.attribution_deliveries: list[int] = []
        self.profiles = ProfileColumns()
        self.rejects: list[Reject] = []

    def add(self, page: Page, healed: bool = False) -> None:
        """Takes a page in. `healed`: half characters were replaced in it, which is told of each event."""
        raws = list(map(bytes, page.data))
        try:
            events = list(map(EVENT.decode, raws))
        except msgspec.MsgspecError:
            raws, events = self._one_by_one(raws)
        parts = [bytes(event.attributes.event_properties) or b"{}" for event in events]
        if healed:
            self.rejects += [
                Reject(f"/api/events {event.id}", "kept, but half a character was replaced")
                for event, raw in zip(events, raws, strict=True)
                if HALF_CHARACTER in raw
            ]
        self.ids += [event.id for event in events]
        self.metric_ids += [event.relationships.metric.data.id for event in events]  # type: ignore[union-attr]
        self.profile_ids += [
            profile.id if (profile := event.relationships.profile.data) else self._no_profile(event) for event in events
        ]
        self.instants += [event.attributes.datetime or _from_unix(event) for event in events]
        self.values += _values(parts)
        self.raw_data += list(map(less_properties, raws, parts))
        self.properties += parts
        self.deliveries += [self.next_delivery] * len(events)
        self._include(page)
        self.next_delivery += 1

    def tables(self) -> dict[str, pa.Table]:
        """The columns as Arrow: events, attributions, profiles. An event whose instant cannot be read is rejected."""
        instants, unreadable = to_instants(self.instants)
        for index in unreadable:
            self.rejects.append(Reject(f"/api/events {self.ids[index]}", f"datetime {self.instants[index][:40]!r}"))
        events = pa.table(
            {
                "id": pa.array(self.ids, pa.string()),
                "metric_id": pa.array(self.metric_ids, pa.string()),
                "profile_id": pa.array(self.profile_ids, pa.string()),
                "timestamp": instants,
                "value": self._money(),
                "properties": to_json(self.properties),
                "raw_data": to_json(self.raw_data),
                "delivery": pa.array(self.deliveries, pa.int64()),
            }
        )
        if unreadable:
            events = events.filter(pc.is_valid(events["timestamp"]))
        return {
            "events": events,
            "attributions": _attribution_table(self.attributions, self.attribution_deliveries),
            "profiles": self.profiles.table(),
        }

    def _one_by_one(self, raws: Sequence[bytes]) -> tuple[list[bytes], list[Event]]:
        kept: list[bytes] = []
        events: list[Event] = []
        for position, raw in enumerate(raws):
            try:
                events.append(EVENT.decode(raw))
                kept.append(raw)
            except msgspec.MsgspecError as error:
                self.rejects.append(Reject(f"/api/events {_id_of(raw, position)}", reason(error)))
        return kept, events

    def _no_profile(self, event: Event) -> str:
        self.rejects.append(Reject(f"/api/events {event.id}", "kept, but it names no profile"))
        return f"unknown:{event.id}"

    def _money(self) -> pa.Array:
        try:
            return pa.array(self.values, pa.string()).cast(MONEY)
        except pa.ArrowInvalid:
            # Text, more than two decimals, or beyond the column: each by itself.
            return pa.array(map(self._value, self.ids, self.values), MONEY)

    def _value(self, id: str, text: bytes | None) -> Decimal | None:
        text = (text or b"").strip(b'" ')
        if not text:
            return None
        try:
            value = Decimal(text.decode())
            if abs(value) < MONEY_LIMIT:
                return value.quantize(CENT, ROUND_HALF_EVEN)
            told = f"kept, but $value {text[:40].decode()} is beyond DECIMAL(18, 2)"
        except (InvalidOperation, UnicodeDecodeError):
            told = "kept, but $value is not a number"
        self.rejects.append(Reject(f"/api/events {id}", told))
        return None

    def _include(self, page: Page) -> None:
        seen = self._seen
        for position, raw in enumerate(map(bytes, page.included)):
            # Most profiles come again and again: one that came as it is now is not even decoded.
            print_ = hash(raw)
            if print_ in seen:
                continue
            try:
                item = EVENT_INCLUDED.decode(raw)
            except msgspec.MsgspecError as error:
                self.rejects.append(Reject(f"/api/events included {_id_of(raw, position)}", reason(error)))
                continue
            if isinstance(item, IncludedProfile):
                seen.add(print_)
                self.profiles.add(item, self.rejects)
            elif isinstance(item, IncludedAttribution):
                self._attribute(item)

    def _attribute(self, item: IncludedAttribution) -> None:
        links = item.relationships
        if links.event.data is None:
            self.rejects.append(Reject(f"/api/events attribution {item.id}", "it names no event"))
            return
        others = (
            links.attributed_event,
            links.campaign,
            links.campaign_message,
            links.flow,
            links.flow_message,
            links.flow_message_variation,
        )
        self.attribution_deliveries.append(self.next_delivery)
        self.attributions.append((item.id, links.event.data.id, *(x.data.id if x.data else None for x in others)))


class ProfileColumns:
    """Profiles of many pages."""

    FIELDS = (
        "id",
        "email",
        "phone_number",
        "external_id",
        "first_name",
        "last_name",
        "created_at",
        "updated_at",
        "last_event_date",
        "properties",
        "location",
        "subscriptions",
        "predictive_analytics",
    )
    INSTANTS = ("created_at", "updated_at", "last_event_date")
    JSONS = ("properties", "location", "subscriptions", "predictive_analytics")

    def __init__(self) -> None:
        self._rows: list[tuple[str | bytes | None, ...]] = []

    def __len__(self) -> int:
        return len(self._rows)

    def add_page(self, page: Page, rejects: list[Reject]) -> None:
        """Takes a page of /api/profiles in."""
        for position, raw in enumerate(page.data):
            try:
                profile = PROFILE.decode(raw)
            except msgspec.MsgspecError as error:
                rejects.append(Reject(f"/api/profiles {_id_of(bytes(raw), position)}", reason(error)))
                continue
            self.add(profile, rejects)

    def add(self, profile: Profile | IncludedProfile, rejects: list[Reject]) -> None:
        """Takes one profile in."""
        try:
            found = PROFILE_ATTRIBUTES.decode(profile.attributes)
        except msgspec.MsgspecError as error:
            rejects.append(Reject(f"/api/profiles {profile.id}", reason(error)))
            return
        created = found.created or found.updated or found.last_event_date or "1970-01-01T00:00:00Z"
        self._rows.append(
            (
                profile.id,
                found.email,
                found.phone_number,
                found.external_id,
                found.first_name,
                found.last_name,
                created,
                found.updated or created,
                found.last_event_date or None,
                *(
                    _json(x)
                    for x in (found.properties, found.location, found.subscriptions, found.predictive_analytics)
                ),
            )
        )

    def table(self) -> pa.Table:
        """The columns of klaviyo_profiles. An unreadable date is NULL, a needed one the epoch."""
        columns = list(zip(*self._rows, strict=True)) if self._rows else [() for _ in self.FIELDS]
        arrays = {}
        for name, values in zip(self.FIELDS, columns, strict=True):
            if name in self.INSTANTS:
                arrays[name] = to_instants(list(values))[0]
            elif name in self.JSONS:
                arrays[name] = to_json(values)
            else:
                arrays[name] = pa.array(values, pa.string())
        epoch = pa.scalar(datetime(1970, 1, 1, tzinfo=UTC), INSTANT)
        for name in ("created_at", "updated_at"):
            arrays[name] = pc.fill_null(arrays[name], epoch)
        return pa.table(arrays)


def to_instants(texts: Sequence[str | None]) -> tuple[pa.Array, list[int]]:
    """ISO 8601 texts as UTC microseconds, and the places of those that cannot be read (NULL there)."""
    try:
        return pc.cast(pa.array(texts, pa.string()), INSTANT), []
    except pa.ArrowInvalid:
        found: list[datetime | None] = []
        unreadable: list[int] = []
        for index, text in enumerate(texts):
            try:
                found.append(instant(text))
            except ValueError:
                found.append(None)
                unreadable.append(index)
        return pa.array(found, INSTANT), unreadable


def to_json(texts: Sequence[bytes | None]) -> pa.Array:
    """Texts that were decoded as JSON, as a column that says so. What is no UTF-8 in them becomes U+FFFD."""
    try:
        found = pa.array(texts, pa.large_binary()).cast(pa.large_string())
    except pa.ArrowInvalid:
        found = pa.array([text and text.decode(errors="replace") for text in texts], pa.large_string())
    return pa.ExtensionArray.from_storage(JSON, found)


def less_properties(raw: bytes, properties: bytes) -> bytes:
    """An event's bytes with `event_properties` replaced by null; the rest is kept byte by byte."""
    start = raw.find(_PROPERTIES_KEY) + len(_PROPERTIES_KEY) + 1
    if raw.startswith(properties, start):
        return raw[:start] + b"null" + raw[start + len(properties) :]
    start = raw.find(properties)
    # A short object such as {} may stand elsewhere too: it is the right one only behind its key.
    while start >= 0:
        if raw[max(0, start - 24) : start].rstrip(b" \n\t:").endswith(_PROPERTIES_KEY):
            return raw[:start] + b"null" + raw[start + len(properties) :]
        start = raw.find(properties, start + 1)
    return raw


def _attribution_table(rows: list[tuple[str | None, ...]], deliveries: list[int]) -> pa.Table:
    names = (
        "id",
        "event_id",
        "attributed_event_id",
        "campaign_id",
        "campaign_message_id",
        "flow_id",
        "flow_message_id",
        "flow_message_variation_id",
    )
    columns = list(zip(*rows, strict=True)) if rows else [() for _ in names]
    arrays = {name: pa.array(values, pa.string()) for name, values in zip(names, columns, strict=True)}
    return pa.table({**arrays, "delivery": pa.array(deliveries, pa.int64())})


def _values(parts: Sequence[bytes]) -> list[bytes | None]:
    """`$value` of each event's properties as it is written, None for none or null."""
    try:
        found = [bytes(item.value) for item in map(EVENT_VALUE.decode, parts)]
    except msgspec.MsgspecError:
        found = [_value_alone(part) for part in parts]
    return [None if text in _NOTHING else text for text in found]


def _value_alone(part: bytes) -> bytes:
    try:
        return bytes(EVENT_VALUE.decode(part).value)
    except msgspec.MsgspecError:
        return b""  # properties that are no object hold no value


def _from_unix(event: Event) -> str:
    seconds = event.attributes.timestamp
    if seconds is None or not 0 <= seconds < 32_503_680_000:
        return "missing"
    return datetime.fromtimestamp(seconds, UTC).isoformat()


def _json(raw: bytes | memoryview | msgspec.Raw) -> bytes | None:
    text = bytes(raw)
    return None if text in (b"", b"null") else text


def _id_of(raw: bytes, position: int) -> str:
    try:
        found = msgspec.json.decode(raw)
    except msgspec.MsgspecError:
        found = None
    name = found.get("id") if isinstance(found, dict) else None
    return str(name)[:64] if name is not None else f"#{position + 1} of its page"
