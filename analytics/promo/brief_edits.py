"""Creative briefs as people change them: read from what is kept, checked, and what changed from one to the next."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any, Final

from analytics.promo.briefs import Asset, Brief, MandatoryElements, Objectives, TargetAudience
from analytics.promo.mechanics import ALL

MOST_TEXT: Final = 500
MOST_LINES: Final = 50


class InvalidBrief(ValueError):
    """A brief that cannot be kept; says what to change."""


@dataclass(frozen=True, slots=True)
class BriefVersion:
    """A brief as somebody saved it. scenario_version: that of the scenario which it was written for, None where another
    program wrote it."""

    scenario_id: str
    number: int
    brief: Brief
    author: str
    created_at: datetime
    scenario_version: int | None = None


def brief_from(brief: Mapping[str, Any], assets: Sequence[Mapping[str, Any]] | None) -> Brief:
    """The two documents of `creative_briefs` as a brief; parts that another program left out are empty."""
    objectives = brief.get("objectives") or {}
    audience = brief.get("target_audience") or {}
    elements = brief.get("mandatory_elements") or {}
    return Brief(
        Objectives(objectives.get("primary") or "", tuple(objectives.get("secondary") or ())),
        TargetAudience(tuple(audience.get("segments") or ()), audience.get("demographics") or ""),
        tuple(brief.get("key_messages") or ()),
        brief.get("tone") or "",
        MandatoryElements(tuple(elements.get("legal") or ()), tuple(elements.get("brand") or ())),
        tuple(
            Asset(
                asset.get("type") or "",
                asset.get("headline") or "",
                asset.get("subheadline") or "",
                asset.get("cta") or "",
                tuple(asset.get("product_focus") or ()),
            )
            for asset in assets or ()
        ),
    )


def checked(brief: Brief) -> Brief:
    """The brief with its texts trimmed and without empty and repeated lines. Raises InvalidBrief."""
    found = Brief(
        Objectives(brief.objectives.primary.strip(), _lines(brief.objectives.secondary)),
        TargetAudience(_lines(brief.target_audience.segments), brief.target_audience.demographics.strip()),
        _lines(brief.key_messages),
        brief.tone.strip(),
        MandatoryElements(_lines(brief.mandatory_elements.legal), _lines(brief.mandatory_elements.brand)),
        tuple(_asset(asset) for asset in brief.assets if asset != Asset("", "", "", "", ())),
    )
    if not found.objectives.primary:
        raise InvalidBrief("It has no primary objective. Say what the promotion is for.")
    if not found.key_messages:
        raise InvalidBrief("It has no key message. Say at least one thing that customers are to be told.")
    segments = found.target_audience.segments
    if not segments:
        raise InvalidBrief("It has no audience. Choose segments, or ALL for everybody.")
    if ALL in segments and len(segments) > 1:
        raise InvalidBrief("ALL is everybody: choose it alone, or leave it out.")
    if any(not asset.type for asset in found.assets):
        raise InvalidBrief("One of the assets has no type. Say what is to be made, such as email_banner.")
    for texts in _texts(found):
        if len(texts) > MOST_LINES:
            raise InvalidBrief(f"One of its lists has {len(texts)} lines. Use at most {MOST_LINES}.")
        if longest := next((text for text in texts if len(text) > MOST_TEXT), ""):
            raise InvalidBrief(f"“{longest[:40]}…” has {len(longest)} characters. Use at most {MOST_TEXT}.")
    return found


def changes(before: Brief, after: Brief) -> dict[str, tuple[Any, Any]]:
    """What changed: {part: (before, after)}; a part is named as in the documents (`objectives.primary`, `tone`,
    `assets`), its values are as JSON has them."""
    earlier, later = _parts(before), _parts(after)
    return {name: (earlier[name], later[name]) for name in later if earlier[name] != later[name]}


def mandatory_texts(brief: Brief) -> Mapping[str, tuple[str, ...]]:
    """What it has every asset carry, by element."""
    return {"legal": brief.mandatory_elements.legal, "brand": brief.mandatory_elements.brand}


def _parts(brief: Brief) -> dict[str, Any]:
    document, assets = brief.stored()
    found: dict[str, Any] = {}
    for name, held in document.items():
        found |= {f"{name}.{part}": value for part, value in held.items()} if isinstance(held, dict) else {name: held}
    return found | {"assets": assets}


def _asset(asset: Asset) -> Asset:
    return replace(
        asset, type=asset.type.strip(), headline=asset.headline.strip(), subheadline=asset.subheadline.strip(),
        cta=asset.cta.strip(), product_focus=_lines(asset.product_focus),
    )  # fmt: skip


def _lines(texts: Sequence[str]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(text.strip() for text in texts if text.strip()))


def _texts(brief: Brief) -> Sequence[Sequence[str]]:
    audience = brief.target_audience
    return (
        (brief.objectives.primary, brief.tone, audience.demographics), brief.objectives.secondary, audience.segments,
        brief.key_messages, brief.mandatory_elements.legal, brief.mandatory_elements.brand,
        [asset.type for asset in brief.assets],
        *((asset.headline, asset.subheadline, asset.cta, *asset.product_focus) for asset in brief.assets),
    )  # fmt: skip
