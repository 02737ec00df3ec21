"""A creative brief as Markdown and as a PDF: all of it is in both, whatever signs its names hold."""

from __future__ import annotations

import io
from datetime import UTC, datetime

from pypdf import PdfReader

from analytics.promo.briefs import Asset, Brief, MandatoryElements, Objectives, TargetAudience
from components import brief_report
from reports.monthly import as_pdf

SEED = Brief(
    Objectives("Close October sales gap", ("Maintain margin", "Drive online traffic")),
    TargetAudience(("LOYAL_HIGH_VALUE",), "25-45, tech-savvy"),
    ("Exclusive member pricing", "Limited time offer"),
    "energetic",
    MandatoryElements(("Terms and conditions apply",), ()),
    (
        Asset(
            "homepage_hero",
            "TV & Gaming *Sale*",
            "Up to 20% off; " * 9 + "end",
            "Shop Now - Members Only",
            ("TV", "Gaming"),
        ),
    ),
)


def test_all_of_a_brief_is_in_its_markdown_with_signs_as_they_were_typed() -> None:
    assert brief_report.markdown(SEED, "October", "1–10 Oct 2026").splitlines() == [
        "# October", "", "1–10 Oct 2026", "",
        "## Objectives", "", "Close October sales gap", "", "- Maintain margin", "- Drive online traffic", "",
        "## Audience", "", "LOYAL\\_HIGH\\_VALUE", "", "- 25-45, tech-savvy", "",
        "## Key messages", "", "- Exclusive member pricing", "- Limited time offer", "",
        "## Tone", "", "energetic", "",
        "## Mandatory: legal", "", "- Terms and conditions apply", "",
        "## Mandatory: brand", "", "None.", "",
        "## Assets", "",
        "### homepage\\_hero", "",
        "- Headline: TV & Gaming \\*Sale\\*", f"- Subheadline: {'Up to 20% off; ' * 9}end",
        "- Call to action: Shop Now - Members Only", "- Departments: TV, Gaming",
    ]  # fmt: skip


def test_all_of_a_brief_is_in_its_pdf() -> None:
    made = brief_report.report(SEED, "October", "1–10 Oct 2026", "Made 2026-10-01")
    pages = PdfReader(io.BytesIO(as_pdf(made, datetime(2026, 10, 1, tzinfo=UTC)))).pages
    text = " ".join(" ".join(page.extract_text() for page in pages).split())
    for said in (
        "October", "Creative brief", "Close October sales gap", "Maintain margin", "LOYAL_HIGH_VALUE",
        "25-45, tech-savvy", "Limited time offer", "energetic", "Terms and conditions apply", "homepage_hero",
        "off; end", "TV & Gaming *Sale*", "Shop Now - Members Only",
    ):  # fmt: skip
        assert said in text
