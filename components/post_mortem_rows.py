"""A post-mortem's tables as rows of files: the same figures as the page's, not rounded for the eye."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import date
from typing import Any, Final

from components import post_mortem_columns as sheets
from components import post_mortem_words as words

Row = Mapping[str, Any]
Rows = list[dict[str, Any]]
_NAMES: Final = {"sales_value": "sales", "margin_value": "margin", "ebit": "ebit", "units": "units"}


def tables(
    report: Row, insights: Sequence[str], learning_points: Sequence[str]
) -> dict[str, Callable[[], Rows]]:  # fmt: skip
    """Each table by the name of its sheet, made when it is asked for. report: as it is kept."""
    return {
        sheets.AGAINST: lambda: against_rows(report),
        sheets.BY_DAY: lambda: day_rows(report),
        sheets.UPLIFTS: lambda: uplift_rows(report),
        sheets.AFTER: lambda: after_rows(report),
        sheets.OTHERS: lambda: other_rows(report),
        sheets.ERRORS: lambda: error_rows(report),
        sheets.PAID: lambda: paid_rows(report),
        sheets.SAID: lambda: said_rows(report, insights, learning_points),
    }


def against_rows(report: Row) -> Rows:
    """Actual and forecast of all, by department, by channel, and by both."""
    parts = [("all", report["totals"])]
    parts += [("department", row) for row in report["by_department"]]
    parts += [("channel", row) for row in report["by_channel"]]
    parts += [("department in a channel", row) for row in report["cells"]]
    return [
        {"part": part, "department": row.get("department", ""), "channel": row.get("channel", ""), **_compared(row)}
        for part, row in parts
    ]


def day_rows(report: Row) -> Rows:
    """Each day of the promotion and after it; the latter without a forecast to be held against."""
    length, rows = int(report["length"]), []
    for place, row in enumerate(report["by_day"]):
        rows.append(
            {
                "date": date.fromisoformat(row["date"]),
                "phase": "promotion" if place < length else "after it",
                "promoted_units": row["promoted_units"],
                "expected_units": row["expected_units"],
                "expected_low": row["low"],
                "expected_high": row["high"],
                "promoted_forecast": row.get("promoted_forecast"),
                **_compared(row),
            }
        )
    return rows


def uplift_rows(report: Row) -> Rows:
    """Discount and uplift of what was promoted, planned and seen."""
    return [
        {
            "department": row["department"],
            "channel": row["channel"],
            "judged_days": row["days"],
            "planned_discount_pct": row["discount_pct"],
            "seen_discount_pct": row["seen_discount_pct"],
            "units": row["units"],
            "expected_units": row["expected_units"],
            "forecast_uplift_pct": row["forecast_uplift_pct"],
            "seen_uplift_pct": row["uplift_pct"],
            "uplift_error_points": row["uplift_error_pct"],
            "modelled": row["modelled"],
        }
        for row in report["cells"]
        if row["promoted"]
    ]


def after_rows(report: Row) -> Rows:
    """What was missing afterwards."""
    return [
        {
            "department": row["department"],
            "channel": row["channel"],
            "window_days": row["window_days"],
            "days": row["days"],
            "baseline_units": row["baseline_units"],
            "units": row["actual_units"],
            "dip_pct": row["dip_pct"],
            "pull_forward_units": row["pull_forward_units"],
            "pull_forward_low": row["low"],
            "pull_forward_high": row["high"],
        }
        for row in report["dip"]
    ]


def other_rows(report: Row) -> Rows:
    """What it took from other departments and channels, and what it gave them."""
    return [
        {
            "department": row["department"],
            "channel": row["channel"],
            "kind": row["kind"],
            "effect_units": row["effect_units"],
            "effect_low": row["low"],
            "effect_high": row["high"],
            "effect_sales": row["effect_sales"],
            "effect_margin": row["effect_margin"],
            "seen_units": row.get("seen_units"),
            "expected_units": row.get("expected_units"),
        }
        for row in report["signals"]
    ]


def error_rows(report: Row) -> Rows:
    """Where the forecast's error came from; none without a forecast."""
    named = {key: name for name, key in words.FIGURES.items()}
    return [
        {"figure": named[figure], "cause": cause, "amount": amount}
        for figure, parts in (report["errors"] or {}).items()
        for cause, amount in parts.items()
    ]


def paid_rows(report: Row) -> Rows:
    """Gain and investment; none where nothing can be set against a baseline."""
    one = report["returns"]
    names = (
        "gain", "invested", "discount_given", "fixed_cost", "funding", "roi_pct", "net_margin", "price_cost_mix",
    )  # fmt: skip
    return [] if one is None else [{name: one[name] for name in names}]


def said_rows(report: Row, insights: Sequence[str], learning_points: Sequence[str]) -> Rows:
    """The page's sentences."""
    return [
        {"about": "verdict", "sentence": words.verdict(report)},
        *({"about": "insight", "sentence": one} for one in insights),
        *({"about": "lesson", "sentence": one} for one in learning_points),
        *({"about": "doubt", "sentence": one} for one in words.doubts(report)),
    ]


def _compared(row: Row) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for key, name in _NAMES.items():
        found[f"actual_{name}"] = row.get(key)
        found[f"forecast_{name}"] = row.get(f"forecast_{key}")
        found[f"{name}_off_pct"] = row.get(f"{key}_error_pct")
    return found
