"""One account as it is seen at a moment: the cut of its history, the faults in force, rendered profiles and events."""

from __future__ import annotations

import mmap
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from demo.api.faults import Faults
from demo.api.merges import Merges
from demo.store import AccountFiles
from demo.world.cards import dumps, metric_ids, metric_resources, profile_resource
from demo.world.clock import DAY
from demo.world.identity import Bytes, fraction, short_ids, text
from demo.world.timeline import Kind
from demo.world.writer import EVENT_KEY

Ints = npt.NDArray[np.int64]
Bools = npt.NDArray[np.bool_]
NEGATIVE_DAYS = 30
LATE_KEY, DELETED_KEY, EMAIL_KEY, UNSETTLED_KEY = 31, 32, 33, 34


class MappedLines:
    """Records of one file by number; each is followed by a comma in the file."""

    def __init__(self, folder: Path, name: str) -> None:
        self.offsets = np.load(folder / f"{name}.npy", mmap_mode="r")
        self._file = (folder / f"{name}.bin").open("rb")
        size = (folder / f"{name}.bin").stat().st_size
        self._map: mmap.mmap | bytes = mmap.mmap(self._file.fileno(), 0, access=mmap.ACCESS_READ) if size else b""

    def joined(self, rows: Ints) -> bytes:
        """The records of these rows, in this order, with commas between them; empty records vanish."""
        if not len(rows):
            return b""
        first, last = int(rows[0]), int(rows[-1])
        if last - first == len(rows) - 1 and bool((np.diff(rows) == 1).all()):
            begin, end = int(self.offsets[first]), int(self.offsets[last + 1])
            return self._map[begin : max(end - 1, begin)]
        low, high = self.offsets[rows].tolist(), self.offsets[rows + 1].tolist()
        whole = self._map
        return b"".join([whole[a:b] for a, b in zip(low, high, strict=True) if b > a])[:-1]

    def close(self) -> None:
        if isinstance(self._map, mmap.mmap):
            self._map.close()
        self._file.close()


