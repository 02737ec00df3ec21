"""What the columns of the files of Uplift mean and hold: see `components.export_columns`."""

from __future__ import annotations

from typing import Final

from reports.workbook import Kind

TEXT, COUNT, NUMBER, PER_CENT, DAY, TRUTH = Kind.TEXT, Kind.COUNT, Kind.NUMBER, Kind.PER_CENT, Kind.DAY, Kind.TRUTH

UPLIFT_COLUMNS: Final = {
    "Coefficients/department": (TEXT, "Department."),
    "Effects/department": (TEXT, "Department of the promotion."),
    "Promo days/department": (TEXT, "Department."),
    "Coefficients/channel": (TEXT, "online or offline."),
    "Effects/channel": (TEXT, "online or offline: where the promotion is."),
    "Promo days/channel": (TEXT, "online or offline."),
    "discount_band": (TEXT, "Discount in per cent of the regular price, upper limit in."),
    "band_discount_pct": (PER_CENT, "Discount at which the band is told: the mean of its promo days."),
    "uplift_units_pct": (PER_CENT, "Uplift of units against the day without promotion."),
    "uplift_sales_pct": (PER_CENT, "(1 + uplift of units) × (1 − discount) − 1."),
    "margin_impact_pct": (PER_CENT, "Change of the margin's value."),
    "confidence": (NUMBER, "1 − half of the 90 % interval / the uplift (at least 10 points), from 0 to 1."),
    "sample_size": (COUNT, "Promo days in the band."),
    "extrapolated": (TRUTH, "Whether the band's discount is deeper than any that was seen."),
    "Coefficients/model_version": (TEXT, "Uplift model that it belongs to."),
    "Effects/kind": (TEXT, "Halo, Cannibalization, Pull-forward, or No clear effect."),
    "Effects/affected_department": (TEXT, "Department that the promotion acts on."),
    "affected_channel": (TEXT, "Its channel."),
    "effect_pct": (
        PER_CENT,
        "Share of its units won (above 0) or lost per doubling of the source; of pull-forward the share pulled.",
    ),
    "effect_low_pct": (PER_CENT, "Lower end of its 90 % interval."),
    "effect_high_pct": (PER_CENT, "Upper end of its 90 % interval."),
    "Promo days/date": (DAY, "Day on promotion."),
    "Promo days/discount_pct": (PER_CENT, "Discount over all of the day's sales."),
    "observed_uplift_pct": (PER_CENT, "Units of the day against what would have been sold without promotion."),
}
