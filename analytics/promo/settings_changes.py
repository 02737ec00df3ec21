"""What one version of the planners' settings has that another has not, and two people's changes put together."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from analytics.promo.settings import PromoSettings, settings_of

# The setting's name, within which limit or for which department, channel, level or element.
Path = tuple[str, ...]
# Their keys are names that planners give; a department may have a dot in its name.
_NAMED: Final = frozenset(
    {"variable_cost", "groups", "limits", "sensitivities", "dip_window_by_department", "mandatory",
     "discount_by_department", "margin_by_department"}
)  # fmt: skip


def changes(before: PromoSettings, after: PromoSettings) -> dict[Path, tuple[Any, Any]]:
    """Setting by setting what it was and what it is; None where there was or is none."""
    old, new = _flat(before.stored()), _flat(after.stored())
    return {
        path: (old.get(path), new.get(path)) for path in dict.fromkeys([*old, *new]) if old.get(path) != new.get(path)
    }


def together(base: PromoSettings, mine: PromoSettings, theirs: PromoSettings) -> PromoSettings:
    """`theirs` with what `mine` changed of `base`; its version is that of `theirs`. Where both changed the same
    setting, mine counts. Raises InvalidPromoSettings where the two cannot stand together."""
    found = _flat(theirs.stored())
    for path, (_, wanted) in changes(base, mine).items():
        if wanted is None:
            found.pop(path, None)
        else:
            found[path] = wanted
    nested: dict[str, Any] = {}
    for path, value in found.items():
        level = nested
        for name in path[:-1]:
            level = level.setdefault(name, {})
        level[path[-1]] = value
    return settings_of(nested, theirs.version)


def _flat(stored: Mapping[str, Any], above: Path = ()) -> dict[Path, Any]:
    found: dict[Path, Any] = {}
    for name, value in stored.items():
        if isinstance(value, Mapping) and name in _NAMED:
            found |= _flat(value, (*above, name))
        else:
            found[(*above, name)] = value
    return found
