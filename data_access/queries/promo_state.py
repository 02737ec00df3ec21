"""How new the company's data are: their versions are in the cache keys of what rests on them."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Final

from data_access.queries.accounts import FORECASTS, PROMO
from data_access.repeating import repeatable
from data_access.scope import Scope
from data_access.scoped import promo_read
from data_access.stores import Stores
from data_access.unwritten import until_written

# What planners draft and decide, the models of uplift, the planners' settings, briefs, post-mortems, forecasts, targets
# that were typed (those of workbooks come with PROMO), and where promotions would pay.
SCENARIOS: Final = "scenarios"
UPLIFT: Final = "uplift"
SETTINGS: Final = "promo_settings"
BRIEFS: Final = "briefs"
POST_MORTEMS: Final = "post_mortems"
TARGETS: Final = "targets"
OPPORTUNITIES: Final = "opportunities"
DATASETS: Final = (
    PROMO, SCENARIOS, UPLIFT, SETTINGS, BRIEFS, POST_MORTEMS, FORECASTS, TARGETS, OPPORTUNITIES,
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class CompanyState:
    """The version of each dataset of the company's; one that nobody has changed yet has none."""

    versions: Mapping[str, int]
    moments: Mapping[str, datetime] = field(default_factory=dict)

    def of(self, datasets: Collection[str] = DATASETS) -> str:
        """The versions of some datasets as one text: part of a cache key."""
        return " ".join(f"{name}:{self.versions.get(name, 0)}" for name in DATASETS if name in datasets)

    def changed_at(self, *datasets: str) -> datetime | None:
        """When one of some datasets was changed last; None where none ever was."""
        return max((self.moments[name] for name in datasets if name in self.moments), default=None)


@until_written
@repeatable
def company_state(stores: Stores, scope: Scope) -> CompanyState:
    """Which state of the company's data is there now. Raises NotPermitted, StoreError."""
    with promo_read(stores.operational, scope) as session:
        rows = session.rows("read/promo/state")
    return CompanyState(
        {row["dataset"]: int(row["version"]) for row in rows}, {row["dataset"]: row["changed_at"] for row in rows}
    )
