"""Colours of charts, all from the theme: a series has the same one on every page, in light and in dark.

Streamlit replaces these stand-ins in a figure by the colours of the viewer's theme (`.streamlit/config.toml`), so a
switch between light and dark needs no new figure.
"""

from __future__ import annotations

from typing import Final

from streamlit.elements.lib import streamlit_plotly_theme as stand_ins

ACCENT: Final = stand_ins.CATEGORY_0
PAST: Final = stand_ins.CATEGORY_9
MUTED: Final = stand_ins.CATEGORY_7
# Streamlit's own stand-ins for falling and rising glare, and follow no theme: the theme's diverging scale has the same
# red and green as its cards.
BAD: Final = stand_ins.DIVERGING_1
GOOD: Final = stand_ins.DIVERGING_8
PAPER: Final = stand_ins.BG_COLOR
TEXT: Final = stand_ins.GRAY_70
# Text that stands on something coloured.
STRONG: Final = stand_ins.GRAY_90
# What flows between two names: dark on light, light on dark, and never as strong as they are.
LINK: Final = "rgba(128, 132, 149, 0.28)"

SERIES: Final = {
    "email": stand_ins.CATEGORY_1,
    "sms": stand_ins.CATEGORY_2,
    "push": stand_ins.CATEGORY_3,
    "whatsapp": stand_ins.CATEGORY_4,
    "campaign": stand_ins.CATEGORY_5,
    "flow": stand_ins.CATEGORY_6,
    "none": stand_ins.CATEGORY_7,
}

# Of customers, best first; each scheme has its own names.
SEGMENTS: Final = {
    "Champions": stand_ins.CATEGORY_0,
    "Loyal": stand_ins.CATEGORY_1,
    "Potential Loyalist": stand_ins.CATEGORY_2,
    "New Customers": stand_ins.CATEGORY_3,
    "Promising": stand_ins.CATEGORY_4,
    "Need Attention": stand_ins.CATEGORY_5,
    "About To Sleep": stand_ins.CATEGORY_6,
    "At Risk": stand_ins.CATEGORY_8,
    "Cannot Lose Them": BAD,
    "Hibernating": stand_ins.CATEGORY_7,
    "Lost": stand_ins.CATEGORY_9,
    "Recent": stand_ins.CATEGORY_3,
    "Needs attention": stand_ins.CATEGORY_5,
    "At risk": stand_ins.CATEGORY_8,
    "Inactive": stand_ins.CATEGORY_9,
}

_DARK_INK: Final = "#1B2130"
# What is written on a segment's colour so that it can be read, in light and in dark: the paper's colour on most; on
# colours that are bright in both a dark one; on grey, which is bright in one of them, that of text.
ON_SEGMENTS: Final = {
    name: {
        stand_ins.CATEGORY_2: _DARK_INK, stand_ins.CATEGORY_4: _DARK_INK, stand_ins.CATEGORY_8: _DARK_INK,
        stand_ins.CATEGORY_7: STRONG,
    }.get(colour, PAPER)
    for name, colour in SEGMENTS.items()
}  # fmt: skip

SEQUENTIAL: Final = [
    [i / 9, colour]
    for i, colour in enumerate(
        (
            stand_ins.SEQUENTIAL_0,
            stand_ins.SEQUENTIAL_1,
            stand_ins.SEQUENTIAL_2,
            stand_ins.SEQUENTIAL_3,
            stand_ins.SEQUENTIAL_4,
            stand_ins.SEQUENTIAL_5,
            stand_ins.SEQUENTIAL_6,
            stand_ins.SEQUENTIAL_7,
            stand_ins.SEQUENTIAL_8,
            stand_ins.SEQUENTIAL_9,
        )
    )
]
