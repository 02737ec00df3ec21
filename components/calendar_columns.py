"""What the columns of the calendar's files mean and hold: see `components.export_columns`."""

from __future__ import annotations

from typing import Final

from reports.workbook import Kind

TEXT, COUNT, PER_CENT, DAY, TRUTH = Kind.TEXT, Kind.COUNT, Kind.PER_CENT, Kind.DAY, Kind.TRUTH

CALENDAR_COLUMNS: Final = {
    "promotion": (TEXT, "Name of the promotion; empty where it was found in sales."),
    "source": (TEXT, "approved, submitted or draft: a scenario; named: of the catalog; found: found in sales."),
    "its_source": (TEXT, "Where the other one comes from."),
    "meets": (TEXT, "The other promotion."),
    "departments": (TEXT, "Departments that it discounts, with commas between."),
    "channels": (TEXT, "online, offline or both."),
    "Promotions/discount_pct": (PER_CENT, "The deepest of a scenario's rows, the mean of the catalog's."),
    "overlaps": (COUNT, "How many others share a department, channel and day with it."),
    "Overlaps/starts": (DAY, "First day of both."),
    "Overlaps/ends": (DAY, "Last day of both."),
    "Overlaps/days": (COUNT, "Days of both."),
    "Overlaps/department": (TEXT, "Department of both."),
    "Overlaps/channel": (TEXT, "online or offline."),
    "store": (TEXT, "Store that sends it."),
    "Campaigns/campaign": (TEXT, "Its name."),
    "Campaigns/sent": (TRUTH, "Whether it is out."),
}
