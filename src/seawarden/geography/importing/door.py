"""One door for every form: `import_assets` reads a file, cleans it, and hands over assets and what is wrong."""

from __future__ import annotations

import math
from collections.abc import Sequence
from pathlib import Path
from typing import Final

import msgspec

from seawarden.geography.importing import tables, vector
from seawarden.geography.importing.checks import doubt, mend
from seawarden.geography.importing.problem import Problem
from seawarden.geography.importing.raw import RawLine, Read, slug_of
from seawarden.geography.land import LandMask
from seawarden.geography.pack import load_pack, looks_like_pack
from seawarden.model.asset import Asset, AssetVersion, Kind
from seawarden.model.error import AssetError

FORMS: Final = (*vector.SUFFIXES, *tables.SUFFIXES)


class ImportResult(msgspec.Struct, frozen=True, kw_only=True):
    """What a file gave."""

    assets: tuple[Asset, ...]
    problems: tuple[Problem, ...]
    form: str = ""


def import_assets(
    path: str | Path,
    *,
    kind: Kind | None = None,
    visibility: str = "public",
    sigma_m: float | None = None,
    name: str | None = None,
    source: str | None = None,
    licence: str = "",
    attribution: str = "",
    crs: str | None = None,
    swap_axes: bool = False,
    valid_from: str = "",
    land: LandMask | None = None,
) -> ImportResult:
    """Assets of an owner's file, in any of the forms, with every problem explained.

    Args:
        path: GeoJSON, GeoPackage, Shapefile, KML or KMZ, TeleGeography's JSON, an S-57 cell (`.000`), points or a
            route position list as CSV or spreadsheet, or a pack.
        kind: the kind where the file does not tell.
        visibility: `public`, or the group that alone may see these assets.
        sigma_m: standard error of the routes, m, where the file states none.
        name: a name for the one line of the file, or a prefix for nameless ones.
        source: where the routes come from; the file's name by default.
        licence: terms of the routes.
        attribution: how to name their source.
        crs: reference system, when the file names none.
        swap_axes: take the first coordinate for latitude.
        valid_from: ISO date from which the geometry holds.
        land: a land grid to check against; the shipped one by default.

    Raises:
        AssetError: the file can't be read at all.
    """
    file = Path(path)
    if not file.is_file():
        raise AssetError(f"{file}: there is no such file of assets")
    if looks_like_pack(file):
        return ImportResult(assets=tuple(load_pack(file)), problems=(), form="pack")
    problems: list[Problem] = []
    read = _read(file, problems, crs)
    mask = land if land is not None else LandMask.shipped()
    if not mask.known:
        text = "could not be checked against land: the base map is not built (./run setup)"
        problems.append(Problem(severity="doubtful", what="no_land", text=text, file=file.name))
    taken: list[RawLine] = []
    for line in read.lines:
        if mend(line, file.name, problems, swap_axes=swap_axes):
            doubt(line, file.name, problems, mask)
            taken.append(line)
    _alike(taken, file.name, problems)
    used: set[str] = set()
    assets = []
    for number, line in enumerate(taken, start=1):
        title = (name if name and len(taken) == 1 else line.name) or f"{name or file.stem} {number}".strip()
        assets.append(
            _asset(
                line,
                read,
                title,
                used,
                kind,
                sigma_m,
                visibility,
                source or file.name,
                valid_from,
                licence,
                attribution,
            )
        )
        _say_what_is_assumed(line, assets[-1], kind, sigma_m, read, file.name, problems)
    return ImportResult(assets=tuple(assets), problems=tuple(problems), form=read.form)


def _read(file: Path, problems: list[Problem], crs: str | None) -> Read:
    suffix = file.suffix.lower()
    if suffix in vector.SUFFIXES:
        return vector.read_vector(file, problems, crs=crs)
    if suffix in tables.SUFFIXES:
        return tables.read_table(file, problems)
    raise AssetError(f"{file}: the form '{suffix}' is not read; give one of {', '.join(FORMS)}")


