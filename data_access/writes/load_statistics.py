"""Report statistics → the warehouse: one window at a time, each row replaced by its key, unchanged rows left alone."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, datetime
from pathlib import Path
from typing import Final

from data_access.engines.base import Session

# report → staged table, the tables it fills, the lookup that names its rows, the dataset of the work list
_FILLS: Final[Mapping[str, tuple[str, ...]]] = {
    "campaign_values": ("campaign_message_statistics", "campaign_statistics"),
    "flow_series": ("flow_statistics",),
    "form_series": ("form_version_statistics", "form_statistics"),
    "segment_series": ("segment_statistics",),
    "memberships": ("segment_memberships",),
}
_NAMES: Final[Mapping[str, str]] = {
    "campaign_values": "campaign_names",
    "form_series": "form_names",
    "segment_series": "segment_names",
}
DATASETS: Final[Mapping[str, str]] = {
    "campaign_values": "campaigns",
    "flow_series": "flows",
    "form_series": "forms",
    "segment_series": "segments",
    "memberships": "segments",
}


def load_statistics(
    operational: Session,
    warehouse: Session,
    account: str,
    timezone: str,
    report: str,
    files: Sequence[Path],
    window: tuple[date, date],
    updated_at: datetime,
) -> tuple[list[str], list[str]]:
    """Replaces what the warehouse holds of `window` (days, both in) by a report's rows.

    `operational` is only read, for names and send dates. Gives the days that changed (ISO) and the campaigns that could
    not be placed because their send date is not known. Raises StoreError.
    """
    staged = f"staged_{report}_report"
    warehouse.stage(staged, files)
    names = _NAMES.get(report)
    if names is not None:
        parameters = {"account": account, "timezone": timezone}
        warehouse.stage(f"staged_{names}", operational.query(f"load/{names}", **parameters))
    warehouse.execute("load/changed_days_begin")
    for table in _FILLS[report]:
        warehouse.execute(f"load/{table}", account=account, start=window[0], end=window[1], updated_at=updated_at)
    days = [row["day"] for row in warehouse.rows("load/changed_days")]
    unplaced: list[str] = []
    if report == "campaign_values":
        unplaced = [row["campaign_id"] for row in warehouse.rows("load/campaigns_without_date")]
    return days, unplaced
