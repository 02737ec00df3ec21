"""KPI cards: value, change, sparkline, one line beneath, definition on hover."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

import streamlit as st

from components.definitions import Told
from components.wording import MINUS

PER_COLUMN = 2
# Text that is blank at its end would be cut off.
BLANK = "&nbsp;"
CARD_HEIGHT = 258
CARD_HEIGHT_PLAIN = 192


@dataclass(frozen=True, slots=True)
class Card:
    """One figure. `change` is ready text with its sign, '' for none; `good` says whether up is good news.

    `before` is the value compared with, '' for none; `beneath` further lines in Markdown.
    """

    key: str
    label: str
    value: str
    change: str
    good: Literal["up", "down", "neither"]
    before: str
    beneath: Sequence[str]
    definition: Told
    trend: Sequence[float] = ()


def show(cards: Sequence[Card], against: str, *, sparklines: bool = True) -> None:
    """Cards in pairs: six a row on a wide screen, three on a middling one, two on a phone.

    `against` names what the value before each change is, such as 'Before' or 'Last year'.
    """
    # Equally many lines, the change being one, make equally high cards in whatever rows they stand.
    lines = max((bool(card.change) + bool(card.before) + len(card.beneath) for card in cards), default=0)
    pairs = [cards[i : i + PER_COLUMN] for i in range(0, len(cards), PER_COLUMN)]
    for column, pair in zip(st.columns(len(pairs)), pairs, strict=True):
        grid = column.grid(PER_COLUMN, min_column_width=140, border=True)
        for card in pair:
            with grid.cell():
                _draw(card, against, sparklines, lines)


def skeleton(count: int, *, sparklines: bool = True) -> None:
    """The places of cards, as wide and as high as they will be."""
    columns = st.columns(-(-count // PER_COLUMN))
    for i, column in enumerate(columns):
        grid = column.grid(PER_COLUMN, min_column_width=140)
        for _ in range(min(PER_COLUMN, count - i * PER_COLUMN)):
            with grid.cell():
                st.skeleton(CARD_HEIGHT if sparklines else CARD_HEIGHT_PLAIN)


def _draw(card: Card, against: str, sparklines: bool, lines: int) -> None:
    # Streamlit reads the direction from an ASCII hyphen; a typographic minus would become a green arrow up. So both
    # direction and colour are given.
    rises, falls = card.change.startswith("+"), card.change.startswith((MINUS, "-"))
    good = rises if card.good == "up" else falls
    st.metric(
        card.label,
        card.value,
        card.change or None,
        delta_color="off" if card.good == "neither" or not (rises or falls) else "green" if good else "red",
        delta_arrow="up" if rises else "down" if falls else "off",
        help=card.definition,
        chart_data=list(card.trend) if sparklines and len(card.trend) > 1 else None,
        chart_type="area",
    )
    beneath = [*([f"{against} {card.before}"] if card.before else []), *card.beneath]
    st.caption("  \n".join([*beneath, *[BLANK] * (lines - len(beneath) - bool(card.change))]) or BLANK)
