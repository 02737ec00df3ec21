"""The form of the planners' settings: what is typed into it stays until it is saved, with its problems beside it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Final

import pyarrow as pa
import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from analytics.promo.mechanics import CHANNELS
from analytics.promo.mechanics import SENSITIVITIES as LEVELS
from analytics.promo.settings import Problem, PromoSettings
from components import planning_words as words
from components.definitions import Told
from components.hovers import hover
from components.settings_form import COUNTRIES, CURRENCIES
from components.tables import ROW_HEIGHT

ROWS_SEEN: Final = 12
# Height of the form without departments, in pixels.
FORM: Final = 1000
TEXTS: Final = {"legal": "Legal texts, one a line", "brand": "Brand texts, one a line"}
LIMITS: Final = {
    "discount": hover("planning.discount"),
    "discount_at_most": hover("planning.discount_at_most"),
    "cannibalization": hover("planning.cannibalization"),
    "cannibalization_at_most": hover("planning.cannibalization_at_most"),
    "margin": hover("planning.margin"),
    "margin_points_below_baseline": hover("planning.margin_points_below_baseline"),
    "margin_at_least": hover("planning.margin_at_least"),
    "confidence": hover("planning.confidence"),
}
_SCHEMA: Final = pa.schema(
    [("department", pa.string()), ("group", pa.string()), ("discount", pa.float64()), ("margin", pa.float64()),
     ("dip", pa.int64())]
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Entered:
    """What was typed, as it would be kept, and what of it cannot be read."""

    stored: dict[str, Any]
    unreadable: tuple[Problem, ...] = ()


@dataclass(frozen=True, slots=True)
class Around:
    """What the form has to know beside the settings. currency, country: of the stores, '' where they share none;
    departments: that have sales; regions: that have targets."""

    currency: str = ""
    country: str = ""
    departments: Sequence[str] = ()
    regions: Sequence[str] = ()


@dataclass(frozen=True, slots=True)
class Drawn:
    """The form of one run. slots: where a problem of a field is told; entered: None unless Save was pressed."""

    slots: Mapping[str, DeltaGenerator]
    entered: Entered | None


@dataclass(slots=True)
class _Fields:
    mark: str
    disabled: bool
    slots: dict[str, DeltaGenerator] = field(default_factory=dict)

    def told(self, place: DeltaGenerator, name: str) -> None:
        self.slots[name] = place.empty()

    def number(
        self, place: DeltaGenerator, name: str, label: str, value: float | None, told: Told, *, step: float = 1.0,
        placeholder: str | None = None, shown: str = "%g",
    ) -> float | None:  # fmt: skip
        found = place.number_input(
            label, value=value, step=step, format=shown, key=f"planning_{name}_{self.mark}", disabled=self.disabled,
            placeholder=placeholder, help=told,
        )  # fmt: skip
        self.told(place, name)
        return found

    def per_cent(
        self, place: DeltaGenerator, name: str, label: str, value: float | None, told: Told,
        placeholder: str | None = None,
    ) -> float | None:  # fmt: skip
        return _fraction(self.number(place, name, label, _per_cent(value), told, placeholder=placeholder))

    def choice(
        self, place: DeltaGenerator, name: str, options: Sequence[str], value: str, none: str, told: Told
    ) -> str:
        known = list(dict.fromkeys(["", *options, value]))
        found = place.selectbox(
            words.LABELS[name], known, known.index(value), format_func=lambda one: one or none,
            accept_new_options=True, key=f"planning_{name}_{self.mark}", disabled=self.disabled,
            help=told,
        )  # fmt: skip
        self.told(place, name)
        return (found or "").strip()


def skeleton() -> None:
    """The place of the form."""
    st.skeleton(FORM)


def draw(chosen: PromoSettings, around: Around, *, turn: int, may_edit: bool) -> Drawn:
    """The form over `chosen`; turn: another one begins it anew."""
    mark = f"{chosen.version}_{turn}"
    fields = _Fields(mark, not may_edit)
    unreadable: list[Problem] = []
    with st.form(f"planning_{mark}", border=True):
        stored = _money(fields, chosen, around) | _costs(fields, chosen)
        limits = _limits(fields, chosen, unreadable)
        by_department = _departments(fields, chosen, around)
        stored |= {name: by_department.pop(name) for name in ("groups", "dip_window_by_department")}
        stored["limits"] = limits | by_department
        stored |= _after(fields, chosen)
        pressed = st.form_submit_button("Save", type="primary", disabled=not may_edit, key=f"planning_save_{mark}")
    return Drawn(fields.slots, Entered(stored, tuple(unreadable)) if pressed else None)


def tell(drawn: Drawn, problems: Sequence[Problem]) -> None:
    """Each problem beside its field."""
    by_place: dict[str, list[str]] = {}
    for problem in problems:
        by_place.setdefault(words.place(problem), []).append(words.wrong(problem))
    for place, said in by_place.items():
        slot = drawn.slots.get(place)
        if slot is None:
            st.error(" ".join(said))
        else:
            slot.error("\n\n".join(said))


def _money(fields: _Fields, chosen: PromoSettings, around: Around) -> dict[str, Any]:
    st.subheader("Money and calendar", anchor=False)
    one, two, three = st.columns(3)
    stores = "that of the stores"
    currency = fields.choice(
        one, "currency", CURRENCIES, chosen.currency,
        f"{around.currency}, {stores}" if around.currency else "Not set", hover("planning.currency"),
    )  # fmt: skip
    country = fields.choice(
        two, "country", COUNTRIES, chosen.country,
        f"{around.country}, {stores}" if around.country else "No holidays", hover("planning.country"),
    )  # fmt: skip
    geo = fields.choice(three, "geo", around.regions, chosen.geo, "All together", hover("planning.geo"))
    return {"currency": currency.upper(), "country": country.upper(), "geo": geo}


def _costs(fields: _Fields, chosen: PromoSettings) -> dict[str, Any]:
    st.subheader("Costs and answers", anchor=False)
    places = st.columns(3)
    usual = fields.per_cent(
        places[0], "usual_variable_cost", words.LABELS["usual_variable_cost"], chosen.usual_variable_cost,
        hover("planning.usual_variable_cost"),
    )  # fmt: skip
    costs = {
        channel: fields.per_cent(
            place, f"variable_cost.{channel}", f"{words.CHANNELS[channel]}, %", chosen.variable_cost.get(channel),
            hover("planning.variable_cost"), "As the first",
        )
        for place, channel in zip(places[1:], CHANNELS, strict=True)
    }  # fmt: skip
    first, *others = st.columns(4)
    redeemed = fields.per_cent(
        first, "default_redemption", words.LABELS["default_redemption"], chosen.default_redemption,
        hover("planning.default_redemption"),
    )  # fmt: skip
    factors = {
        level: fields.number(
            place, f"sensitivities.{level}", f"{level.capitalize()} sensitivity, factor",
            float(chosen.sensitivities.get(level, LEVELS[level])), hover("planning.sensitivities"), step=0.1,
        )
        for place, level in zip(others, LEVELS, strict=True)
    }  # fmt: skip
    return {
        "usual_variable_cost": usual,
        "variable_cost": {channel: rate for channel, rate in costs.items() if rate is not None},
        "default_redemption": redeemed,
        "sensitivities": factors,
    }


def _limits(fields: _Fields, chosen: PromoSettings, unreadable: list[Problem]) -> dict[str, Any]:
    st.subheader("Limits", anchor=False)
    held = chosen.limits
    found: dict[str, Any] = {}
    places = (*st.columns(4), *st.columns(4))
    for place, (name, told) in zip(places, LIMITS.items(), strict=True):
        path = f"limits.{name}"
        if name == "confidence":
            found[name] = fields.number(place, path, words.LABELS[path], held.confidence, told, step=0.05)
        else:
            found[name] = fields.per_cent(place, path, words.LABELS[path], getattr(held, name), told)
    left, right = st.columns([1, 3])
    found["budget"] = fields.number(
        left, "limits.budget", words.LABELS["limits.budget"], held.budget, hover("planning.budget"), step=1000.0,
        shown="%.0f",
    )  # fmt: skip
    typed = right.text_input(
        words.LABELS["limits.grid"], "; ".join(f"{step * 100:g}" for step in held.grid),
        key=f"planning_limits.grid_{fields.mark}", disabled=fields.disabled, help=hover("planning.grid"),
    )  # fmt: skip
    fields.told(right, "limits.grid")
    found["grid"] = _steps(typed, unreadable)
    if unreadable:
        found["grid"] = list(held.grid)
    return found


def _departments(fields: _Fields, chosen: PromoSettings, around: Around) -> dict[str, Any]:
    st.subheader("By department", anchor=False)
    limits = chosen.limits
    own = (chosen.groups, limits.discount_by_department, limits.margin_by_department, chosen.dip_window_by_department)
    names = sorted({*around.departments, *(name for held in own for name in held)})
    fields.slots |= dict.fromkeys(
        ("groups", "limits.discount_by_department", "limits.margin_by_department", "dip_window_by_department"),
        st.container(),
    )
    if not names:
        st.caption(words.NO_DEPARTMENTS)
    rows: list[dict[str, Any]] = [
        {
            "department": name, "group": chosen.groups.get(name),
            "discount": _per_cent(limits.discount_by_department.get(name)),
            "margin": _per_cent(limits.margin_by_department.get(name)),
            "dip": chosen.dip_window_by_department.get(name),
        }
        for name in names
    ]  # fmt: skip
    config = {
        "department": st.column_config.TextColumn("Department", disabled=True, pinned=True, width=150),
        "group": st.column_config.TextColumn("Group", width=150, help=hover("planning.groups")),
        "discount": st.column_config.NumberColumn(
            "Discount at most", format="%g %%", width=130, help=hover("planning.discount_by_department")
        ),
        "margin": st.column_config.NumberColumn(
            "Margin floor", format="%g %%", width=110, help=hover("planning.margin_by_department")
        ),
        "dip": st.column_config.NumberColumn("Days after", step=1, width=95, help=hover("planning.dip_window_days")),
    }
    edited: list[dict[str, Any]] = rows
    if names:
        edited = st.data_editor(
            pa.Table.from_pylist(rows, schema=_SCHEMA), column_config=config, hide_index=True, disabled=fields.disabled,
            key=f"planning_departments_{fields.mark}", row_height=ROW_HEIGHT, placeholder="–",
            height=ROW_HEIGHT * (min(len(names), ROWS_SEEN) + 1) + 3, alt="Group and limits of each department",
        ).to_pylist()  # fmt: skip

    def of(column: str) -> dict[str, Any]:
        return {row["department"]: row[column] for row in edited if row[column] is not None}

    return {
        "groups": {name: group.strip() for name, group in of("group").items() if group.strip()},
        "discount_by_department": {name: _fraction(rate) for name, rate in of("discount").items()},
        "margin_by_department": {name: _fraction(rate) for name, rate in of("margin").items()},
        "dip_window_by_department": of("dip"),
    }


def _after(fields: _Fields, chosen: PromoSettings) -> dict[str, Any]:
    st.subheader("Mandatory texts, days after", anchor=False)
    places = st.columns([2, 2, 1])
    texts: dict[str, list[str]] = {name: list(held) for name, held in chosen.mandatory.items() if name not in TEXTS}
    for place, (element, label) in zip(places[:2], TEXTS.items(), strict=True):
        typed = place.text_area(
            label, "\n".join(chosen.mandatory.get(element, ())), height=96, disabled=fields.disabled,
            key=f"planning_mandatory.{element}_{fields.mark}", help=hover("planning.mandatory"),
        )  # fmt: skip
        fields.told(place, f"mandatory.{element}")
        texts[element] = [line.strip() for line in typed.splitlines() if line.strip()]
    days = places[2].number_input(
        words.LABELS["dip_window_days"], value=chosen.dip_window_days, step=1, disabled=fields.disabled,
        key=f"planning_dip_window_days_{fields.mark}", help=hover("planning.dip_window_days"),
    )  # fmt: skip
    fields.told(places[2], "dip_window_days")
    return {"mandatory": texts, "dip_window_days": days}


def _steps(typed: str, unreadable: list[Problem]) -> list[float]:
    """Discounts in per cent, with semicolons or blanks between; a comma between digits may be a decimal one, so that
    one with a blank behind it separates."""
    found = []
    for part in typed.replace(", ", " ").replace(";", " ").replace("%", " ").split():
        try:
            found.append(round(float(part.replace(",", ".")) / 100, 6))
        except ValueError:
            unreadable.append(Problem("limits.grid", f"holds '{part}', which is not a discount"))
    return found


def _per_cent(fraction: float | None) -> float | None:
    return None if fraction is None else round(fraction * 100, 4)


def _fraction(per_cent: float | None) -> float | None:
    return None if per_cent is None else round(per_cent / 100, 6)
