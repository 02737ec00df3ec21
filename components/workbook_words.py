"""What is said of workbooks: tables and columns in a person's words, how a file would end, how a load did end."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, datetime, timedelta, tzinfo
from typing import Any, Final

from analytics.workbooks import Held, WorkbookJob
from components import wording
from components.plain import plain

KINDS: Final = {"sales": "Sales", "promo": "Promotions", "targets": "Targets", "segments": "Segments"}
SHARES: Final = {
    "completeness": "Completeness", "accuracy": "Accuracy", "consistency": "Consistency", "timeliness": "Timeliness",
    "overall": "Overall",
}  # fmt: skip
STATES: Final = {"queued": "Waiting", "processing": "Loading", "completed": "Loaded", "failed": "Not loaded"}
MARKS: Final = {"queued": "…", "processing": "…", "completed": "✓", "failed": "✗"}
_NAMES: Final = {
    "promo_flag": "On promotion", "discount_pct": "Discount %", "sales_value": "Sales", "margin_value": "Margin",
    "promo_name": "Promotion", "date_start": "First day", "date_end": "Last day", "avg_discount_pct": "Mean discount %",
    "form": "Mechanic", "promoted_share": "Promoted share", "sales_value_target": "Sales target",
    "margin_pct_target": "Margin target %", "units_target": "Units target", "segment_id": "Segment",
    "avg_basket_value": "Mean basket", "fav_categories": "Favourite categories",
    "last_purchase_days_ago": "Days since last purchase", "row": "Row",
}  # fmt: skip
NOTES: Final = (
    "A row takes the place of that with the same key: files may overlap, and the same file again changes nothing. A "
    "corrected file of the same name replaces its own rows within the days that it covers.",
    "A rejected row leaves the earlier value of its key in place; the others of its file are loaded. A file that "
    "cannot be trusted as a whole is refused, with the reason.",
    "Percentages, decimal signs and the order of day and month are decided once a column, and said above the rows.",
    "Promotions without a name are found in the sales: consecutive days on promotion of a department and channel.",
)


def column(name: str) -> str:
    """A table's column in words."""
    return _NAMES.get(name, name.replace("_", " ").capitalize())


def months(first: str, last: str | None) -> str:
    """'Jan 2025 – Mar 2027' of months as YYYY-MM."""
    named = [f"{date.fromisoformat(f'{month}-01'):%b %Y}" for month in dict.fromkeys((first, last or first))]
    return " – ".join(named)


def rows(number: int) -> str:
    """'1 row', '1,234 rows'."""
    return f"{wording.count(number)} {'row' if number == 1 else 'rows'}"


def caption(held: Held, newest: WorkbookJob | None, currency: str, now: datetime) -> str:
    """What is in the tables, and how fresh: the sentence under the title."""
    pieces = ["Company data of all channels: no store's"]
    if held.sales_first and held.sales_last:
        pieces.append(f"sales {wording.day(held.sales_first)} – {wording.day(held.sales_last)}")
    if currency:
        pieces.append(currency)
    if newest is not None and newest.completed_at is not None:
        by = f" by {newest.started_by}" if newest.started_by else ""
        pieces.append(f"last load {wording.ago(now - newest.completed_at)}{by}")
    return " · ".join(pieces)


def outlook(file: Mapping[str, Any]) -> str:
    """What loading a file would do."""
    if file["refused"]:
        return "Nothing of it can be loaded."
    told = [
        f"{rows(part['loaded'])} of {KINDS[part['kind']].lower()}"
        + (f" (sheet {part['sheet']})" if part["sheet"] else "")
        for part in file["parts"]
        if part["loaded"]
    ]
    left = file["rejected"]
    return f"{', '.join(told)} can be loaded" + (f"; {rows(left)} would be left out." if left else ".")


def sheet_line(sheet: Mapping[str, Any]) -> str:
    """What a sheet was taken for."""
    named = f"Sheet **{plain(sheet['name'])}**: " if sheet["name"] else "The file: "
    if sheet["is_read"]:
        return f"{named}{KINDS[sheet['kind']].lower()}, header in row {sheet['header']}, {rows(sheet['rows'])}."
    if sheet["lacking"] and sheet["sources"]:
        lacking = ", ".join(column(name) for name in sheet["lacking"])
        return (
            f"{named}looks like {KINDS[sheet['kind']].lower()} and lacks {lacking}. Say below which columns they are."
        )
    return f"{named}left out: it {plain(sheet['why'])}."


def ended(job: WorkbookJob) -> list[str]:
    """How a load ended, a line a file and table."""
    lines = []
    for one in job.files:
        name = f"**{plain(str(one['name']))}**"
        if one.get("refused"):
            lines.append(f"{name} was refused: {plain(str(one['refused']))}")
            continue
        kind = KINDS[str(one["kind"])].lower()
        fresh, replaced, rejected = int(one.get("fresh", 0)), int(one["replaced"]), int(one["rejected"])
        if fresh or replaced:
            said = " and ".join(
                [*([f"{rows(fresh)} new"] if fresh else []), *([f"{rows(replaced)} replaced"] if replaced else [])]
            )
        else:
            said = "nothing changed, all of it was there already"
        left = f"; {rows(rejected)} left out" if rejected else ""
        lines.append(f"{name}, {kind}: {rows(int(one['loaded']))} in place, {said}{left}.")
    return lines


def outcome(job: WorkbookJob) -> str:
    """How a load ended, in short."""
    return f"{MARKS.get(job.status, '')} {STATES.get(job.status, job.status)}".strip()


def brought(job: WorkbookJob) -> str:
    """New and replaced rows of a load."""
    fresh = sum(int(one.get("fresh", 0)) for one in job.files)
    replaced = sum(int(one.get("replaced", 0)) for one in job.files)
    if job.is_running:
        return wording.NOT_AVAILABLE
    return f"{wording.count(fresh)} new, {wording.count(replaced)} replaced" if fresh or replaced else "Nothing changed"


def files_of(job: WorkbookJob) -> str:
    """The files of a load, each once."""
    names = list(dict.fromkeys(str(one["name"]) for one in job.files))
    return ", ".join(names) or f"{wording.count(job.queued)} {'file' if job.queued == 1 else 'files'}"


def began(job: WorkbookJob, zone: tzinfo) -> datetime:
    """When it began, in the company's zone, as a table shows it."""
    return job.started_at.astimezone(zone).replace(tzinfo=None)


def took(job: WorkbookJob) -> str:
    """How long it took."""
    if job.completed_at is None:
        return wording.NOT_AVAILABLE
    span = job.completed_at - job.started_at
    return f"{span.total_seconds():.1f} s" if span < timedelta(seconds=10) else wording.passed(span)


def first_lines(texts: Sequence[str]) -> str:
    """A list in Markdown, of texts that may hold a file's words."""
    return "\n".join(f"- {plain(text)}" for text in texts)
