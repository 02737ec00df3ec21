"""A report → one PDF: dense A4 pages with bookmarks; text stays text, charts are drawn as lines."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING

from reports.report_parts import Beside, Bullets, DayLine, Figures, Grid, Part, Report

if TYPE_CHECKING:
    from reports.pdf_sheet import PdfSheet

# A heading is not left alone at the foot of a page.
WITH_HEADING = 40.0


def as_pdf(report: Report, made: datetime) -> bytes:
    """The report as a PDF; made: the moment, aware, that the file says it was made at."""
    from reports.pdf_sheet import MARGIN, MUTED, WIDTH, PdfSheet  # only here: 0.5 s that no page should wait for

    sheet = PdfSheet(report.title, report.account, report.kind)
    sheet.set_title(f"{report.title} – {report.account}")
    sheet.set_subject(report.caption)
    sheet.set_author("Promolens")
    sheet.set_creator("Promolens")
    sheet.set_creation_date(made)
    sheet.set_lang("en")
    sheet.add_page()
    sheet.say(report.account, 9, MUTED, width=WIDTH / 2, height=5)
    sheet.say(report.made, 7.5, MUTED, width=WIDTH / 2, height=5, align="R")
    sheet.set_xy(MARGIN, MARGIN + 5.5)
    sheet.say(report.title, 20, bold=True, height=10)
    sheet.set_xy(MARGIN, MARGIN + 17)
    sheet.paragraph(report.caption, 7.5, MUTED, height=3.8)
    for section in report.sections:
        first = section.parts[0] if section.parts else None
        together = WITH_HEADING if first is None else _height(sheet, first)
        sheet.set_y(sheet.get_y() + 3)
        sheet.room(min(15 + together, 120))
        sheet.start_section(section.title)
        sheet.set_x(MARGIN)
        sheet.say(section.title, 13, bold=True, height=7)
        sheet.set_y(sheet.get_y() + 8)
        if section.lead:
            sheet.paragraph(section.lead, 8.5)
            sheet.set_y(sheet.get_y() + 2)
        for part in section.parts:
            _draw(sheet, part)
    return bytes(sheet.output())


def _height(sheet: PdfSheet, part: Part) -> float:
    match part:
        case Grid():
            return sheet.grid_height(part)
        case Beside():
            return max(sheet.grid_height(part.left), sheet.grid_height(part.right))
        case _:
            return WITH_HEADING


def _draw(sheet: PdfSheet, part: Part) -> None:
    match part:
        case Figures():
            sheet.figures(part.items)
        case DayLine():
            sheet.day_line(part)
        case Grid():
            sheet.room(min(sheet.grid_height(part), 120))
            sheet.grid(part)
        case Beside():
            sheet.beside(part)
        case Bullets():
            for line in part.lines:
                sheet.paragraph(f"•  {line}", 7.5, height=3.9)
                sheet.set_y(sheet.get_y() + 0.8)
