"""What a printed report is made of: words and numbers that are formatted already, and where they stand."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Literal, TypeAlias


@dataclass(frozen=True, slots=True)
class Cell:
    """A text; good: whether it is good news (None: neither); share: 0–1, a pale bar as long as that behind it."""

    text: str
    good: bool | None = None
    share: float | None = None


@dataclass(frozen=True, slots=True)
class Figure:
    """A figure with its changes, each against something named, and a line beneath."""

    label: str
    value: str
    changes: Sequence[tuple[str, Cell]] = ()
    beneath: str = ""


@dataclass(frozen=True, slots=True)
class Figures:
    """Figures beside each other, three a row."""

    items: Sequence[Figure]


@dataclass(frozen=True, slots=True)
class DayLine:
    """A value a day, and the value of the day compared with, None where there is none.

    ticks: values of the y axis with their texts, from 0; days: places of the x axis with theirs; names: of both lines.
    """

    title: str
    values: Sequence[float | None]
    compared: Sequence[float | None]
    ticks: Sequence[tuple[float, str]]
    days: Sequence[tuple[int, str]]
    names: tuple[str, str]


@dataclass(frozen=True, slots=True)
class Grid:
    """A table. widths: of its columns, relative to each other; the first `texts` columns hold texts, others numbers."""

    title: str
    heads: Sequence[str]
    rows: Sequence[Sequence[Cell | str]]
    widths: Sequence[float]
    texts: int = 1
    beneath: str = ""
    empty: str = ""
    last_is_total: bool = False


@dataclass(frozen=True, slots=True)
class Beside:
    """Two tables side by side."""

    left: Grid
    right: Grid


@dataclass(frozen=True, slots=True)
class Bullets:
    """Sentences, one below the other."""

    lines: Sequence[str]


Part: TypeAlias = Figures | DayLine | Grid | Beside | Bullets


@dataclass(frozen=True, slots=True)
class Section:
    """A heading, what it comes to in a sentence, and what shows it."""

    title: str
    lead: str
    parts: Sequence[Part] = field(default_factory=tuple)


@dataclass(frozen=True, slots=True)
class Report:
    """A report; `caption` says of whom, of which days, against which, in whose time and money, and how fresh it is."""

    title: str
    account: str
    caption: str
    made: str
    sections: Sequence[Section]
    kind: Literal["Monthly report", "Creative brief", "Post-mortem"] = "Monthly report"
