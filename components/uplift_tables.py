"""The tables of the page Uplift, and its rows for files."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime, tzinfo
from typing import Any, Final, Protocol

import numpy as np
import streamlit as st

from analytics.promo.model import Model
from analytics.promo.terms import Cell, CrossEffect
from analytics.promo.uplift import BANDS, band_discount
from components import tables, wording
from components.definitions import told
from components.hovers import hover
from components.uplift_words import STATES, effect, interval, named

Rows = list[dict[str, Any]]
_Z: Final = 1.6448536269514722


class Band(Protocol):
    """A row of `uplift_coefficients`."""

    @property
    def cell(self) -> Cell: ...
    @property
    def band(self) -> str: ...
    @property
    def uplift_sales_pct(self) -> Any: ...
    @property
    def uplift_units_pct(self) -> Any: ...
    @property
    def margin_impact_pct(self) -> Any: ...
    @property
    def confidence(self) -> Any: ...
    @property
    def sample_size(self) -> int: ...


class Kept(Protocol):
    """A model in the list."""

    @property
    def version(self) -> str: ...
    @property
    def state(self) -> str: ...
    @property
    def source(self) -> str: ...
    @property
    def sales_from(self) -> date: ...
    @property
    def sales_to(self) -> date: ...
    @property
    def created_by(self) -> str: ...
    @property
    def created_at(self) -> datetime: ...
    @property
    def activated_at(self) -> datetime | None: ...


def band_table(model: Model, bands: Sequence[Band], cells: Sequence[Cell]) -> None:
    """Coefficients by band of the cells shown."""
    shown = _ordered(bands, cells)
    columns: dict[str, Sequence[Any]] = {
        "Channel": [band.cell.channel.capitalize() for band in shown],
        "Band": [f"{band.band.replace('-', '–')} %" for band in shown],
        "Units": [float(band.uplift_units_pct) for band in shown],
        "Between": [interval(*_at_band(model, band)[1:]) for band in shown],
        "Sales": [float(band.uplift_sales_pct) for band in shown],
        "Margin": [None if band.margin_impact_pct is None else float(band.margin_impact_pct) for band in shown],
        "Confidence": [float(band.confidence) for band in shown],
        "Days": [band.sample_size for band in shown],
        "Rests": [_rests_on(model, band) for band in shown],
    }
    per_cent = "%,.0f %%"
    config = {
        "Channel": st.column_config.TextColumn("Channel", pinned=True, width=75),
        "Band": st.column_config.TextColumn("Discount", width=80),
        "Units": st.column_config.NumberColumn("Units", format=per_cent, width=75, help=told("simulator.uplift")),
        "Between": st.column_config.TextColumn("90 %", width=110, help=hover("uplift.between")),
        "Sales": st.column_config.NumberColumn("Sales", format=per_cent, width=75, help=hover("uplift.sales")),
        "Margin": st.column_config.NumberColumn("Margin", format=per_cent, width=75, help=hover("uplift.margin")),
        "Confidence": st.column_config.NumberColumn(
            "Confidence", format="%.2f", width=95, help=hover("uplift.confidence")
        ),
        "Days": st.column_config.NumberColumn("Promo days", width=95, help=hover("uplift.promo_days")),
        "Rests": st.column_config.TextColumn("Rests on", width=210),
    }
    tables.show(columns, config, key="table_bands", rows_seen=10)


def effect_table(model: Model, department: str) -> None:
    """What the department's promotions do to others, and others' to it."""
    shown = sorted(
        (one for one in model.crosses if department in (one.source.department, one.affected.department)),
        key=lambda one: one.effect,
    )
    columns: dict[str, Sequence[Any]] = {
        "Source": [named(one.source) for one in shown],
        "Affected": [named(one.affected) for one in shown],
        "Effect": [one.effect * 100 for one in shown],
        "Between": [_points_between(one) for one in shown],
        "Kind": [effect(one) for one in shown],
    }
    config = {
        "Source": st.column_config.TextColumn("A promotion in", pinned=True, width=150),
        "Affected": st.column_config.TextColumn("acts on", width=150),
        "Effect": st.column_config.NumberColumn("Effect", format="%.1f %%", width=75, help=hover("uplift.effect")),
        "Between": st.column_config.TextColumn("90 %", width=110, help=hover("uplift.between")),
        "Kind": st.column_config.TextColumn("That is", width=125),
    }
    tables.show(columns, config, key="table_effects", rows_seen=8)


def pulled_table(model: Model, cells: Sequence[Cell]) -> None:
    """What is missing after promotions."""
    shown = [cell for cell in cells if cell in model.pull_forward]
    held = [model.pull_forward[cell] for cell in shown]
    columns: dict[str, Sequence[Any]] = {
        "Channel": [cell.channel.capitalize() for cell in shown],
        "Share": [one.share * 100 for one in held],
        "Between": [interval(one.share, one.error) for one in held],
        "Window": [f"{one.window_days} days" for one in held],
    }
    config = {
        "Channel": st.column_config.TextColumn("Channel", pinned=True, width=80),
        "Share": st.column_config.NumberColumn(
            "Pulled forward", format="%.0f %%", width=110, help=hover("uplift.pulled_forward")
        ),
        "Between": st.column_config.TextColumn("90 %", width=110, help=hover("uplift.between")),
        "Window": st.column_config.TextColumn("In the", width=80),
    }
    tables.show(columns, config, key="table_pulled", rows_seen=3)


def model_table(models: Sequence[Kept], zone: tzinfo) -> None:
    """All models, the newest first."""
    columns: dict[str, Sequence[Any]] = {
        "Version": [one.version for one in models],
        "State": [STATES.get(one.state, one.state) for one in models],
        "Sales": [f"{wording.day(one.sales_from)} to {wording.day(one.sales_to)}" for one in models],
        "By": [one.created_by for one in models],
        "Learned": [wording.moment(one.created_at, zone) for one in models],
    }
    config = {
        "Version": st.column_config.TextColumn("Model", pinned=True, width=170),
        "State": st.column_config.TextColumn("State", width=90),
        "Sales": st.column_config.TextColumn("Sales", width=200),
        "By": st.column_config.TextColumn("By", width=120),
        "Learned": st.column_config.TextColumn("Learned", width=150),
    }
    tables.show(columns, config, key="table_models", rows_seen=6)


def model_rows(models: Sequence[Kept]) -> Rows:
    """All models, for files."""
    return [
        {
            "model_version": one.version,
            "state": one.state,
            "source": one.source,
            "sales_from": one.sales_from,
            "sales_to": one.sales_to,
            "created_by": one.created_by,
            "created_at_utc": one.created_at,
            "activated_at_utc": one.activated_at,
        }
        for one in models
    ]


def band_rows(model: Model, bands: Sequence[Band]) -> Rows:
    """All coefficients, for files."""
    rows = []
    for band in bands:
        discount, uplift, error = _at_band(model, band)
        rows.append(
            {
                "department": band.cell.department,
                "channel": band.cell.channel,
                "discount_band": band.band,
                "band_discount_pct": round(discount * 100, 2),
                "uplift_units_pct": band.uplift_units_pct,
                "uplift_low_pct": round((uplift - _Z * error) * 100, 2),
                "uplift_high_pct": round((uplift + _Z * error) * 100, 2),
                "uplift_sales_pct": band.uplift_sales_pct,
                "margin_impact_pct": band.margin_impact_pct,
                "confidence": band.confidence,
                "sample_size": band.sample_size,
                "extrapolated": discount > model.curves[band.cell].deepest,
                "model_version": model.version,
            }
        )
    return rows


def effect_rows(model: Model) -> Rows:
    """All effects on others and on the days after, for files."""
    rows: Rows = [
        {"kind": effect(one), "department": one.source.department, "channel": one.source.channel,
         "affected_department": one.affected.department, "affected_channel": one.affected.channel,
         **_ends(one.effect, one.error)}
        for one in model.crosses
    ]  # fmt: skip
    rows += [
        {"kind": "Pull-forward", "department": cell.department, "channel": cell.channel,
         "affected_department": cell.department, "affected_channel": cell.channel, **_ends(one.share, one.error)}
        for cell, one in sorted(model.pull_forward.items())
    ]  # fmt: skip
    return rows


def day_rows(model: Model) -> Rows:
    """The promo days behind the curves, for files."""
    return [
        {"department": cell.department, "channel": cell.channel, "date": one.day,
         "discount_pct": round(one.discount * 100, 2), "observed_uplift_pct": round(one.uplift * 100, 2)}
        for cell, days in sorted(model.observed.items())
        for one in days
    ]  # fmt: skip


def _ends(estimate: float, error: float) -> dict[str, float]:
    return {
        "effect_pct": round(estimate * 100, 2),
        "effect_low_pct": round((estimate - _Z * error) * 100, 2),
        "effect_high_pct": round((estimate + _Z * error) * 100, 2),
    }


def _points_between(one: CrossEffect) -> str:
    low, high = one.effect - _Z * one.error, one.effect + _Z * one.error
    return f"{low * 100:,.1f} to {high * 100:,.1f} %"


def _at_band(model: Model, band: Band) -> tuple[float, float, float]:
    """The band's discount, and the curve's uplift and error there."""
    depths = np.array([one.discount for one in model.observed.get(band.cell, ())], float)
    discount, curve = band_discount(band.band, depths), model.curves[band.cell]
    return discount, curve.at(discount), curve.error_at(discount)


def _rests_on(model: Model, band: Band) -> str:
    discount, deepest = _at_band(model, band)[0], model.curves[band.cell].deepest
    if band.sample_size:
        return f"days at {discount * 100:.1f} % on average"
    return "beyond what was seen: a guess" if discount > deepest else "its curve, no day in this band"


def _ordered(bands: Sequence[Band], cells: Sequence[Cell]) -> list[Band]:
    names = list(BANDS)
    held = [band for band in bands if band.cell in cells]
    return sorted(held, key=lambda band: (cells.index(band.cell), names.index(band.band)))
