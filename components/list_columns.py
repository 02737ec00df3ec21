"""What the columns of files of lists mean and hold (models, settings, grants): see `components.export_columns`."""

from __future__ import annotations

from typing import Final

from reports.workbook import Kind

TEXT, COUNT, NUMBER, MONEY = Kind.TEXT, Kind.COUNT, Kind.NUMBER, Kind.MONEY
PER_CENT, DAY, MOMENT, TRUTH = Kind.PER_CENT, Kind.DAY, Kind.MOMENT, Kind.TRUTH

JUDGED: Final = "Promotions that are over"
MODELS: Final = "Models"
CHANGES: Final = "Changes of settings"
GRANTS: Final = "Grants"
ENTRIES: Final = "Entries"
LOADS: Final = "Loads of workbooks"
TARGETS: Final = "Targets"
OPERATIONS: Final = "Backups and upkeep"
CALLS: Final = "Report calls"
LIST_COLUMNS: Final = {
    f"{table}/{name}": told
    for table, columns in {
        JUDGED: {
            "promotion": (TEXT, "The promotion's name."),
            "starts": (DAY, "First day."),
            "ends": (DAY, "Last day."),
            "kind": (TEXT, "Scenario, Catalog, or Found in sales."),
            "post_mortem": (TEXT, "Not judged, open, or closed."),
            "sales": (MONEY, "Sales of the days that are judged; blank where it is not judged."),
            "sales_off_pct": (PER_CENT, "(actual − forecast) / |forecast| × 100; blank without a forecast."),
            "ebit_off_pct": (PER_CENT, "The same of EBIT."),
        },
        MODELS: {
            "model_version": (TEXT, "The model's name."),
            "state": (TEXT, "active, proposed or retired."),
            "source": (TEXT, "What it was learned from."),
            "sales_from": (DAY, "First day of the sales that it was learned from."),
            "sales_to": (DAY, "Last day of them."),
            "created_by": (TEXT, "Who had it learned."),
            "created_at_utc": (MOMENT, "When, UTC."),
            "activated_at_utc": (MOMENT, "Since when it is or was in force, UTC; blank where it never was."),
        },
        CHANGES: {
            "version": (COUNT, "Number of the version."),
            "saved_at_utc": (MOMENT, "When it was saved, UTC."),
            "saved_by": (TEXT, "Who saved it."),
            "setting": (TEXT, "What was changed."),
            "was": (TEXT, "What counted before."),
            "is": (TEXT, "What counts since."),
        },
        GRANTS: {
            "who": (TEXT, "Person or group, as the provider names them."),
            "group": (TRUTH, "Whether it is a group."),
            "role": (TEXT, "The role."),
            "store": (TEXT, "The store that it holds for, or all stores."),
            "sees_who_customers_are": (TRUTH, "Whether they see personal data."),
            "given_by": (TEXT, "Who gave it."),
            "given_at_utc": (MOMENT, "When, UTC."),
        },
        ENTRIES: {
            "at_utc": (MOMENT, "When it was done, UTC."),
            "who": (TEXT, "Who did it; a person by name, unless it was erased."),
            "what": (TEXT, "What was done."),
            "which": (TEXT, "What it was done to: its name or id."),
            "store": (TEXT, "The store that it belongs to; blank for the company's and the installation's."),
            "field": (TEXT, "A field that changed."),
            "before": (TEXT, "Its value before; blank where there was none."),
            "after": (TEXT, "Its value since; blank where there is none."),
            "entry": (TEXT, "Id of the entry: one entry has a row a field."),
        },
        LOADS: {
            "load": (TEXT, "Id of the load."),
            "started_at_utc": (MOMENT, "When it began, UTC."),
            "ended_at_utc": (MOMENT, "When it ended, UTC; blank while it runs."),
            "outcome": (TEXT, "queued, processing, completed or failed."),
            "files": (TEXT, "Its files."),
            "rows": (COUNT, "Rows that were read."),
            "new_rows": (COUNT, "Rows that were not known before."),
            "replaced_rows": (COUNT, "Rows that took the place of others."),
            "left_out": (COUNT, "Rows that were left out."),
            "quality_pct": (PER_CENT, "Mean quality of its tables, by their rows."),
            "started_by": (TEXT, "Who loaded it."),
            "error": (TEXT, "Why it failed."),
        },
        OPERATIONS: {
            "what": (TEXT, "Backup, Restore, Trial restore, Retention or Upkeep."),
            "outcome": (TEXT, "running, done or failed."),
            "started_at_utc": (MOMENT, "When it began, UTC."),
            "ended_at_utc": (MOMENT, "When it ended, UTC; blank while it runs."),
            "started_by": (TEXT, "Who began it."),
            "error": (TEXT, "Why it failed."),
        },
        CALLS: {
            "store": (TEXT, "The store's name."),
            "report": (TEXT, "Klaviyo's report."),
            "made": (COUNT, "Calls of the last 24 hours."),
            "planned": (COUNT, "Calls of the next 24 hours by the clock."),
            "left": (COUNT, "Calls that are left for people who press Sync now."),
            "permitted": (COUNT, "Calls that Klaviyo permits in 24 hours."),
        },
        TARGETS: {
            "month": (TEXT, "Month, such as 2026-10."),
            "region": (TEXT, "Region that it holds for."),
            "target_sales": (MONEY, "Sales to be reached."),
            "target_margin_pct": (PER_CENT, "Margin / sales to be reached."),
            "target_units": (COUNT, "Pieces to be sold, where they are told."),
            "from_file": (TEXT, "Workbook that it came from; blank of one that was typed."),
        },
    }.items()
    for name, told in columns.items()
}
