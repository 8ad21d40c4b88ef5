"""What stands beside every fetched file: where it came from, when, on what terms, and its checksum."""

from __future__ import annotations

import hashlib
from pathlib import Path

import msgspec

from seawarden.model.error import SourceError
from seawarden.sources.fetch.whole import write_whole

CHUNK = 1 << 20


class Sidecar(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """The record of one download."""

    url: str
    sha256: str
    bytes: int
    fetched_t: int
    """When it was asked for, ms UTC."""
    source: str
    licence: str
    attribution: str
    etag: str = ""
    last_modified: str = ""
    content_type: str = ""


def sidecar_path(path: Path) -> Path:
    """Where the record of a file stands."""
    return path.with_name(path.name + ".meta.json")


def read_sidecar(path: Path) -> Sidecar | None:
    """The record of a file, or None where there is none.

    Raises:
        SourceError: there is one, but it can't be read as such.
    """
    beside = sidecar_path(path)
    if not beside.is_file():
        return None
    try:
        return msgspec.json.decode(beside.read_bytes(), type=Sidecar)
    except (OSError, msgspec.DecodeError, msgspec.ValidationError) as error:
        raise SourceError(f"{beside}: not the record of a download ({error}); delete it to fetch anew") from None


def write_sidecar(path: Path, record: Sidecar) -> None:
    """Write the record of a file.

    Raises:
        StoreError: it can't be written.
    """
    write_whole(sidecar_path(path), msgspec.json.format(msgspec.json.encode(record), indent=1) + b"\n")


def sha256_of(path: Path) -> str:
    """SHA-256 (hex) of a file.

    Raises:
        SourceError: it can't be read.
    """
    total = hashlib.sha256()
    try:
        with path.open("rb") as file:
            while chunk := file.read(CHUNK):
                total.update(chunk)
    except OSError as error:
        raise SourceError(f"{path}: can't be read ({error.strerror or error})") from None
    return total.hexdigest()


def is_as_fetched(path: Path, record: Sidecar | None) -> bool:
    """Whether a file is there and still what was fetched, to the byte."""
    if record is None or not path.is_file() or path.stat().st_size != record.bytes:
        return False
    return sha256_of(path) == record.sha256
