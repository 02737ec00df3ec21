"""Documents of an earlier system, one at a time: from a MongoDB server, a mongodump folder or mongoexport files.

Whatever cannot be read is a `Damaged` with its place, never the end of the whole: a document that is no BSON or JSON
is passed over, a file that breaks off tells where.
"""

from __future__ import annotations

import gzip
import json
import struct
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Any, Final

import bson
from bson import json_util
from bson.codec_options import CodecOptions
from bson.errors import BSONError
from bson.raw_bson import RawBSONDocument
from pymongo import MongoClient
from pymongo.errors import ConfigurationError, InvalidURI, OperationFailure, PyMongoError

from ingest.errors import IngestError

COLLECTIONS: Final = ("stores", "klaviyo_syncs", "campaignstats")
ENDINGS: Final = (".bson", ".bson.gz", ".json", ".json.gz")
SCHEMES: Final = ("mongodb://", "mongodb+srv://")
ANSWER_SECONDS: Final = 10
FETCH_DOCUMENTS: Final = 1_000
# MongoDB's own limit is 16 MiB; a longer length in a file is not a length.
LARGEST_DOCUMENT: Final = 17 * 2**20
_ZONED: Final[CodecOptions[Mapping[str, Any]]] = CodecOptions(tz_aware=True)
_EXTENDED: Final = json_util.JSONOptions(tz_aware=True)
_SPACE: Final = " \t\r\n"


class SourceUnreadable(IngestError):
    """The server does not answer, or there is nothing of the earlier system at that place."""


@dataclass(frozen=True, slots=True)
class Document:
    """One document and where it stands, for messages: its number in a file, or its collection on a server."""

    place: str
    fields: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Damaged:
    """What stands at a place instead of a document, and why it cannot be read."""

    place: str
    reason: str


Found = Document | Damaged


class Source:
    """Where the documents come from. `name` tells it without a password."""

    name: str = ""

    def collections(self) -> list[str]:
        """Those of COLLECTIONS that are there. Raises SourceUnreadable."""
        raise SourceUnreadable(f"{self.name} holds no collections.")

    def documents(self, collection: str) -> Iterator[Found]:
        """The collection's documents in the order in which the source gives them. Raises SourceUnreadable."""
        raise SourceUnreadable(f"{self.name} has no collection {collection}.")


@contextmanager
def open_source(address: str, database: str | None = None) -> Iterator[Source]:
    """The source at an address (mongodb://…, or a folder or file). Raises SourceUnreadable."""
    if address.startswith(SCHEMES):
        with _server(address, database) as server:
            yield server
    else:
        yield _folder(Path(address), database)


class _Server(Source):
    def __init__(self, client: MongoClient[RawBSONDocument], database: str) -> None:
        self._client = client
        self._database = database
        self.name = f"the MongoDB database '{database}'"

    def collections(self) -> list[str]:
        with _answering():
            there = set(self._client[self._database].list_collection_names())
        return [name for name in COLLECTIONS if name in there]

    def documents(self, collection: str) -> Iterator[Found]:
        with (
            _answering(),
            self._client[self._database][collection].find({}, batch_size=FETCH_DOCUMENTS) as found,
        ):
            for number, raw in enumerate(found, 1):
                yield _decoded(f"document {number}", bytes(raw.raw))


@contextmanager
def _server(address: str, database: str | None) -> Iterator[_Server]:
    try:
        client: MongoClient[RawBSONDocument] = MongoClient(
            address,
            document_class=RawBSONDocument,
            serverSelectionTimeoutMS=ANSWER_SECONDS * 1000,
            connectTimeoutMS=ANSWER_SECONDS * 1000,
            appname="promolens import-mongo",
        )
    # Their texts can quote the address, and with it a password.
    except (InvalidURI, ConfigurationError, ValueError):
        raise SourceUnreadable("The address is not one that MongoDB knows: mongodb://host:27017/database") from None
    with client:
        name = database or _default_database(client)
        yield _Server(client, name)


def _default_database(client: MongoClient[RawBSONDocument]) -> str:
    try:
        return client.get_default_database().name
    except ConfigurationError:
        raise SourceUnreadable(
            "The address names no database. Add --database NAME, or put it behind the host: mongodb://host:27017/NAME"
        ) from None


@contextmanager
def _answering() -> Iterator[None]:
    try:
        yield
    except OperationFailure as error:
        said = (error.details or {}).get("errmsg") or f"code {error.code}"
        raise SourceUnreadable(f"MongoDB refuses to be read: {said}. Check the user and its rights.") from None
    except PyMongoError as error:
        raise SourceUnreadable(
            f"MongoDB does not answer ({type(error).__name__}). Check the address, the network and that it runs."
        ) from None