class AccountView:
    """`now()` gives UTC seconds; everything later than it does not exist yet."""

    def __init__(self, files: AccountFiles, faults: Faults, now: Callable[[], int]) -> None:
        self.world = files.world
        self.faults = faults
        self._now = now
        self.events = MappedLines(files.folder, "events")
        self.attributions = MappedLines(files.folder, "attributions")
        self.metric_ids = metric_ids(self.world)
        self.metric_kind = {key: number for number, key in enumerate(self.metric_ids)}
        self.metrics = metric_resources(self.world)
        self.profile_ids = text(self.world.people.ids)
        self.profile_number = {key: number for number, key in enumerate(self.profile_ids)}
        self._profile_json: dict[int, bytes] = {}
        self._profile_state: tuple[int, int] = (-1, -1)
        self._updated = self._last_event = np.zeros(0, dtype=np.int64)
        self._visible: dict[tuple[int, int, int], Ints] = {}
        self._merges = Merges(self.world.people, self.world.timeline)
        self._merges_version = -1
        self._event_index: tuple[Bytes, Ints] | None = None

    # time

    def now(self) -> int:
        return min(self._now(), self.world.end)

    def cut(self) -> int:
        """Number of events that have happened."""
        return int(np.searchsorted(self.world.timeline.ts, self.now(), side="right"))

    # events

    def effective_ts(self) -> Ints:
        coarse = int(self.faults.get("same_second"))
        ts = self.world.timeline.ts
        return ts // coarse * coarse if coarse > 1 else ts

    def rows(self, kind: int | None) -> Ints:
        """Event numbers that may be seen, of one kind or of all, up to the end of the world, sorted by time."""
        late = self.faults.get("late_events")
        key = (self.faults.version, self.now() if late else 0, -1 if kind is None else kind)
        if key not in self._visible:
            if len(self._visible) > 200:
                self._visible.clear()
            kinds = self.world.timeline.kind
            mask = np.ones(len(kinds), dtype=bool) if kind is None else kinds == kind
            if not self.faults.get("two_placed_orders"):
                mask &= kinds != Kind.PLACED_TWICE
            if late:
                first = int(np.searchsorted(self.world.timeline.ts, self.now() - int(self.faults.late_days * DAY)))
                mask[first:] &= fraction(np.arange(first, len(kinds)), LATE_KEY) >= late
            self._visible[key] = np.flatnonzero(mask)
        return self._visible[key]

    def event_number(self, key: str) -> int | None:
        """The place of an event by its id, None for an id that does not exist (yet)."""
        if self._event_index is None:
            keys = short_ids(self.world.timeline.serial.astype(np.int64), EVENT_KEY + self.world.plan.number, 11)
            order = np.argsort(keys)
            self._event_index = keys[order], order
        keys, order = self._event_index
        place = int(np.searchsorted(keys, np.bytes_(key.encode())))
        if place >= len(keys) or keys[place] != key.encode():
            return None
        number = int(order[place])
        rows = self.rows(None)
        at = int(np.searchsorted(rows, number))
        return number if number < self.cut() and at < len(rows) and rows[at] == number else None

    def metric(self, kind: int) -> dict[str, Any]:
        """A metric resource, as the faults have it."""
        found = self.metrics[kind]
        if self.faults.get("category_object"):
            attributes = found["attributes"]
            wrapped = {**attributes["integration"], "category": {"category": attributes["integration"]["category"]}}
            found = {**found, "attributes": {**attributes, "integration": wrapped}}
        return found

    # profiles

    def _refresh_profiles(self) -> None:
        state = (self.now(), self.faults.version)
        if state == self._profile_state:
            return
        now, timeline, people, orders = self.now(), self.world.timeline, self.world.people, self.world.orders
        cut = self.cut()
        last = np.full(people.size, -1, dtype=np.int64)
        last[timeline.profile[:cut]] = timeline.ts[:cut]
        bought = np.flatnonzero(orders.ts <= now)
        updated = people.created.copy()
        updated[orders.profile[bought]] = orders.ts[bought]
        updated = np.maximum(updated, people.created)
        merges = self.merges()
        old = np.flatnonzero(merges.gone())
        updated[merges.survivor[old]] = np.maximum(updated[merges.survivor[old]], merges.moment(old))
        if state[1] != self._profile_state[1] or len(self._updated) != people.size:
            self._profile_json.clear()
        else:
            for number in np.flatnonzero((updated != self._updated) | (last != self._last_event)).tolist():
                self._profile_json.pop(number, None)
        self._updated, self._last_event, self._profile_state = updated, last, state

    @property
    def updated(self) -> Ints:
        self._refresh_profiles()
        return self._updated

    def gone(self) -> Bools:
        """Profiles that were deleted (or merged away)."""
        people = self.world.people
        flag = people.deleted.copy()
        share = self.faults.get("deleted_profiles")
        if share:
            flag |= fraction(np.arange(people.size), DELETED_KEY) < share
        return flag | self.merges().gone()

    def profile(self, number: int) -> dict[str, Any]:
        self._refresh_profiles()
        last = int(self._last_event[number])
        found = profile_resource(self.world, number, int(self._updated[number]), None if last < 0 else last)
        share = self.faults.get("missing_email")
        if share and fraction(np.array([number]), EMAIL_KEY)[0] < share:
            found["attributes"]["email"] = None
        return found

    def _rendered(self, number: int) -> bytes:
        known = self._profile_json.get(number)
        if known is None:
            known = self._profile_json[number] = dumps(self.profile(number))
        return known

    def profiles_json(self, numbers: list[int]) -> bytes:
        """Several, with commas between them."""
        self._refresh_profiles()
        known = self._profile_json
        return b",".join([known.get(number) or self._rendered(number) for number in numbers])

    def prepare(self) -> None:
        """Renders every profile that a page of events can include."""
        self.profiles_json(list(range(self.world.people.size)))

    def merges(self) -> Merges:
        """Merges so far; a higher number of the fault adds some at this moment."""
        if self._merges_version != self.faults.version:
            self._merges_version = self.faults.version
            self._merges.reach(int(self.faults.get("merged_profiles")), self.now(), self.cut())
        return self._merges

    def negative(self, ts: int) -> bool:
        """Whether a refund of this time states a negative amount."""
        return bool(self.faults.get("negative_refund")) and ts > self.now() - NEGATIVE_DAYS * DAY

    def unsettled(self) -> Bools:
        """Orders whose attribution is not computed yet."""
        orders = self.world.orders
        days = self.faults.get("unsettled_days")
        flag = np.zeros(orders.size, dtype=bool)
        if days:
            recent = orders.ts > self.now() - int(days * DAY)
            flag = recent & (fraction(np.arange(orders.size), UNSETTLED_KEY) < 0.5)
        return flag

    def close(self) -> None:
        self.events.close()
        self.attributions.close()
