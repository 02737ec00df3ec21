"""Words on charts, placed where no line runs: beside a line where it leaves room, else over the plot."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Final

from components import palette
from components.charts import LETTER, Figure

# The smallest plot, a phone's: what is free there is free wherever there is more room.
WIDTH: Final = 300
HEIGHT: Final = 180
WORD: Final = 17
# Between a word and the line that it names.
GAP: Final = 4
COLUMN: Final = 4
# Places that are tried along a line.
TRIED: Final = 30
ROW: Final = 18

Values = Sequence[float | None]


@dataclass(frozen=True, slots=True)
class Box:
    """A place for a word in pixels from the lower left corner of the smallest plot."""

    left: float
    right: float
    bottom: float
    top: float


class Plot:
    """Where lines run in the smallest plot: by column of a few pixels the lowest and the highest that is drawn."""

    def __init__(self, lines: Sequence[Values]) -> None:
        """`lines`: values at the same places; None is a gap, which is taken as drawn over."""
        self._places = max(map(len, lines))
        known = [value for line in lines for value in line if value is not None]
        self._low, high = min([0.0, *known]), max([0.0, *known])
        self._unit = HEIGHT / ((high - self._low) * 1.05 or 1)
        self._drawn: list[list[tuple[float, float]]] = [[] for _ in range(WIDTH // COLUMN + 1)]
        for line in lines:
            self._draw([(self.x(at), self.y(value)) for at, value in enumerate(line) if value is not None])

    def x(self, place: int) -> float:
        """Pixels from the left edge."""
        return WIDTH * (place + 0.5) / self._places if self._places == 1 else WIDTH * place / (self._places - 1)

    def y(self, value: float) -> float:
        """Pixels from the lower edge."""
        return (value - self._low) * self._unit

    def is_free(self, box: Box) -> bool:
        """Whether a word there lies within the plot and covers no line."""
        if box.left < 0 or box.right > WIDTH or box.bottom < 0 or box.top > HEIGHT:
            return False
        columns = self._drawn[int(box.left) // COLUMN : int(box.right) // COLUMN + 1]
        return all(high < box.bottom or low > box.top for column in columns for low, high in column)

    def _draw(self, points: Sequence[tuple[float, float]]) -> None:
        for (x0, y0), (x1, y1) in zip(points, points[1:] or points, strict=False):
            for column in range(int(x0) // COLUMN, int(x1) // COLUMN + 1):
                ends = [self._at(x0, y0, x1, y1, x) for x in (column * COLUMN, (column + 1) * COLUMN)]
                self._drawn[column].append((min(ends), max(ends)))

    @staticmethod
    def _at(x0: float, y0: float, x1: float, y1: float, x: float) -> float:
        share = 1.0 if x1 <= x0 else min(max((x - x0) / (x1 - x0), 0.0), 1.0)
        return y0 + (y1 - y0) * share


def beside(dates: Sequence[str], line: Values, others: Sequence[Values], text: str, colour: str) -> Figure | None:
    """A line's name above or below it, where neither it nor another line runs through the name, as far from the others
    as can be; None where there is no such place."""
    plot, width = Plot([line, *others]), LETTER * len(text)
    found: list[tuple[float, Figure]] = []
    for place in _tried(line):
        value = line[place]
        assert value is not None
        x, y = plot.x(place), plot.y(value)
        for side in (1, -1):
            near = y + side * GAP
            box = Box(x - width / 2, x + width / 2, *sorted((near, near + side * WORD)))
            if plot.is_free(box):
                away = [abs(plot.y(other) - y) for held in others if (other := held[place]) is not None]
                # On paper of its own: a day that is marked may lie behind it.
                note = _note(dates[place], value, text, colour) | {
                    "bgcolor": palette.PAPER, "borderpad": 0,
                    "xanchor": "center", "yanchor": "bottom" if side > 0 else "top", "yshift": side * (GAP - 1),
                }  # fmt: skip
                found.append((min(away, default=HEIGHT), note))
    return max(found, key=lambda pair: pair[0])[1] if found else None


def over(layout: Figure, text: str, colour: str) -> None:
    """A dotted line's name with a piece of it, in a row of its own over the plot."""
    note = {
        "text": f"┄ {text}", "x": 0, "y": 1, "xref": "paper", "yref": "paper", "xanchor": "left", "yanchor": "bottom",
        "yshift": 2, "showarrow": False, "font": {"size": 12, "color": colour},
    }  # fmt: skip
    layout["annotations"] = [*layout.get("annotations", ()), note]
    layout["margin"] = layout["margin"] | {"t": layout["margin"]["t"] + ROW}


def behind(layout: Figure, day: str, value: float, text: str) -> None:
    """The word of a chart's last point, in the margin on its right."""
    first, _, rest = text.rpartition(" of ")
    broken = f"{first} of<br>{rest}" if first else text
    width = LETTER * max(map(len, broken.split("<br>")))
    note = _note(day, value, broken, palette.TEXT) | {
        "xanchor": "left", "yanchor": "middle", "xshift": 8, "align": "left",
    }  # fmt: skip
    layout["annotations"] = [*layout.get("annotations", ()), note]
    layout["margin"] = layout["margin"] | {"r": max(layout["margin"]["r"], round(width) + 10)}


def at(dates: Sequence[str], place: int, line: Values, others: Sequence[Values], text: str) -> Figure:
    """The word of a point that others follow: on whichever side no line runs."""
    value = line[place]
    assert value is not None
    plot, width = Plot([line, *others]), LETTER * len(text)
    x, y, reach = plot.x(place), plot.y(value), 8
    sides = {
        ("left", "middle", reach, 0): Box(x + reach, x + reach + width, y - WORD / 2, y + WORD / 2),
        ("center", "bottom", 0, reach): Box(x - width / 2, x + width / 2, y + reach, y + reach + WORD),
        ("center", "top", 0, -reach): Box(x - width / 2, x + width / 2, y - reach - WORD, y - reach),
        ("right", "middle", -reach, 0): Box(x - reach - width, x - reach, y - WORD / 2, y + WORD / 2),
    }
    xanchor, yanchor, xshift, yshift = next(
        (side for side, box in sides.items() if plot.is_free(box)), next(iter(sides))
    )
    return _note(dates[place], value, text, palette.TEXT) | {
        "xanchor": xanchor, "yanchor": yanchor, "xshift": xshift, "yshift": yshift,
    }  # fmt: skip


def _note(day: str, value: float, text: str, colour: str) -> Figure:
    return {"x": day, "y": value, "text": text, "showarrow": False, "font": {"size": 12, "color": colour}}


def _tried(line: Values) -> Iterator[int]:
    held = [place for place, value in enumerate(line) if value is not None]
    yield from held[:: max(-(-len(held) // TRIED), 1)]