def _asset(
    line: RawLine,
    read: Read,
    title: str,
    used: set[str],
    kind: Kind | None,
    sigma_m: float | None,
    visibility: str,
    source: str,
    valid_from: str,
    licence: str,
    attribution: str,
) -> Asset:
    base = slug_of(line.id or title) or "asset"
    slug, n = base, 2
    while slug in used:
        slug, n = f"{base}-{n}", n + 1
    used.add(slug)
    sigma = line.sigma_m if line.sigma_m is not None else sigma_m if sigma_m is not None else read.sigma_m
    method = line.sigma_method or ("stated at import" if sigma_m is not None else read.sigma_method)
    cable = tuple(tuple(marks) for marks in line.cable_km)
    if any(not math.isfinite(v) for marks in cable for v in marks):
        cable = ()
    burial = tuple(tuple(0.0 if math.isnan(b) else b for b in part) for part in line.burial_m)
    version = AssetVersion(
        parts=tuple(tuple(part) for part in line.parts),
        sigma_m=tuple((float(sigma),) * (len(part) - 1) for part in line.parts),
        burial_m=burial,
        cable_km=cable,
        valid_from=valid_from,
        accuracy_method=method,
    )
    return Asset(
        id=slug,
        name=title,
        kind=line.kind or kind or "other",
        versions=(version,),
        status=line.status,
        visibility=visibility,
        source=source,
        licence=licence,
        attribution=attribution,
        notes=line.notes,
    )


def _say_what_is_assumed(
    line: RawLine,
    asset: Asset,
    kind: Kind | None,
    sigma_m: float | None,
    read: Read,
    file: str,
    problems: list[Problem],
) -> None:
    if line.kind is None and kind is None:
        text = "does not say what it is and was taken as `other`; name its kind with --kind"
        problems.append(Problem(severity="doubtful", what="unknown_kind", text=text, file=file, feature=line.label))
    if line.sigma_m is None and sigma_m is None and read.form in ("map file", "points"):
        text = f"states no accuracy and was given {asset.current.sigma_m[0][0]:.0f} m; name it with --sigma"
        problems.append(Problem(severity="doubtful", what="unknown_sigma", text=text, file=file, feature=line.label))
    if any(not math.isfinite(v) for marks in line.cable_km for v in marks):
        text = "has cable distance at some vertices only, which was left out; fill the column or leave it away"
        problems.append(Problem(severity="doubtful", what="gaps_in_cable", text=text, file=file, feature=line.label))


def _alike(lines: Sequence[RawLine], file: str, problems: list[Problem]) -> None:
    seen: dict[tuple[tuple[tuple[float, float], ...], ...], str] = {}
    for line in lines:
        key = tuple(tuple((round(x, 6), round(y, 6)) for x, y in part) for part in line.parts)
        if key in seen:
            text = f"has the same way as feature {seen[key]}; every finding near it would be made twice"
            problems.append(Problem(severity="doubtful", what="same_line", text=text, file=file, feature=line.label))
        seen.setdefault(key, line.label)


def check_assets(assets: Sequence[Asset], *, land: LandMask | None = None) -> list[Problem]:
    """What is wrong or looks wrong about assets at hand, whatever they came from."""
    mask = land if land is not None else LandMask.shipped()
    problems: list[Problem] = []
    ids: set[str] = set()
    lines = []
    for asset in assets:
        if asset.id in ids:
            text = f"shares the id '{asset.id}' with another asset; give it an id of its own"
            problems.append(Problem(severity="refused", what="same_id", text=text, feature=asset.name))
        ids.add(asset.id)
        version = asset.current
        line = RawLine(
            label=f"'{asset.id}'",
            parts=[list(part) for part in version.parts],
            cable_km=[list(marks) for marks in version.cable_km],
            burial_m=[list(part) for part in version.burial_m],
        )
        if mend(line, "", problems):
            doubt(line, "", problems, mask)
            lines.append(line)
        if any(s <= 0.0 or not math.isfinite(s) for part in version.sigma_m for s in part):
            text = "has a sigma that is not above zero; every route has an error"
            problems.append(Problem(severity="refused", what="bad_sigma", text=text, feature=f"'{asset.id}'"))
    _alike(lines, "", problems)
    return problems