class _Folder(Source):
    def __init__(self, name: str, files: Mapping[str, Path]) -> None:
        self.name = name
        self._files = files

    def collections(self) -> list[str]:
        return [name for name in COLLECTIONS if name in self._files]

    def documents(self, collection: str) -> Iterator[Found]:
        path = self._files[collection]
        read = _bson if ".bson" in path.suffixes else _json
        try:
            with _opened(path) as file:
                yield from read(file, path.name)
        except (OSError, EOFError) as error:
            yield Damaged(path.name, f"the file cannot be read to its end: {error}")


def _folder(path: Path, database: str | None) -> _Folder:
    if path.is_file():
        collection = path.name.partition(".")[0]
        if collection not in COLLECTIONS or not path.name.endswith(ENDINGS):
            raise SourceUnreadable(
                f"{path.name} is none of the collections {', '.join(COLLECTIONS)} as .bson or .json (or .gz of them)."
            )
        return _Folder(str(path), {collection: path})
    if not path.is_dir():
        raise SourceUnreadable(f"There is no folder {path}, and it is no address like mongodb://host:27017/database.")
    if database:
        chosen = path / database
        if not chosen.is_dir():
            raise SourceUnreadable(f"There is no folder {chosen}: --database names a folder below {path}.")
        return _Folder(str(chosen), _files(chosen))
    own = _files(path)
    if own:
        return _Folder(str(path), own)
    below = {inner: files for inner in sorted(path.iterdir()) if inner.is_dir() and (files := _files(inner))}
    if not below:
        raise SourceUnreadable(
            f"{path} holds none of the collections {', '.join(COLLECTIONS)}, neither itself nor a folder in it, as "
            "mongodump writes them (.bson, .bson.gz) or mongoexport (.json)."
        )
    if len(below) > 1:
        names = ", ".join(inner.name for inner in below)
        raise SourceUnreadable(f"{path} holds several databases ({names}). Choose one: --database NAME")
    (only, files), *_ = below.items()
    return _Folder(str(only), files)


def _files(folder: Path) -> dict[str, Path]:
    found: dict[str, Path] = {}
    for collection in COLLECTIONS:
        there = [path for ending in ENDINGS if (path := folder / f"{collection}{ending}").is_file()]
        if len(there) > 1:
            names = " and ".join(path.name for path in there)
            raise SourceUnreadable(f"{folder} holds {names}: leave the one that is to be read.")
        if there:
            found[collection] = there[0]
    return found


@contextmanager
def _opened(path: Path) -> Iterator[IO[bytes]]:
    with path.open("rb") as file:
        yield gzip.GzipFile(fileobj=file) if path.suffix == ".gz" else file  # type: ignore[misc]


def _bson(file: IO[bytes], name: str) -> Iterator[Found]:
    number = 0
    while head := file.read(4):
        number += 1
        place = f"{name} document {number}"
        length = struct.unpack("<i", head)[0] if len(head) == 4 else 0
        if not 5 <= length <= LARGEST_DOCUMENT:
            yield Damaged(place, "no document begins here; what follows in the file cannot be found")
            return
        body = file.read(length - 4)
        if len(body) < length - 4:
            yield Damaged(place, "the file breaks off within this document")
            return
        yield _decoded(place, head + body)


def _decoded(place: str, raw: bytes) -> Found:
    try:
        return Document(place, bson.decode(raw, _ZONED))
    except (BSONError, ValueError, OverflowError) as error:
        return Damaged(place, f"is no readable BSON document: {error}")


def _json(file: IO[bytes], name: str) -> Iterator[Found]:
    """Documents of an array, one a line, or written over several lines."""
    try:
        text = file.read().decode("utf-8-sig")
    except UnicodeDecodeError as error:
        yield Damaged(name, f"is not UTF-8 at byte {error.start}")
        return
    plain = json.JSONDecoder()
    position = _after_space(text, 0)
    array = text.startswith("[", position)
    position += array
    number = 0
    while (position := _after_space(text, position, "," if array else "")) < len(text):
        if array and text[position] == "]":
            return
        number += 1
        place = f"{name} document {number}"
        try:
            _, end = plain.raw_decode(text, position)
        except (json.JSONDecodeError, RecursionError) as error:
            line = text.count("\n", 0, position) + 1
            yield Damaged(place, f"is no JSON document (line {line}: {getattr(error, 'msg', 'too deep')})")
            # The next document begins a line; without such a line nothing more can be told apart.
            following = text.find("\n{", position)
            if following < 0:
                return
            position = following + 1
            continue
        yield _extended(place, text[position:end])
        position = end
    if array:
        yield Damaged(name, "the array is not closed: the file breaks off")


def _after_space(text: str, position: int, also: str = "") -> int:
    while position < len(text) and text[position] in _SPACE + also:
        position += 1
    return position


def _extended(place: str, text: str) -> Found:
    try:
        found = json_util.loads(text, json_options=_EXTENDED)
    except (BSONError, TypeError, ValueError, OverflowError, KeyError) as error:
        return Damaged(place, f"is no extended JSON document: {error}")
    return Document(place, found) if isinstance(found, dict) else Damaged(place, "is no document")
