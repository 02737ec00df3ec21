"""The form of a creative brief: its texts line by line, its assets as a grid."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

import pyarrow as pa
import streamlit as st

from analytics.promo.briefs import Asset, Brief, MandatoryElements, Objectives, TargetAudience
from components.hovers import hover

_LINES: Final = 100
_SCHEMA: Final = pa.schema(
    [("type", pa.string()), ("headline", pa.string()), ("subheadline", pa.string()), ("cta", pa.string()),
     ("product_focus", pa.list_(pa.string()))]
)  # fmt: skip


def draw(brief: Brief, segments: Sequence[str], departments: Sequence[str], mark: str) -> Brief | None:
    """The form over a brief; what was typed once Save is pressed, else None. segments, departments: to choose from;
    mark: another one begins it anew."""
    with st.form(f"brief_{mark}", border=False):
        primary = _text(
            "Primary objective", "primary", brief.objectives.primary, mark, hover("scenarios.brief_primary")
        )
        left, right = st.columns(2)
        with left:
            secondary = _lines(
                "Secondary objectives",
                "secondary",
                brief.objectives.secondary,
                mark,
                hover("scenarios.brief_secondary"),
            )
        with right:
            messages = _lines("Key messages", "messages", brief.key_messages, mark, hover("scenarios.brief_messages"))
        left, right = st.columns(2)
        held = brief.target_audience
        with left:
            chosen = st.multiselect(
                "Segments", list(dict.fromkeys([*segments, *held.segments])), list(held.segments),
                key=f"brief_segments_{mark}", help=hover("scenarios.brief_segments"),
            )  # fmt: skip
            tone = _text("Tone", "tone", brief.tone, mark, hover("scenarios.brief_tone"))
        with right:
            demographics = st.text_area(
                "Demographics", held.demographics, height=_LINES, key=f"brief_demographics_{mark}",
                help=hover("scenarios.brief_demographics"),
            )  # fmt: skip
        left, right = st.columns(2)
        with left:
            legal = _lines(
                "Mandatory: legal", "legal", brief.mandatory_elements.legal, mark, hover("scenarios.brief_legal")
            )
        with right:
            brand = _lines(
                "Mandatory: brand", "brand", brief.mandatory_elements.brand, mark, hover("scenarios.brief_brand")
            )
        assets = _assets(brief.assets, departments, mark)
        if not st.form_submit_button("Save brief", type="primary", key=f"brief_save_{mark}"):
            return None
    return Brief(
        Objectives(primary, secondary), TargetAudience(tuple(chosen), demographics), messages, tone,
        MandatoryElements(legal, brand), assets,
    )  # fmt: skip


def _text(label: str, name: str, value: str, mark: str, meant: str) -> str:
    return st.text_input(label, value, key=f"brief_{name}_{mark}", help=meant)


def _lines(label: str, name: str, texts: Sequence[str], mark: str, meant: str) -> tuple[str, ...]:
    typed = st.text_area(label, "\n".join(texts), height=_LINES, key=f"brief_{name}_{mark}", help=meant)
    return tuple(typed.splitlines())


def _assets(assets: Sequence[Asset], departments: Sequence[str], mark: str) -> tuple[Asset, ...]:
    rows = [
        {"type": one.type, "headline": one.headline, "subheadline": one.subheadline, "cta": one.cta,
         "product_focus": list(one.product_focus)}
        for one in assets
    ]  # fmt: skip
    known = list(dict.fromkeys([*departments, *(name for one in assets for name in one.product_focus)]))
    st.markdown("Assets")
    edited = st.data_editor(
        pa.Table.from_pylist(rows, schema=_SCHEMA), num_rows="dynamic", hide_index=True, key=f"brief_assets_{mark}",
        alt="Assets with their texts",
        column_config={
            "type": st.column_config.TextColumn("Type", width=130, help=hover("scenarios.brief_asset")),
            "headline": st.column_config.TextColumn("Headline", width=180),
            "subheadline": st.column_config.TextColumn("Subheadline", width=180),
            "cta": st.column_config.TextColumn("Call to action", width=130),
            "product_focus": st.column_config.MultiselectColumn(
                "Departments", width=150, options=known, accept_new_options=True
            ),
        },
    )  # fmt: skip
    return tuple(
        Asset(
            row["type"] or "", row["headline"] or "", row["subheadline"] or "", row["cta"] or "",
            tuple(row["product_focus"] or ()),
        )
        for row in edited.to_pylist()
    )  # fmt: skip
