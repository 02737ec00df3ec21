"""Segments of RFM scores: the map of all 125 quintile scores, and Klaviyo's own six groups of 27 scores.

Both stand as files beside this module and are read once a process; they can be staged into any engine as they are.
"""

from __future__ import annotations

import csv
from collections.abc import Mapping
from functools import lru_cache
from pathlib import Path
from types import MappingProxyType
from typing import Final

import pyarrow as pa

_FOLDER: Final = Path(__file__).parent
SEGMENTS: Final = ("rfm_segments.csv", "rfm_segment")
KLAVIYO_GROUPS: Final = ("klaviyo_rfm.csv", "rfm_group")


@lru_cache(maxsize=2)
def _read(name: str, named: str) -> Mapping[str, str]:
    with (_FOLDER / name).open(encoding="utf-8", newline="") as lines:
        return MappingProxyType({row["rfm_score"]: row[named] for row in csv.DictReader(lines)})


def segments() -> Mapping[str, str]:
    """Segment by score, '111' to '555': recency, frequency, monetary, 5 is best."""
    return _read(*SEGMENTS)


def klaviyo_groups() -> Mapping[str, str]:
    """Klaviyo's group by its code, '111' to '333': recency, frequency, monetary, 3 is best."""
    return _read(*KLAVIYO_GROUPS)


def segment_table() -> pa.Table:
    """`segments` as Arrow: rfm_score, rfm_segment."""
    return _table(segments(), SEGMENTS[1])


def klaviyo_group_table() -> pa.Table:
    """`klaviyo_groups` as Arrow: rfm_score, rfm_group."""
    return _table(klaviyo_groups(), KLAVIYO_GROUPS[1])


def _table(named: Mapping[str, str], column: str) -> pa.Table:
    columns = {"rfm_score": pa.array(named.keys(), pa.string()), column: pa.array(named.values(), pa.string())}
    return pa.table(columns)
