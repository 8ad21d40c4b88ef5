"""What a data folder holds: every fetched or converted file, its terms, and what the program uses it for."""

from __future__ import annotations

from pathlib import Path
from typing import Final

import msgspec

from seawarden.model.error import StoreError
from seawarden.sources.fetch.sidecar import sha256_of
from seawarden.sources.fetch.whole import write_whole

FILE: Final = "registry.json"


class Held(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """One file of the folder."""

    path: str
    """Relative to the folder, with `/`."""
    source: str
    """The public source's id."""
    what: str
    sha256: str
    bytes: int
    fetched_t: int
    """ms UTC."""
    licence: str
    attribution: str
    url: str = ""
    made_from: tuple[str, ...] = ()
    """Files of the folder that this one was converted from."""
    used_by: str = ""


class Registry(msgspec.Struct, frozen=True, kw_only=True):
    """The register of one data folder, in order of path."""

    held: tuple[Held, ...] = ()


def read_registry(folder: Path) -> Registry:
    """The register of a folder; an empty one when it has none.

    Raises:
        StoreError: there is one, but it can't be read.
    """
    path = folder / FILE
    if not path.is_file():
        return Registry()
    try:
        return msgspec.json.decode(path.read_bytes(), type=Registry)
    except (OSError, msgspec.DecodeError, msgspec.ValidationError) as error:
        raise StoreError(f"{path}: not a register of data ({error})") from None


def register(folder: Path, *new: Held) -> Registry:
    """Add or renew entries, by their path.

    Raises:
        StoreError: the register can't be read or written.
    """
    known = {held.path: held for held in read_registry(folder).held}
    known |= {held.path: held for held in new}
    registry = Registry(held=tuple(known[path] for path in sorted(known)))
    write_whole(folder / FILE, msgspec.json.format(msgspec.json.encode(registry), indent=1) + b"\n")
    return registry


def state_of(folder: Path, held: Held) -> str:
    """`as fetched`, `missing` or `changed`.

    Raises:
        SourceError: the file is there but can't be read.
    """
    path = folder / held.path
    if not path.is_file():
        return "missing"
    same = path.stat().st_size == held.bytes and sha256_of(path) == held.sha256
    return "as fetched" if same else "changed"
