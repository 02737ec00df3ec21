"""What a person chose of workbooks, and how a load of them stands: plain values between a page and what it asks for."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any


@dataclass(frozen=True, slots=True)
class SheetChoice:
    """kind: the table that a sheet fills ('' = by its columns); pairs: target and the sheet's column, '' for none;
    is_left_out: it is not loaded."""

    kind: str = ""
    pairs: tuple[tuple[str, str], ...] = ()
    is_left_out: bool = False


@dataclass(frozen=True, slots=True)
class Choices:
    """country: whose way of writing numbers and days text has ('' = the first store's); decimal: the sign, '' = as it
    shows; sheets: by file and sheet."""

    country: str = ""
    decimal: str = ""
    sheets: Mapping[tuple[str, str], SheetChoice] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Held:
    """What the company's tables hold. sales_first, sales_last: days; named, found: promotions with a name, and runs of
    discounted days without one; target_first, target_last: months as YYYY-MM."""

    sales_rows: int
    sales_first: date | None
    sales_last: date | None
    departments: int
    channels: int
    named: int
    found: int
    targets: int
    target_first: str | None
    target_last: str | None
    segments: int

    @property
    def is_empty(self) -> bool:
        """Whether nothing was ever loaded."""
        return not (self.sales_rows or self.named or self.found or self.targets or self.segments)


@dataclass(frozen=True, slots=True)
class WorkbookJob:
    """A load. files: as data_processing_jobs.result has them, one entry a file and table; progress: 0–1, None where it
    is not known; times UTC."""

    job_id: str
    status: str
    started_by: str
    queued: int
    records: int
    errors: int
    files: Sequence[Mapping[str, Any]]
    reject_file: str
    message: str
    doing: str
    progress: float | None
    started_at: datetime
    completed_at: datetime | None

    @property
    def is_running(self) -> bool:
        """Whether it has not ended."""
        return self.status in ("queued", "processing")

    @property
    def quality(self) -> float | None:
        """The mean of its tables' overall quality, each counted by its rows, 0–1; None without rows."""
        told = [
            (float(one["quality"]["overall"]), int(one["rows"]))
            for one in self.files
            if one.get("quality") and one["quality"].get("overall") is not None
        ]
        rows = sum(number for _, number in told)
        return sum(share * number for share, number in told) / rows if rows else None
