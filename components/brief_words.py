"""What is said of creative briefs: their versions, and what changed from one to the next."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Final

from components import wording

_PARTS: Final[Mapping[str, str]] = {
    "objectives.primary": "Primary objective",
    "objectives.secondary": "Secondary objectives",
    "target_audience.segments": "Segments",
    "target_audience.demographics": "Demographics",
    "key_messages": "Key messages",
    "tone": "Tone",
    "mandatory_elements.legal": "Mandatory, legal",
    "mandatory_elements.brand": "Mandatory, brand",
    "assets": "Assets",
}
FIRST: Final = "First saved."
FROM_DATA: Final = "Not saved yet: filled from the scenario."
NOTHING: Final = "The same texts, kept for a newer version of the scenario."
FILLED: Final = "Filled anew from the scenario; save it to keep it."
REFUSED: Final = "Somebody else saved meanwhile. Nothing of yours was written yet, and nothing of it is lost."


def changes_said(changes: Mapping[str, tuple[Any, Any]]) -> list[str]:
    """What changed, a sentence a part; changes: of `analytics.promo.brief_edits.changes`."""
    return [_said(_PARTS[name], before, after) for name, (before, after) in changes.items()]


def _said(part: str, before: Any, after: Any) -> str:
    if isinstance(after, str):
        return f"{part}: {_quoted(after)} instead of {_quoted(before)}."
    told = _assets(before, after) if part == _PARTS["assets"] else _lines(before, after)
    return f"{part}: {'; '.join(told) or 'in another order'}."


def _lines(before: Sequence[str], after: Sequence[str]) -> list[str]:
    told = [("added", [text for text in after if text not in before])]
    told.append(("left out", [text for text in before if text not in after]))
    return [f"{verb} {', '.join(_quoted(text) for text in texts)}" for verb, texts in told if texts]


def _assets(before: Sequence[Mapping[str, Any]], after: Sequence[Mapping[str, Any]]) -> list[str]:
    """By type; of several of one type the first is held against the first."""
    old, new = _numbered(before), _numbered(after)
    told = [("added", [name for name in new if name not in old])]
    told.append(("left out", [name for name in old if name not in new]))
    told.append(("changed", [name for name in new if name in old and new[name] != old[name]]))
    return [f"{verb} {', '.join(names)}" for verb, names in told if names]


def _numbered(assets: Sequence[Mapping[str, Any]]) -> dict[str, Mapping[str, Any]]:
    found: dict[str, Mapping[str, Any]] = {}
    for asset in assets:
        same = sum(name == asset["type"] or name.startswith(f"{asset['type']} (") for name in found)
        found[asset["type"] if not same else f"{asset['type']} ({same + 1})"] = asset
    return found


def _quoted(text: str) -> str:
    return f"“{text}”" if text else wording.NOT_AVAILABLE
