"""What the columns of a post-mortem's files mean and hold: see `components.export_columns`."""

from __future__ import annotations

from typing import Final

from reports.workbook import Kind

TEXT, COUNT, NUMBER, MONEY = Kind.TEXT, Kind.COUNT, Kind.NUMBER, Kind.MONEY
PER_CENT, DAY, TRUTH = Kind.PER_CENT, Kind.DAY, Kind.TRUTH

AGAINST: Final = "Against the forecast"
BY_DAY: Final = "Promotion by day"
UPLIFTS: Final = "Discount and uplift"
AFTER: Final = "Missing afterwards"
OTHERS: Final = "Effects on others"
ERRORS: Final = "Parts of the error"
PAID: Final = "What it paid"
SAID: Final = "Sentences"
_OFF: Final = "(actual − forecast) / |forecast| × 100; blank at forecast 0 and without a forecast."
_COMPARED: Final = {
    "actual_sales": (MONEY, "Sales of the days that are judged."),
    "forecast_sales": (MONEY, "Sales by the forecast that was frozen at approval, of the same days."),
    "sales_off_pct": (PER_CENT, _OFF),
    "actual_margin": (MONEY, "Margin of the days that are judged."),
    "forecast_margin": (MONEY, "Margin by the frozen forecast."),
    "margin_off_pct": (PER_CENT, _OFF),
    "actual_ebit": (MONEY, "Contribution: margin less variable cost and fixed cost, with what suppliers paid."),
    "forecast_ebit": (MONEY, "Contribution by the frozen forecast."),
    "ebit_off_pct": (PER_CENT, _OFF),
    "actual_units": (COUNT, "Pieces sold on the days that are judged."),
    "forecast_units": (COUNT, "Pieces by the frozen forecast."),
    "units_off_pct": (PER_CENT, _OFF),
}
_CELL: Final = {"department": (TEXT, "Department."), "channel": (TEXT, "online or offline.")}
POST_MORTEM_COLUMNS: Final = _COMPARED | {
    f"{table}/{name}": told
    for table, columns in {
        AGAINST: {
            "part": (TEXT, "All, a department, a channel, or a department in a channel; each adds up to all."),
            "department": (TEXT, "Department; blank where all of them are meant."),
            "channel": (TEXT, "online or offline; blank where both are meant."),
        },
        BY_DAY: {
            "date": (DAY, "Day of the promotion, or after it."),
            "phase": (TEXT, "promotion, or after it."),
            "promoted_units": (COUNT, "Pieces of the promoted departments; blank where the day is not judged."),
            "expected_units": (NUMBER, "What they would have sold without the promotion."),
            "expected_low": (NUMBER, "Lower end of its 90 % interval."),
            "expected_high": (NUMBER, "Upper end of its 90 % interval."),
            "promoted_forecast": (COUNT, "Their pieces by the frozen forecast."),
        },
        UPLIFTS: {
            **_CELL,
            "judged_days": (COUNT, "Days of the promotion that are judged."),
            "planned_discount_pct": (PER_CENT, "Effective discount as it was planned."),
            "seen_discount_pct": (PER_CENT, "Discount that sales tell, of all sales of the same days."),
            "units": (COUNT, "Pieces sold."),
            "expected_units": (NUMBER, "What it would have sold without the promotion."),
            "forecast_uplift_pct": (PER_CENT, "Uplift by the frozen forecast."),
            "seen_uplift_pct": (PER_CENT, "Pieces sold against what it would have sold without the promotion."),
            "uplift_error_points": (NUMBER, "Standard error of the uplift, in points."),
            "modelled": (TRUTH, "Whether a time-series model told it; else weekday means of a short history."),
        },
        AFTER: {
            **_CELL,
            "window_days": (COUNT, "Days after the promotion in which a dip is looked for."),
            "days": (COUNT, "Those that are judged; the department's next promotion ends them."),
            "baseline_units": (NUMBER, "What it sells there without a promotion before."),
            "units": (COUNT, "Pieces sold."),
            "dip_pct": (PER_CENT, "(usual − sold) / usual × 100."),
            "pull_forward_units": (NUMBER, "Usual − sold: below 0 more was sold than usual."),
            "pull_forward_low": (NUMBER, "Lower end of its 90 % interval."),
            "pull_forward_high": (NUMBER, "Upper end of its 90 % interval."),
        },
        OTHERS: {
            **_CELL,
            "kind": (TEXT, "cannibalization below 0, else halo."),
            "effect_units": (NUMBER, "Pieces on top of what it would have sold, shrunk toward none."),
            "effect_low": (NUMBER, "Lower end of its 90 % interval."),
            "effect_high": (NUMBER, "Upper end of its 90 % interval."),
            "effect_sales": (MONEY, "The same at its regular price."),
            "effect_margin": (MONEY, "The same at its regular margin."),
            "seen_units": (NUMBER, "The same before it was shrunk."),
            "expected_units": (NUMBER, "What it would have sold without the promotion."),
        },
        ERRORS: {
            "figure": (TEXT, "Sales, margin, EBIT or units."),
            "cause": (TEXT, "baseline, uplift, mix, price or cost."),
            "amount": (NUMBER, "Its part of actual less forecast (Shapley value); the parts add up to it."),
        },
        PAID: {
            "gain": (MONEY, "Regular margin of the pieces on top, less what is missing afterwards, with the others'."),
            "invested": (MONEY, "Discount given + fixed cost − supplier funding."),
            "discount_given": (MONEY, "Sales on promotion × discount / (1 − discount)."),
            "fixed_cost": (MONEY, "Fixed cost, by the days that are judged."),
            "funding": (MONEY, "What suppliers paid, likewise."),
            "roi_pct": (PER_CENT, "(gain − invested) / invested × 100; blank where nothing was invested."),
            "net_margin": (MONEY, "Margin on top of what would have been earned, less cost and what is missing after."),
            "price_cost_mix": (MONEY, "Net margin − (gain − invested): price, cost and mix other than the baseline's."),
        },
        SAID: {
            "about": (TEXT, "verdict, insight, lesson, or doubt: what cannot be concluded."),
            "sentence": (TEXT, "As the page says it."),
        },
    }.items()
    for name, told in columns.items()
}  # fmt: skip
