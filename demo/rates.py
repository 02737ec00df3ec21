"""Exchange rates for the demo stores' orders in other currencies: a table as `promolens rates` reads it."""

from __future__ import annotations

import math
from datetime import date, datetime
from pathlib import Path
from typing import Final

# Units of the second currency for one of the first, about which the synthetic rate swings.
PAIRS: Final = {("CHF", "EUR"): 1.05, ("GBP", "EUR"): 1.17, ("USD", "EUR"): 0.90, ("CAD", "USD"): 0.73}
SWING: Final = 0.03


def write_rates(folder: Path, since: datetime, until: datetime) -> Path:
    """Writes `rates.csv` into the folder: a rate of each pair for each month from `since` to `until`; its path.

    The same month always has the same rates, so that loading the file again changes nothing of what is there.
    """
    folder.mkdir(parents=True, exist_ok=True)
    lines = ["date,base,quote,rate"]
    for month in range(_number(since), _number(until) + 1):
        day = date(month // 12, month % 12 + 1, 1)
        for place, ((base, quote), middle) in enumerate(PAIRS.items()):
            rate = middle * (1 + SWING * math.sin(month / 5 + place))
            lines.append(f"{day},{base},{quote},{rate:.4f}")
    path = folder / "rates.csv"
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")
    return path


def _number(moment: datetime) -> int:
    return moment.year * 12 + moment.month - 1
