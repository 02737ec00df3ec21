"""Identifiers in the shapes that the real service uses, made from integers so that the same seed gives the same ids.

A 64-bit mixer (splitmix64) is a bijection: different inputs never share an id before the shortening, and the shapes
keep at least 59 bits of it where many rows need one.
"""

from __future__ import annotations

from typing import cast

import numpy as np
import numpy.typing as npt

Ints = npt.NDArray[np.int64]
Words = npt.NDArray[np.uint64]
Bytes = npt.NDArray[np.bytes_]

BASE62 = np.frombuffer(b"0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz", dtype=np.uint8)
CROCKFORD = np.frombuffer(b"0123456789ABCDEFGHJKMNPQRSTVWXYZ", dtype=np.uint8)


def mix(values: npt.ArrayLike, key: int) -> Words:
    """Splitmix64 of each value under a key (Steele, Lea, Flood 2014)."""
    with np.errstate(over="ignore"):
        z = np.asarray(values).astype(np.uint64) * np.uint64(0x9E3779B97F4A7C15) + np.uint64(key & 0xFFFFFFFFFFFFFFFF)
        z = (z ^ (z >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
        z = (z ^ (z >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
        return cast(Words, z ^ (z >> np.uint64(31)))


def fraction(values: npt.ArrayLike, key: int) -> npt.NDArray[np.float64]:
    """A number in [0, 1) for each value, always the same for the same value and key."""
    return (mix(values, key) >> np.uint64(11)).astype(np.float64) / float(1 << 53)


def _digits(words: Words, alphabet: npt.NDArray[np.uint8], length: int) -> npt.NDArray[np.uint8]:
    base = np.uint64(len(alphabet))
    out = np.empty((len(words), length), dtype=np.uint8)
    rest = words.copy()
    for place in range(length - 1, -1, -1):
        out[:, place] = alphabet[(rest % base).astype(np.int64)]
        rest //= base
    return out


def _as_bytes(digits: npt.NDArray[np.uint8]) -> Bytes:
    return cast(Bytes, np.ascontiguousarray(digits).view(f"S{digits.shape[1]}").ravel())


def short_ids(values: npt.ArrayLike, key: int, length: int = 6) -> Bytes:
    """Six characters like a metric, list or flow; eleven for an event."""
    return _as_bytes(_digits(mix(values, key), BASE62, length))


def ulids(seconds: Ints, values: npt.ArrayLike, key: int) -> Bytes:
    """26 characters: 48 bits of milliseconds, then 80 bits from the value (profiles, campaigns, their messages)."""
    stamp = _digits((seconds.astype(np.int64) * 1000).astype(np.uint64), CROCKFORD, 10)
    left = _digits(mix(values, key), CROCKFORD, 8)
    right = _digits(mix(values, key + 1), CROCKFORD, 8)
    return _as_bytes(np.concatenate([stamp, left, right], axis=1))


def uuids(values: npt.ArrayLike, key: int) -> list[str]:
    """UUID text (version 4 form) for each value."""
    first, second = mix(values, key), mix(values, key + 7)
    return [
        f"{a >> 32:08x}-{a >> 16 & 0xFFFF:04x}-4{a & 0xFFF:03x}-"
        f"{0x8000 | (b >> 48 & 0x3FFF):04x}-{b & 0xFFFFFFFFFFFF:012x}"
        for a, b in zip(first.tolist(), second.tolist(), strict=True)
    ]


def text(values: Bytes) -> list[str]:
    return [value.decode("ascii") for value in values.tolist()]
