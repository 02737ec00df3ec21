"""The answers on top of the page RFM."""

from __future__ import annotations

from analytics.periods import change_pct
from analytics.rfm_figures import GONE, NOBODY, RfmFigures
from components import wording
from components.cards import Card
from components.definitions import told
from components.rfm_words import share

LOSING = ("At Risk", "At risk", "Cannot Lose Them")
AWAY = ("Hibernating", "Lost", "Inactive")
CARDS = 6


def rfm_cards(found: RfmFigures, currency: str) -> list[Card]:
    """Customers, champions, what the best fifth brings, who is at risk, who is away, who moved down."""
    then = sum(n for (come, _), n in found.moves.items() if come != NOBODY)
    champions = found.group("Champions")
    gone = _moved(found, to=GONE)
    losing, away = _of(found, LOSING), _of(found, AWAY)
    return [
        Card(
            "customers", "Customers", wording.count_short(found.customers),
            _change(found.customers, then), "up", wording.count_short(then),
            [f"**{wording.rate(share(found.repeat, found.customers))}** bought again"],
            told("rfm.customers"),
        ),
        Card(
            "champions", "Champions", wording.count_short(champions.customers if champions else 0),
            _change(champions.customers if champions else 0, _then(found, ("Champions",))), "up",
            wording.count_short(_then(found, ("Champions",))),
            [f"**{wording.rate(share(champions.cents if champions else 0, found.cents))}** of revenue"],
            told("rfm.champions"),
        ),
        Card(
            "fifth", "Best fifth brings", wording.rate(found.best_fifth), "", "neither", "",
            ["of net revenue", f"**{wording.money_short(found.cents / 100, currency)}** in all"],
            told("rfm.fifth"),
        ),
        Card(
            "losing", "To win back", wording.count_short(losing[0]),
            _change(losing[0], _then(found, LOSING)), "down", wording.count_short(_then(found, LOSING)),
            [f"**{wording.money_short(losing[1] / 100, currency)}** so far"],
            told("rfm.losing"),
        ),
        Card(
            "away", "Gone quiet", wording.count_short(away[0]),
            _change(away[0], _then(found, AWAY)), "down", wording.count_short(_then(found, AWAY)),
            [f"**{wording.rate(share(away[0], found.customers))}** of customers"],
            told("rfm.away"),
        ),
        Card(
            "came", "New since then", wording.count_short(_moved(found, come=NOBODY)), "", "up", "",
            [f"**{wording.count_short(gone)}** have no order in the window any more" if gone else "no order before"],
            told("rfm.came"),
        ),
    ]  # fmt: skip


def _of(found: RfmFigures, names: tuple[str, ...]) -> tuple[int, int]:
    held = [group for group in found.groups if group.name in names]
    return sum(group.customers for group in held), sum(group.cents for group in held)


def _then(found: RfmFigures, names: tuple[str, ...]) -> int:
    return sum(count for (come, _), count in found.moves.items() if come in names)


def _moved(found: RfmFigures, *, come: str | None = None, to: str | None = None) -> int:
    return sum(n for (a, b), n in found.moves.items() if (come is None or a == come) and (to is None or b == to))


def _change(now: int, then: int) -> str:
    return wording.change(change_pct(now, then))
