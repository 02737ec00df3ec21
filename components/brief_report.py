"""A creative brief as Markdown and as a printed report."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from analytics.promo.briefs import Asset, Brief
from analytics.promo.mechanics import ALL
from components.plain import written
from reports.report_parts import Bullets, Part, Report, Section

_NOTHING: Final = "None."


def report(brief: Brief, label: str, caption: str, made: str) -> Report:
    """What the PDF is made of. label: the scenario's name; caption: its dates, state and version; made: when."""
    sections = [Section(title, lead, _bullets(lines)) for title, lead, lines in _sections(brief)]
    # A table would cut long texts off: each asset is told line by line.
    sections += [Section(f"Asset: {asset.type}", "", _bullets(_asset(asset))) for asset in brief.assets]
    return Report(label, "Creative brief", caption, made, sections, "Creative brief")


def markdown(brief: Brief, label: str, caption: str) -> str:
    """The same as Markdown: names of people's own are shown as they are, whatever signs they hold."""
    told = [f"# {written(label)}", written(caption)]
    for title, lead, lines in _sections(brief):
        told.append(f"## {title}")
        told += [written(lead)] if lead else []
        told += ["\n".join(f"- {written(line)}" for line in lines)] if lines else []
    told.append("## Assets")
    for asset in brief.assets:
        told.append(f"### {written(asset.type)}")
        told.append("\n".join(f"- {written(line)}" for line in _asset(asset)))
    return "\n\n".join(told) + "\n"


def _sections(brief: Brief) -> list[tuple[str, str, Sequence[str]]]:
    """Heading, first line, and what follows it."""
    audience, elements = brief.target_audience, brief.mandatory_elements
    whom = "Everybody" if audience.segments == (ALL,) else ", ".join(audience.segments)
    return [
        ("Objectives", brief.objectives.primary, brief.objectives.secondary),
        ("Audience", whom, [audience.demographics] if audience.demographics else []),
        ("Key messages", "", brief.key_messages),
        ("Tone", brief.tone, []),
        ("Mandatory: legal", "" if elements.legal else _NOTHING, elements.legal),
        ("Mandatory: brand", "" if elements.brand else _NOTHING, elements.brand),
    ]


def _asset(asset: Asset) -> list[str]:
    return [
        f"Headline: {asset.headline}",
        f"Subheadline: {asset.subheadline}",
        f"Call to action: {asset.cta}",
        f"Departments: {', '.join(asset.product_focus)}",
    ]


def _bullets(lines: Sequence[str]) -> tuple[Part, ...]:
    return (Bullets(lines),) if lines else ()
