"""Packs: named sets of assets that ship with the program or that a user keeps.

A pack is one JSON file. An entry holds either its own geometry (`versions`, as assets are written by `write_pack`),
or typed `vertices` each naming the source it was read in, or `drawn`: lines of a drawing that stays in a file of its
own, so that terms like the ODbL's stay with that file. Depths are filled in by `depth.with_depths`.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from importlib import resources
from itertools import pairwise
from pathlib import Path
from typing import Any, Final

import msgspec

from seawarden.geography.layer import GEOD
from seawarden.model.asset import Asset, AssetVersion, Kind, Status
from seawarden.model.error import AssetError

DEFAULT_PACK: Final = "northern-europe"
LONG_M: Final = 5_000.0
"""Pieces of a typed route longer than this take the entry's `long_sigma_m`."""


class Source(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A text or drawing that was read."""

    title: str
    licence: str = ""
    attribution: str = ""


class Drawing(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A GeoJSON file of lines, beside the packs or beside the pack's own file."""

    file: str


class Drawn(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """One line of a drawing: the feature, and for a feature of several lines which of them, in which direction."""

    feature: int
    part: int = 0
    reverse: bool = False
    sigma_m: float | None = None


class Entry(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """One asset of a pack, before its geometry is put together."""

    id: str
    name: str
    kind: Kind
    drawing: str = ""
    drawn: tuple[Drawn, ...] = ()
    vertices: tuple[tuple[float, float, str], ...] = ()
    """(lon, lat, key of the source it was read in)."""
    versions: tuple[AssetVersion, ...] = ()
    sigma_m: float = 1000.0
    long_sigma_m: float | None = None
    accuracy_method: str = ""
    source: str = ""
    aliases: tuple[str, ...] = ()
    part_of: str = ""
    system_name: str = ""
    status: Status = "unknown"
    visibility: str = "public"
    redundancy: float = 0.5
    consequence: float = 1.0
    why_weight: str = ""
    countries: tuple[str, ...] = ()
    owner: str = ""
    contact: str = ""
    notes: str = ""
    licence: str = ""
    attribution: str = ""


class Missing(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """An asset that is known to be there but not in the pack, and why."""

    name: str
    kind: Kind
    why: str


class Pack(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A pack as its file says it."""

    pack: str
    edition: int = 1
    title: str = ""
    about: str = ""
    sources: dict[str, Source] = {}
    drawings: dict[str, Drawing] = {}
    assets: tuple[Entry, ...] = ()
    missing: tuple[Missing, ...] = ()


def pack_names() -> list[str]:
    """Names of the packs that ship."""
    folder = resources.files("seawarden") / "data" / "packs"
    return sorted(item.name.removesuffix(".json") for item in folder.iterdir() if item.name.endswith(".json"))


def read_pack(name_or_path: str | Path = DEFAULT_PACK) -> Pack:
    """A pack's file by its name (shipped) or path, with what it misses.

    Raises:
        AssetError: there is no such pack, or the file is not one.
    """
    return _read(name_or_path)[0]


def load_pack(name_or_path: str | Path = DEFAULT_PACK) -> list[Asset]:
    """The assets of a pack, by the name of a shipped one or the path of a pack file.

    Raises:
        AssetError: there is no such pack, the file is not one, or an entry has no usable geometry.
    """
    pack, folder = _read(name_or_path)
    lines: dict[str, list[list[list[tuple[float, float]]]]] = {}
    for key, drawing in pack.drawings.items():
        lines[key] = _lines_of(_drawing_bytes(drawing.file, folder), drawing.file)
    return [_asset(pack, entry, lines) for entry in pack.assets]


def write_pack(assets: Sequence[Asset], path: str | Path, *, name: str = "", title: str = "") -> Path:
    """Write assets with their geometry as a pack file, and hand back its path.

    Raises:
        AssetError: the file can't be written.
    """
    target = Path(path)
    entries: list[dict[str, Any]] = []
    for asset in assets:
        versions = tuple(_writable(version) for version in asset.versions)
        entry: dict[str, Any] = msgspec.to_builtins(msgspec.structs.replace(asset, versions=versions))
        entries.append(entry)
    body = {"pack": name or target.stem, "title": title, "assets": entries}
    try:
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_bytes(msgspec.json.format(msgspec.json.encode(body), indent=1) + b"\n")
    except OSError as error:
        raise AssetError(f"{target}: can't be written ({error.strerror or error})") from error
    return target


def _writable(version: AssetVersion) -> AssetVersion:
    """Without depths where one is missing, for JSON has no number for that; they are read anew when it is loaded."""
    if all(math.isfinite(d) for part in version.depth_m for d in part):
        return version
    return msgspec.structs.replace(version, depth_m=(), depth_sigma_m=())


def looks_like_pack(path: Path) -> bool:
    """Whether a file is a pack rather than some other JSON."""
    if path.suffix.lower() != ".json" or not path.is_file():
        return False
    with path.open("rb") as handle:
        head = handle.read(400)
    return b'"pack"' in head and b'"FeatureCollection"' not in head


def _read(name_or_path: str | Path) -> tuple[Pack, Path | None]:
    if isinstance(name_or_path, str) and name_or_path in pack_names():
        raw = (resources.files("seawarden") / "data" / "packs" / f"{name_or_path}.json").read_bytes()
        return _decode(raw, name_or_path), None
    path = Path(name_or_path)
    if not path.is_file():
        known = ", ".join(pack_names())
        raise AssetError(f"'{name_or_path}' is neither a file nor a pack; the packs that ship are: {known}")
    try:
        raw = path.read_bytes()
    except OSError as error:
        raise AssetError(f"{path}: can't be read ({error.strerror or error})") from error
    return _decode(raw, str(path)), path.parent


def _decode(raw: bytes, what: str) -> Pack:
    try:
        return msgspec.json.decode(raw, type=Pack)
    except (msgspec.ValidationError, msgspec.DecodeError) as error:
        raise AssetError(f"{what}: not a pack of assets: {error}") from error


def _drawing_bytes(file: str, folder: Path | None) -> bytes:
    if folder is not None and (folder / file).is_file():
        return (folder / file).read_bytes()
    shipped = resources.files("seawarden") / "data" / file
    if "/" in file or not shipped.is_file():
        raise AssetError(f"the pack's drawing '{file}' lies neither beside the pack nor among the shipped data")
    return shipped.read_bytes()


def _lines_of(raw: bytes, file: str) -> list[list[list[tuple[float, float]]]]:
    try:
        features = msgspec.json.decode(raw)["features"]
        out = []
        for feature in features:
            shape = feature["geometry"]
            parts = [shape["coordinates"]] if shape["type"] == "LineString" else shape["coordinates"]
            out.append([[(float(p[0]), float(p[1])) for p in part] for part in parts])
    except (msgspec.DecodeError, KeyError, TypeError, IndexError, ValueError) as error:
        raise AssetError(f"{file}: not a GeoJSON collection of lines ({error})") from error
    return out


def _asset(pack: Pack, entry: Entry, lines: dict[str, list[list[list[tuple[float, float]]]]]) -> Asset:
    versions = entry.versions
    if not versions:
        parts, sigma = _typed(pack, entry) if entry.vertices else _traced(entry, lines)
        versions = (AssetVersion(parts=parts, sigma_m=sigma, accuracy_method=entry.accuracy_method),)
    read = pack.sources.get(entry.source)
    if entry.source and read is None and pack.sources:
        raise AssetError(f"pack '{pack.pack}', asset '{entry.id}': its source '{entry.source}' is not listed")
    notes = " ".join(text for text in (entry.why_weight, entry.notes) if text)
    return Asset(
        id=entry.id,
        name=entry.name,
        kind=entry.kind,
        versions=versions,
        aliases=entry.aliases,
        part_of=entry.part_of,
        system_name=entry.system_name,
        status=entry.status,
        visibility=entry.visibility,
        redundancy=entry.redundancy,
        consequence=entry.consequence,
        countries=entry.countries,
        owner=entry.owner,
        contact=entry.contact,
        source=read.title if read else entry.source,
        licence=entry.licence or (read.licence if read else ""),
        attribution=entry.attribution or (read.attribution if read else ""),
        notes=notes,
    )


Parts = tuple[tuple[tuple[float, float], ...], ...]
Sigmas = tuple[tuple[float, ...], ...]


def _typed(pack: Pack, entry: Entry) -> tuple[Parts, Sigmas]:
    for lon, lat, source in entry.vertices:
        if source not in pack.sources:
            raise AssetError(
                f"pack '{pack.pack}', asset '{entry.id}': the vertex at {lat}, {lon} names no listed source"
            )
    part = tuple((lon, lat) for lon, lat, _ in entry.vertices)
    long_sigma = entry.long_sigma_m if entry.long_sigma_m is not None else entry.sigma_m
    sigma = []
    for (lon1, lat1), (lon2, lat2) in pairwise(part):
        sigma.append(long_sigma if GEOD.inv(lon1, lat1, lon2, lat2)[2] > LONG_M else entry.sigma_m)
    return (part,), (tuple(sigma),)


def _traced(entry: Entry, lines: dict[str, list[list[list[tuple[float, float]]]]]) -> tuple[Parts, Sigmas]:
    """Put drawn lines together; lines that meet end to end become one part."""
    parts: list[list[tuple[float, float]]] = []
    sigmas: list[list[float]] = []
    for drawn in entry.drawn:
        try:
            part = list(lines[entry.drawing][drawn.feature][drawn.part])
        except (KeyError, IndexError) as error:
            raise AssetError(f"asset '{entry.id}': its drawing has no feature {drawn.feature}") from error
        if drawn.reverse:
            part.reverse()
        sigma = [drawn.sigma_m if drawn.sigma_m is not None else entry.sigma_m] * (len(part) - 1)
        if parts and parts[-1][-1] == part[0]:
            parts[-1].extend(part[1:])
            sigmas[-1].extend(sigma)
        else:
            parts.append(part)
            sigmas.append(sigma)
    if not parts:
        raise AssetError(f"asset '{entry.id}' has no geometry: give it versions, vertices or drawn lines")
    return tuple(tuple(part) for part in parts), tuple(tuple(sigma) for sigma in sigmas)
