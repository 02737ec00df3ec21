"""An A4 page of text, tables and lines: what a PDF report is drawn with. All of it vectors, all text searchable."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Final

from fpdf import FPDF, XPos, YPos
from fpdf.fonts import TTFFont

from reports.report_parts import Beside, Cell, DayLine, Figure, Grid

FONTS: Final = Path(__file__).parent / "fonts"
FONT: Final = "DejaVu"
MARGIN, FOOT = 14.0, 14.0
WIDTH: Final = 210 - 2 * MARGIN
GUTTER: Final = 6.0
# A sign that the font does not have, such as an emoji in a campaign's name.
MISSING: Final = "□"
# Signs that only tell how the one before them is drawn.
UNSEEN: Final = frozenset("\ufe0e\ufe0f\u200d\u200b\ufeff")
Colour = tuple[int, int, int]
TEXT: Final[Colour] = (27, 33, 48)
MUTED: Final[Colour] = (94, 107, 127)
LINE: Final[Colour] = (226, 229, 236)
HEAD: Final[Colour] = (244, 245, 248)
ACCENT: Final[Colour] = (59, 91, 219)
PALE: Final[Colour] = (223, 230, 252)
PAST: Final[Colour] = (150, 158, 172)
GOOD: Final[Colour] = (30, 138, 90)
BAD: Final[Colour] = (201, 55, 44)
ROW, HEAD_ROW = 5.0, 5.6
FIGURES_A_ROW: Final = 3
# Without changes; each takes a line.
FIGURE_HEIGHT, CHANGE_HEIGHT = 19.0, 4.0
CHART_HEIGHT: Final = 43.0


class PdfSheet(FPDF):
    """A4, upright. Nothing breaks a page by itself: who draws asks for room first."""

    def __init__(self, title: str, account: str, kind: str) -> None:
        super().__init__(unit="mm", format="A4")
        self._title, self._account, self._kind = title, account, kind
        self.add_font(FONT, "", FONTS / "DejaVuSans.ttf")
        self.add_font(FONT, "B", FONTS / "DejaVuSans-Bold.ttf")
        font = self.fonts[FONT.lower()]
        assert isinstance(font, TTFFont)
        self._known = frozenset(font.cmap)
        self.set_margins(MARGIN, MARGIN, MARGIN)
        self.set_auto_page_break(False)
        self.set_line_width(0.2)

    # --- the frame of a page

    def header(self) -> None:
        """From the second page on: what this is."""
        if self.page_no() == 1:
            return
        self.set_y(MARGIN - 5)
        self.say(self._title, 7.5, MUTED, width=WIDTH / 2)
        self.set_xy(MARGIN + WIDTH / 2, MARGIN - 5)
        self.say(self._account, 7.5, MUTED, width=WIDTH / 2, align="R")
        self.set_draw_color(*LINE)
        self.line(MARGIN, MARGIN + 0.5, MARGIN + WIDTH, MARGIN + 0.5)
        self.set_y(MARGIN + 4)

    def footer(self) -> None:
        """Who made it, and the page's number."""
        self.set_y(-FOOT + 3)
        self.say(f"Promolens · {self._kind}", 7, MUTED, width=WIDTH / 2)
        # How many pages there will be is put in at the end: their place is that of one digit.
        self.font(7, MUTED)
        width = self.get_string_width(f"{self.page_no()} / 9") + 2
        self.set_x(MARGIN + WIDTH - width)
        self.cell(width, 4, f"{self.page_no()} / {{nb}}")

    def room(self, height: float) -> None:
        """Begins a new page where less than `height` mm are left."""
        if self.get_y() + height > self.h - FOOT:
            self.add_page()

    # --- text

    def known(self, text: str) -> str:
        """A text with a box for each sign that the font lacks."""
        return "".join(
            sign if ord(sign) in self._known or sign == "\n" else MISSING for sign in text if sign not in UNSEEN
        )

    def font(self, size: float, colour: Colour = TEXT, *, bold: bool = False) -> None:
        self.set_font(FONT, "B" if bold else "", size)
        self.set_text_color(*colour)

    def fitting(self, text: str, width: float) -> str:
        """A text that is no wider than this, cut with an ellipsis where it must be."""
        text = self.known(" ".join(text.split()))
        if self.get_string_width(text) <= width:
            return text
        while text and self.get_string_width(f"{text}…") > width:
            text = text[:-1]
        return f"{text.rstrip()}…"

    def say(
        self, text: str, size: float, colour: Colour = TEXT, *, bold: bool = False, width: float = WIDTH,
        height: float = 4.0, align: str = "L",
    ) -> None:  # fmt: skip
        """One line at the place where the pen is, which then stands at its right."""
        self.font(size, colour, bold=bold)
        self.cell(width, height, self.fitting(text, width), align=align, new_x=XPos.RIGHT, new_y=YPos.TOP)

    def paragraph(self, text: str, size: float, colour: Colour = TEXT, *, height: float = 4.4) -> None:
        """A text over as many lines as it needs."""
        self.font(size, colour)
        said = self.known(text)
        lines = self.multi_cell(WIDTH, height, said, dry_run=True, output="LINES", align="L")
        assert isinstance(lines, list)
        self.room(height * len(lines))
        self.set_x(MARGIN)
        self.multi_cell(WIDTH, height, said, align="L", new_x=XPos.LMARGIN, new_y=YPos.NEXT)

    # --- figures

    def figures(self, items: Sequence[Figure]) -> None:
        """Cards, three a row."""
        width = (WIDTH - GUTTER * (FIGURES_A_ROW - 1)) / FIGURES_A_ROW
        height = FIGURE_HEIGHT + CHANGE_HEIGHT * max((len(item.changes) for item in items), default=0)
        for begin in range(0, len(items), FIGURES_A_ROW):
            self.room(height + 3)
            top = self.get_y()
            for place, item in enumerate(items[begin : begin + FIGURES_A_ROW]):
                self._figure(item, MARGIN + place * (width + GUTTER), top, width, height)
            self.set_y(top + height + 3)

    def _figure(self, item: Figure, left: float, top: float, width: float, height: float) -> None:
        self.set_draw_color(*LINE)
        self.rect(left, top, width, height, round_corners=True, corner_radius=1.5)
        inner = width - 6
        self.set_xy(left + 3, top + 2.2)
        self.say(item.label, 7.5, MUTED, width=inner)
        self.set_xy(left + 3, top + 6.2)
        self.say(item.value, 15, bold=True, width=inner, height=7)
        y = top + 14
        for against, change in item.changes:
            self.set_xy(left + 3, y)
            self.say(change.text, 7.5, _colour(change), bold=True, width=18)
            self.say(against, 7, MUTED, width=inner - 18)
            y += CHANGE_HEIGHT
        self.set_xy(left + 3, top + height - 5)
        self.say(item.beneath, 7, MUTED, width=inner)

    # --- a table

    def grid_height(self, grid: Grid) -> float:
        """What a table takes, without the lines beneath it."""
        return 6.5 + HEAD_ROW + ROW * max(len(grid.rows), 1) + 3

    def grid(self, grid: Grid, left: float = MARGIN, width: float = WIDTH) -> None:
        """A table from the place where the pen is; it goes on on the next page under the same heading."""
        top = self.get_y()
        self.set_xy(left, top)
        self.say(grid.title, 9, bold=True, width=width, height=5)
        self.set_xy(left, top + 6)
        if not grid.rows:
            self.say(grid.empty, 8, MUTED, width=width, height=5)
            self.set_y(top + 13)
            return
        scale = width / sum(grid.widths)
        widths = [part * scale for part in grid.widths]
        self._heads(grid, left, widths)
        for number, row in enumerate(grid.rows):
            if self.get_y() + ROW > self.h - FOOT:
                self.add_page()
                self._heads(grid, left, widths)
            self._row(row, left, widths, grid.texts, bold=grid.last_is_total and number == len(grid.rows) - 1)
        if grid.beneath:
            self.set_xy(left, self.get_y() + 0.8)
            self.say(grid.beneath, 7, MUTED, width=width)
            self.set_y(self.get_y() + 4)
        self.set_y(self.get_y() + 4)

    def beside(self, both: Beside) -> None:
        """Two tables side by side, on one page."""
        self.room(max(self.grid_height(both.left), self.grid_height(both.right)))
        top, width = self.get_y(), (WIDTH - GUTTER) / 2
        self.grid(both.left, MARGIN, width)
        end = self.get_y()
        self.set_y(top)
        self.grid(both.right, MARGIN + width + GUTTER, width)
        self.set_y(max(end, self.get_y()))

    def _heads(self, grid: Grid, left: float, widths: Sequence[float]) -> None:
        top = self.get_y()
        self.set_fill_color(*HEAD)
        self.rect(left, top, sum(widths), HEAD_ROW, style="F")
        self.set_xy(left, top)
        for place, (head, width) in enumerate(zip(grid.heads, widths, strict=True)):
            align = "L" if place < grid.texts else "R"
            self.say(head, 7, MUTED, bold=True, width=width, height=HEAD_ROW, align=align)
        self.set_y(top + HEAD_ROW)

    def _row(self, row: Sequence[Cell | str], left: float, widths: Sequence[float], texts: int, *, bold: bool) -> None:
        top, x = self.get_y(), left
        for place, (held, width) in enumerate(zip(row, widths, strict=True)):
            cell = held if isinstance(held, Cell) else Cell(held)
            if cell.share is not None and cell.share > 0:
                self.set_fill_color(*PALE)
                self.rect(x + 1, top + 0.9, (width - 2) * min(cell.share, 1), ROW - 1.8, style="F")
            self.set_xy(x, top)
            align = "L" if place < texts else "R"
            self.say(cell.text, 8, _colour(cell, TEXT), bold=bold, width=width, height=ROW, align=align)
            x += width
        self.set_draw_color(*LINE)
        self.line(left, top + ROW, left + sum(widths), top + ROW)
        self.set_y(top + ROW)

    # --- a chart

    def day_line(self, chart: DayLine) -> None:
        """A line over days, with the days compared with as a thinner dashed one."""
        self.room(CHART_HEIGHT + 14)
        self.set_x(MARGIN)
        self.say(chart.title, 9, bold=True, width=WIDTH / 2, height=5)
        self._legend(chart)
        top, left = self.get_y() + 8, MARGIN + 14
        width, height = WIDTH - 16, CHART_HEIGHT - 8
        highest = chart.ticks[-1][0] or 1.0

        def y(value: float) -> float:
            return top + height - height * value / highest

        step = width / max(len(chart.values) - 1, 1)
        for value, text in chart.ticks:
            self.set_draw_color(*LINE)
            self.set_line_width(0.2)
            self.line(left, y(value), left + width, y(value))
            self.set_xy(MARGIN - 2, y(value) - 2)
            self.say(text, 7, MUTED, width=14, align="R")
        for place, text in chart.days:
            self.set_xy(min(left + place * step - 10, MARGIN + WIDTH - 20), top + height + 1.5)
            at_end = left + place * step - 10 > MARGIN + WIDTH - 20
            self.say(text, 7, MUTED, width=20, align="R" if at_end else "C")
        self.set_dash_pattern(dash=1.2, gap=0.9)
        self._polyline(chart.compared, left, step, y, PAST, 0.3)
        self.set_dash_pattern()
        self._polyline(chart.values, left, step, y, ACCENT, 0.6)
        self.set_line_width(0.2)
        self.set_y(top + height + 9)

    def _legend(self, chart: DayLine) -> None:
        top = self.get_y()
        x = MARGIN + WIDTH
        for name, colour in ((chart.names[1], PAST), (chart.names[0], ACCENT)):
            if not name:
                continue
            self.font(7.5, MUTED)
            width = self.get_string_width(self.known(name)) + 2.5
            x -= width
            self.set_xy(x, top)
            self.say(name, 7.5, MUTED, width=width, height=5)
            x -= 7
            self.set_draw_color(*colour)
            self.set_line_width(0.6 if colour == ACCENT else 0.3)
            if colour == PAST:
                self.set_dash_pattern(dash=1.2, gap=0.9)
            self.line(x, top + 2.5, x + 6, top + 2.5)
            self.set_dash_pattern()
            x -= 4
        self.set_line_width(0.2)
        self.set_y(top)

    def _polyline(
        self,
        values: Sequence[float | None],
        left: float,
        step: float,
        y: Callable[[float], float],
        colour: Colour,
        thickness: float,
    ) -> None:
        self.set_draw_color(*colour)
        self.set_line_width(thickness)
        held: list[tuple[float, float]] = []
        for place, value in enumerate([*values, None]):
            if value is not None:
                held.append((left + place * step, y(value)))
                continue
            if len(held) > 1:
                self.polyline(held)
            elif held:
                self.set_fill_color(*colour)
                self.circle(held[0][0], held[0][1], 0.5, style="F")
            held = []


def _colour(cell: Cell, neither: Colour = MUTED) -> Colour:
    return neither if cell.good is None else GOOD if cell.good else BAD
