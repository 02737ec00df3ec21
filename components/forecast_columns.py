"""What the columns of the forecast's files mean and hold: see `components.export_columns`."""

from __future__ import annotations

from typing import Final

from reports.workbook import Kind

TEXT, NUMBER, PER_CENT, DAY, TRUTH = Kind.TEXT, Kind.NUMBER, Kind.PER_CENT, Kind.DAY, Kind.TRUTH

FORECAST_COLUMNS: Final = {
    "part": (TEXT, "Department and channel, All for the total; parts add up to it."),
    "month_landing": (NUMBER, "What has come of the month and the forecast of its days to come."),
    "month_low": (NUMBER, "Lower end of its 80 % interval."),
    "month_high": (NUMBER, "Upper end of its 80 % interval."),
    "month_year_before": (NUMBER, "What the whole month brought a year before."),
    "month_days_not_delivered": (
        NUMBER,
        "Days of the month, up to the last one with figures, that were not delivered.",
    ),
    "month_estimated": (NUMBER, "What stands in for them in the landing: the same weekdays around."),
    "quarter_landing": (NUMBER, "The same of the calendar quarter."),
    "quarter_low": (NUMBER, "Lower end of its 80 % interval."),
    "quarter_high": (NUMBER, "Upper end of its 80 % interval."),
    "wape_pct": (PER_CENT, "Absolute errors of past days / what came, of what is shown or of the model."),
    "naive_wape_pct": (PER_CENT, "The same of the seasonal naive."),
    "bias_pct": (PER_CENT, "Above 0 too much was forecast."),
    "model_type": (TEXT, "seasonal_naive, ets, prophet, or mean (of the last two)."),
    "figure": (TEXT, "What is forecast."),
    "in_use": (TRUTH, "Whether the forecast comes from this model."),
    "mase": (NUMBER, "Mean absolute error over that of a weekly seasonal naive within the days learned from."),
    "Forecast days/date": (DAY, "Day that is forecast."),
    "forecast": (NUMBER, "What is expected of it."),
    "forecast_low": (NUMBER, "Lower end of its 80 % interval."),
    "forecast_high": (NUMBER, "Upper end of its 80 % interval."),
}
