"""Klaviyo's reports: campaign values, and daily series of flows, forms and segments; one request a window and report.

A window's rows are one chunk, with the window beside them, because they replace what the warehouse holds of it.
Numbers stay as delivered here; sums, rates and names are made by the load.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from datetime import date, datetime, timedelta
from decimal import ROUND_HALF_EVEN, Decimal
from typing import Any
from urllib.parse import parse_qs, urlsplit
from zoneinfo import ZoneInfo

import pyarrow as pa

from ingest.fetch.columns import CENT, MONEY
from ingest.fetch.context import Context
from ingest.fetch.entities import channel_name
from ingest.fetch.plan import REPORTS, ReportWindow
from ingest.klaviyo import endpoints
from ingest.klaviyo.bodies import REPORT, Report
from ingest.klaviyo.endpoints import Endpoint
from ingest.spool import CursorMove, Reject

ENDPOINTS: Mapping[str, Endpoint] = {
    "campaign_values": endpoints.CAMPAIGN_VALUES,
    "flow_series": endpoints.FLOW_SERIES,
    "form_series": endpoints.FORM_SERIES,
    "segment_series": endpoints.SEGMENT_SERIES,
}
MESSAGE_STATISTICS = (
    "recipients",
    "delivered",
    "bounced",
    "failed",
    "opens",
    "opens_unique",
    "clicks",
    "clicks_unique",
    "conversions",
    "conversion_uniques",
    "conversion_value",
    "unsubscribes",
    "unsubscribe_uniques",
    "spam_complaints",
)
# Part of the API since that revision; an older one refuses a request that names them.
TEXT_STATISTICS = ("text_message_spend", "text_message_credit_usage_amount")
TEXT_STATISTICS_SINCE = "2025-10-15"
FORM_STATISTICS = (
    "viewed_form",
    "viewed_form_uniques",
    "viewed_form_step",
    "viewed_form_step_uniques",
    "submitted_form_step",
    "submitted_form_step_uniques",
    "submits",
    "qualified_form",
    "qualified_form_uniques",
    "closed_form",
    "closed_form_uniques",
)
SEGMENT_STATISTICS = ("total_members", "members_added", "members_removed", "net_members_changed")
GROUPS: Mapping[str, tuple[str, ...]] = {
    "campaign_values": (
        "campaign_id",
        "campaign_message_id",
        "campaign_message_name",
        "send_channel",
        "variation",
        "variation_name",
    ),
    "flow_series": ("flow_id", "flow_message_id", "flow_message_name", "flow_name", "send_channel"),
    "form_series": ("form_id", "form_version_id"),
    "segment_series": ("segment_id",),
}
# Without these a row has no place; the other groupings may be empty.
KEYS: Mapping[str, tuple[str, ...]] = {
    "campaign_values": ("campaign_id", "campaign_message_id"),
    "flow_series": ("flow_id", "flow_message_id"),
    "form_series": ("form_id",),
    "segment_series": ("segment_id",),
}
TABLE: Mapping[str, str] = {name: f"{name}_report" for name in REPORTS}


def statistics_of(report: str, revision: str) -> tuple[str, ...]:
    """The statistics that a report is asked for."""
    if report == "form_series":
        return FORM_STATISTICS
    if report == "segment_series":
        return SEGMENT_STATISTICS
    return MESSAGE_STATISTICS + (TEXT_STATISTICS if revision >= TEXT_STATISTICS_SINCE else ())


async def fetch_reports(context: Context, report: str) -> None:
    """All windows of one report that the plan names. Raises KlaviyoError."""
    windows = [window for window in context.plan.reports if window.report == report]
    if not windows:
        return
    metric = await _conversion_metric(context) if report in ("campaign_values", "flow_series") else ""
    if metric is None:
        await context.writer.write(report, {}, notes=[f"{report}: the account has no metric 'Placed Order' yet"])
        return
    # Names and send dates are joined in by the load: their chunk has to come first.
    named_by = {"campaign_values": "campaigns", "form_series": "forms", "segment_series": "segments"}.get(report)
    if named_by in context.finished:
        await context.finished[named_by].wait()
    full = [w for w in windows if w.full]
    done = list(context.plan.cursor(report).get("done", []))
    for window in windows:
        rows, rejects = await _window(context, window, metric)
        span = f"{window.start}/{window.end}"
        moves: list[CursorMove] = []
        if window.full:
            done.append(span)
            if window is full[-1]:
                moves = [CursorMove(report, "full", {"started": window.started}, watermark=context.plan.now)]
                moves.append(CursorMove(report, "", {}, watermark=context.plan.now))
            else:
                moves = [CursorMove(report, "", {"started": window.started, "done": done})]
        elif not full:
            kept = context.plan.cursor(report)
            moves = [CursorMove(report, "", kept, watermark=context.plan.now)]
        await context.writer.write(
            report,
            {TABLE[report]: rows},
            moves,
            rejects=rejects,
            window={"start": window.start, "end": window.end},
        )


async def _window(context: Context, window: ReportWindow, metric: str) -> tuple[pa.Table, list[Reject]]:
    statistics = statistics_of(window.report, context.plan.revision)
    attributes: dict[str, Any] = {
        "statistics": list(statistics),
        "timeframe": {"start": f"{window.start}T00:00:00+00:00", "end": f"{window.end}T23:59:59+00:00"},
    }
    if metric:
        attributes["conversion_metric_id"] = metric
    if window.report != "segment_series":
        attributes["group_by"] = list(GROUPS[window.report])
    if window.report != "campaign_values":
        attributes["interval"] = "daily"
    where = ENDPOINTS[window.report]
    body = {"data": {"type": where.name, "attributes": attributes}}
    found = Columns(window, context.timezone, statistics)
    page_cursor: str | None = None
    while True:
        answer = await context.client.post(where, REPORT.decode, body, page_cursor=page_cursor)
        found.add(answer)
        context.took(window.report, len(answer.data.attributes.results))
        link = answer.links.next
        page_cursor = _cursor_of(link) if link else None
        if not page_cursor:
            return found.table(), found.rejects


class Columns:
    """Rows of one window: groupings, date (series only) and statistics, days without any activity left out."""

    def __init__(self, window: ReportWindow, timezone: str, statistics: Sequence[str]) -> None:
        self._window = window
        self._zone = ZoneInfo(timezone)
        self._statistics = statistics
        self._groups = GROUPS[window.report]
        self._rows: list[dict[str, Any]] = []
        self.rejects: list[Reject] = []

    def add(self, answer: Report) -> None:
        """Takes an answer in."""
        attributes = answer.data.attributes
        days: list[str] = []
        if self._window.report != "campaign_values":
            days = [account_day(text, self._zone) for text in attributes.date_times]
        for position, result in enumerate(attributes.results):
            try:
                self._result(result, days)
            except (KeyError, TypeError, ValueError, AttributeError) as error:
                place = f"{ENDPOINTS[self._window.report].path} {self._window.start} result {position + 1}"
                self.rejects.append(Reject(place, f"{type(error).__name__}: {error}"))

    def _result(self, result: Mapping[str, Any], days: Sequence[str]) -> None:
        groupings, statistics = result["groupings"], result["statistics"]
        keys = {name: _text(groupings.get(name)) for name in self._groups}
        missing = [name for name in KEYS[self._window.report] if not keys[name]]
        if missing:
            raise ValueError(f"{', '.join(missing)} is missing")
        if "send_channel" in keys:
            keys["send_channel"] = channel_name(keys["send_channel"])
        if not days:
            self._rows.append({**keys, **{name: _number(statistics.get(name)) for name in self._statistics}})
            return
        series = {name: list(statistics.get(name) or []) for name in self._statistics}
        if any(len(values) not in (0, len(days)) for values in series.values()):
            raise ValueError("a statistic has another length than date_times")
        keep_zero = self._window.report == "segment_series"
        for index, day in enumerate(days):
            numbers = {name: _number(values[index]) if values else None for name, values in series.items()}
            if keep_zero or any(numbers.values()):
                self._rows.append({**keys, "date": day, **numbers})

    def table(self) -> pa.Table:
        """Columns: the groupings (text), `date` (ISO text, series only), the statistics (double, or money)."""
        schema: dict[str, pa.DataType] = {name: pa.string() for name in self._groups}
        if self._window.report != "campaign_values":
            schema["date"] = pa.string()
        # The columns are the same for every revision; what an older one lacks is NULL.
        for name in statistics_of(self._window.report, "9999"):
            schema[name] = pa.float64()
        for name in ("conversion_value",):
            if name in schema:
                schema[name] = MONEY
        for row in self._rows:
            if row.get("conversion_value") is not None:
                row["conversion_value"] = Decimal(str(row["conversion_value"])).quantize(CENT, ROUND_HALF_EVEN)
        return pa.Table.from_pylist(self._rows, schema=pa.schema(schema))


def account_day(text: str, zone: ZoneInfo) -> str:
    """The account's day of an entry of date_times. A local midnight is that day as written, whatever its offset."""
    moment = datetime.fromisoformat(text)
    if moment.tzinfo is None or (moment.hour, moment.minute) == (0, 0):
        return moment.date().isoformat()
    return moment.astimezone(zone).date().isoformat()


