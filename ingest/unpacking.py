"""What a packed file may unpack to: archives that are made to fill memory or the disk are refused before they do.

An archive says itself how large its entries are, and may lie: each is counted while it is read, to its real end.
"""

from __future__ import annotations

import copy
import io
import zipfile
from pathlib import Path
from typing import IO, Final, cast

# Larger than any sheet of 1,048,576 rows that somebody fills: what unpacks to more is not one.
MOST_BYTES: Final = 4 << 30
# How many times its own size a file may unpack to, above LITTLE. Sheets of one value repeated reach 100.
MOST_TIMES: Final = 250
LITTLE: Final = 256 << 20
# A workbook of 255 sheets, each with a drawing, comments and pictures, has some thousand.
MOST_ENTRIES: Final = 10_000
# The list of so many entries, which is read at once.
_MOST_LIST: Final = 4 << 20
_TAIL: Final = 65_557 + 76
_CHUNK: Final = 1 << 20


class Overfull(Exception):
    """A packed file would unpack to more than it may, or is not as it says; `str()` says what, without the file."""


def opened(source: Path | IO[bytes]) -> zipfile.ZipFile:
    """The archive, once its list of entries is known to be one of a workbook. Raises Overfull, zipfile.BadZipFile."""
    if isinstance(source, Path):
        with source.open("rb") as file:
            size = _require_short_list(file)
    else:
        size = _require_short_list(source)
    package = zipfile.ZipFile(source)
    try:
        _require_fitting(package, size)
    except Overfull:
        package.close()
        raise
    return package


def entry(package: zipfile.ZipFile, name: str) -> IO[bytes]:
    """An entry as a stream, which raises Overfull where it holds more than the archive says. Its checksum is checked at
    its end (zipfile.BadZipFile)."""
    found = package.getinfo(name)
    real = copy.copy(found)
    # Else nobody would see what follows the declared end, and other readers unpack that, too.
    real.file_size = MOST_BYTES << 8
    return cast(IO[bytes], _Counted(package.open(real), found))


def content(package: zipfile.ZipFile, name: str, most: int) -> bytes:
    """A whole entry of at most so many bytes. Raises Overfull, KeyError where there is none."""
    if package.getinfo(name).file_size > most:
        raise Overfull(f"its part {name} unpacks to more than {most >> 20} MB")
    with entry(package, name) as stream:
        parts = []
        while more := stream.read(_CHUNK):
            parts.append(more)
    return b"".join(parts)


def require_bounded(unpacked: int, packed: int) -> None:
    """Raises Overfull where so many bytes come out of so many packed ones that nobody filled them in."""
    if unpacked > MOST_BYTES:
        raise Overfull(f"it unpacks to more than {MOST_BYTES >> 30} GB")
    require_in_proportion(unpacked, packed)


def require_in_proportion(unpacked: int, packed: int) -> None:
    """The same of what is read block by block, and may be as long as it likes. Raises Overfull."""
    if unpacked > max(LITTLE, MOST_TIMES * packed):
        raise Overfull(
            f"it unpacks to more than {LITTLE >> 20} MB and {MOST_TIMES} times its own size, as no file of figures does"
        )


def _require_short_list(file: IO[bytes]) -> int:
    """The file's size. Raises Overfull before a list of millions of entries is taken into memory."""
    size = file.seek(0, io.SEEK_END)
    start = file.seek(max(0, size - _TAIL))
    tail = file.read()
    file.seek(0)
    ends = [int.from_bytes(tail[at + 12 : at + 16], "little") for at in _all(tail, b"PK\x05\x06")]
    # Of the wide form: 0xFFFFFFFF stands above for what this record says.
    ends = [long for long in ends if long != 0xFFFFFFFF]
    ends += [int.from_bytes(tail[at + 40 : at + 48], "little") for at in _all(tail, b"PK\x06\x06")]
    if not start and not ends:
        return size  # no archive, as zipfile says
    if max(ends, default=0) > _MOST_LIST:
        raise Overfull(f"it lists more than {MOST_ENTRIES:,} parts")
    return size


def _all(data: bytes, word: bytes) -> list[int]:
    found, at = [], data.find(word)
    while at >= 0:
        found.append(at)
        at = data.find(word, at + 1)
    return found


def _require_fitting(package: zipfile.ZipFile, size: int) -> None:
    entries = package.infolist()
    if len(entries) > MOST_ENTRIES:
        raise Overfull(f"it lists more than {MOST_ENTRIES:,} parts")
    names: set[str] = set()
    for one in entries:
        # Readers tell small letters from large ones, or do not: of two, each may take another.
        plain = one.filename.lower()
        if plain in names:
            raise Overfull(f"it holds {one.filename[:80]!r} twice")
        names.add(plain)
        if one.compress_type not in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED):
            raise Overfull(f"its part {one.filename[:80]!r} is packed as no workbook's is")
        if plain.startswith(("/", "\\")) or ".." in plain.replace("\\", "/").split("/") or ":" in plain:
            raise Overfull(f"its part {one.filename[:80]!r} lies outside of it")
    require_bounded(sum(one.file_size for one in entries), size)


class _Counted(io.RawIOBase):
    """A stream that ends where the archive says, or is refused."""

    def __init__(self, stream: IO[bytes], said: zipfile.ZipInfo) -> None:
        super().__init__()
        self._stream, self._name, self._left = stream, said.filename, said.file_size

    def read(self, size: int = -1) -> bytes:
        more = self._stream.read(_CHUNK if size < 0 else size)
        self._left -= len(more)
        if self._left < 0:
            raise Overfull(f"its part {self._name[:80]!r} unpacks to more than the archive says")
        return more

    def close(self) -> None:
        self._stream.close()
        super().close()
