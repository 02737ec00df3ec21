"""What the columns of Discovery's files mean and hold: see `components.export_columns`."""

from __future__ import annotations

from typing import Final

from reports.workbook import Kind

TEXT, MONEY, PER_CENT, DAY = Kind.TEXT, Kind.MONEY, Kind.PER_CENT, Kind.DAY

DISCOVERY_COLUMNS: Final = {
    "Pace/date": (DAY, "Day of the month."),
    "Pace/sales": (MONEY, "What it sold; empty where it has not come."),
    "sold_so_far": (MONEY, "Sales from the month's first day to this one."),
    "target_path": (MONEY, "Target added up by the days' usual shares of the month."),
    "Gap by part/department": (TEXT, "Department."),
    "Gap by part/channel": (TEXT, "online or offline."),
    "target_allocated": (MONEY, "Its part of the month's target."),
    "Gap by part/sales": (MONEY, "What it has sold in the month."),
    "path_allocated": (MONEY, "Its part of what the target's path has come to."),
    "landing_allocated": (MONEY, "What it has sold and its part of what is to come."),
    "gap_allocated": (MONEY, "Its part of the target less its part of the landing."),
    "Opportunities/department": (TEXT, "Department to promote."),
    "Opportunities/channel": (TEXT, "online or offline."),
    "Opportunities/discount_pct": (PER_CENT, "Suggested discount."),
    "gap_share_pct": (PER_CENT, "What the month's sales change by / gap × 100; empty without a gap."),
    "Opportunities/reason": (TEXT, "Why, in sentences."),
    "Opportunities/scenario_id": (TEXT, "The scenario that was begun from it."),
    "opportunity_id": (TEXT, "Its id: /scenarios?opportunity=ID begins a scenario from it."),
}