async def _conversion_metric(context: Context) -> str | None:
    """The account's metric as the store knows it; on a first sync the rule of the store, on what this run has read.

    That is: most orders in the 90 days up to the newest, ties by integration and id. None without such a metric.
    """
    if context.plan.conversion_metric:
        return context.plan.conversion_metric
    placed = [metric for metric in await context.metrics if " ".join(metric.name.lower().split()) == "placed order"]
    if len(placed) <= 1:
        return placed[0].id if placed else None
    if "events" in context.finished:
        await context.finished["events"].wait()
    ids = {metric.id for metric in placed}
    days = {key: count for key, count in context.days_by_metric.items() if key[0] in ids}
    newest = max((day for _, day in days), default="1970-01-01")
    since = (date.fromisoformat(newest) - timedelta(days=90)).isoformat()
    orders = Counter[str]()
    for (id, day), count in days.items():
        if day > since:
            orders[id] += count
    return min(placed, key=lambda metric: (-orders[metric.id], metric.integration, metric.id)).id


def _text(value: object) -> str:
    return "" if value is None else str(value)


def _number(value: object) -> float | None:
    if value is None:
        return None
    if isinstance(value, bool) or not isinstance(value, int | float | str):
        raise TypeError(f"{value!r} is not a number")
    return float(value)


def _cursor_of(link: str) -> str | None:
    found = parse_qs(urlsplit(link).query).get("page_cursor")
    return found[0] if found else None
