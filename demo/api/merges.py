"""People who were merged into others: from when on their events name the survivor."""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt

from demo.world.clock import DAY
from demo.world.identity import mix
from demo.world.people import People
from demo.world.timeline import Timeline

Ints = npt.NDArray[np.int64]
SEEN_DAYS, CARRIED_DAYS = 5, 5
NEVER = np.int64(1) << np.int64(40)
ORDER_KEY = 55


class Merges:
    """`survivor` names who answers for each profile (itself where nothing happened).

    A merge rewrites the events of its last CARRIED_DAYS days and all later ones; older ones keep the old id, because a
    client never reads them again.
    """

    def __init__(self, people: People, timeline: Timeline) -> None:
        self._people = people
        self._timeline = timeline
        self.survivor: Ints = np.arange(people.size)
        self.since: Ints = np.full(people.size, NEVER)

    @property
    def count(self) -> int:
        return int((self.since < NEVER).sum())

    def reach(self, wanted: int, now: int, cut: int) -> None:
        """Merges further people until `wanted` are merged; the moment is `now`. Fewer than now: all are undone."""
        if wanted < self.count:
            self.survivor, self.since = np.arange(self._people.size), np.full(self._people.size, NEVER)
        missing = wanted - self.count
        if missing <= 0:
            return
        timeline, people = self._timeline, self._people
        first = int(np.searchsorted(timeline.ts, now - SEEN_DAYS * DAY))
        busy = np.unique(timeline.profile[first:cut]).astype(np.int64)
        used = (self.since < NEVER) | people.deleted
        used[np.unique(self.survivor[self.since < NEVER])] = True
        busy = busy[~used[busy]]
        busy = busy[np.lexsort((mix(busy, ORDER_KEY), ~people.buyer[busy]))][:missing]
        used[busy] = True
        free = np.flatnonzero(people.buyer & ~used & (people.created < now - SEEN_DAYS * DAY))
        free = free[np.argsort(mix(free, ORDER_KEY + 1))][: len(busy)]
        busy = busy[: len(free)]
        self.survivor[busy] = free
        self.since[busy] = now - CARRIED_DAYS * DAY

    def moment(self, profiles: Ints) -> Ints:
        """When each of these merges happened (UTC seconds)."""
        return self.since[profiles] + CARRIED_DAYS * DAY

    def gone(self) -> npt.NDArray[np.bool_]:
        return self.since < NEVER

    def owner(self, profile: int, ts: int) -> int:
        return int(self.survivor[profile]) if ts > self.since[profile] else profile

    def owners(self, profiles: npt.NDArray[Any], ts: Ints) -> Ints:
        return np.where(ts > self.since[profiles], self.survivor[profiles], profiles)
