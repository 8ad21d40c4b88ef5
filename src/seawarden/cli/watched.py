"""What a command watches: settings, assets, declared coverage, and the run over its sources."""

from __future__ import annotations

import os
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import msgspec

from seawarden.model.error import AssetError, SourceError, UsageError

if TYPE_CHECKING:
    from seawarden.model.asset import Asset
    from seawarden.model.event import CoverageDeclared, WeatherSample, WorksDeclared
    from seawarden.model.rights import Rights
    from seawarden.run.charts import Charts
    from seawarden.settings import Settings

DEFAULT_ASSETS = "northern-europe"


def settings_of(path: Path | None) -> Settings:
    """The settings in force.

    Raises:
        SettingsError: a setting is unknown, of the wrong type or out of its limits.
    """
    from seawarden.settings_load import load_settings

    return load_settings(path, os.environ)


def with_forecast(settings: Settings, file: Path | None) -> Settings:
    """The settings with a forecaster of the user's own, read once to see that it can be.

    Raises:
        StoreError: the file is missing or is no forecaster.
    """
    if file is None:
        return settings
    from seawarden.forecast.archive import load

    load(file)
    return msgspec.structs.replace(settings, forecast=msgspec.structs.replace(settings.forecast, file=str(file)))


def rights_of(groups: Sequence[str]) -> Rights:
    """The rights of whoever reads what comes out."""
    from seawarden.model.rights import Rights

    return Rights(frozenset(groups))


def assets_of(name: str) -> list[Asset]:
    """The assets that a name or path stands for: a pack that ships, a pack file, or any file of routes.

    Raises:
        AssetError: there is no such pack or file, it can't be read, or a feature of it must be mended first.
    """
    from seawarden.geography.pack import load_pack, looks_like_pack, pack_names

    path = Path(name)
    if name in pack_names() or not path.is_file() or looks_like_pack(path):
        return load_pack(name)
    from seawarden.geography.importing import import_assets

    read = import_assets(path)
    refused = [problem for problem in read.problems if problem.severity == "refused"]
    if refused or not read.assets:
        why = str(refused[0]) if refused else f"{name}: holds no line"
        more = f" (and {len(refused) - 1} more)" if len(refused) > 1 else ""
        raise AssetError(f"{why}{more}; `seawarden assets check {name}` explains all of it")
    return list(read.assets)


def columns_of(words: Sequence[str]) -> Mapping[str, str] | None:
    """The map of fields to columns; None when none was given.

    Raises:
        UsageError: not of the form field=name.
    """
    if not words:
        return None
    from seawarden.sources import parse_columns

    return parse_columns(",".join(words))


def charts_of(
    zones: Sequence[str] = (),
    norms: Path | None = None,
    depths: Path | None = None,
    assets: Sequence[Asset] = (),
    drag_model: Path | None = None,
) -> Charts:
    """Maps of zones, norms of past traffic, depths around the assets, and a model of drags.

    Raises:
        SeawardenError: one of them can't be read.
    """
    from seawarden.run.charts import charts_of as read

    return read(zones, norms, depths, assets, drag_model)


def coverage_of(path: Path | None, from_t: int | None = None) -> list[CoverageDeclared]:
    """Declared coverage from a GeoJSON file: polygons, each with an optional `source` in its properties.

    Args:
        path: the file; None gives no coverage.
        from_t: event time at which it is declared, ms; the beginning of time when None.

    Raises:
        UsageError: the file can't be read or holds no polygon.
    """
    from seawarden.model.event import CoverageDeclared

    if path is None:
        return []
    try:
        tree = msgspec.json.decode(path.read_bytes())
        features = tree["features"] if tree["type"] == "FeatureCollection" else [tree]
        declared: list[CoverageDeclared] = []
        for feature in features:
            shape = feature.get("geometry", feature)
            about = feature.get("properties") or {}
            rings = {"Polygon": [shape["coordinates"]], "MultiPolygon": shape["coordinates"]}[shape["type"]]
            for ring in rings:
                source = str(about.get("source", ""))
                declared.append(CoverageDeclared(t=from_t or 0, source=source, polygon=_ring(ring[0])))
    except OSError as error:
        raise UsageError(f"{path}: can't be read ({error.strerror or error})") from None
    except (msgspec.DecodeError, KeyError, TypeError, ValueError, IndexError, AttributeError):
        raise UsageError(f"{path}: holds no coverage: write GeoJSON polygons of longitude and latitude") from None
    if not declared:
        raise UsageError(f"{path}: holds no polygon")
    return declared


def _ring(points: Sequence[Sequence[float]]) -> tuple[tuple[float, float], ...]:
    """A ring of at least three places on the earth.

    Raises:
        ValueError: it is none.
    """
    ring = tuple((float(point[0]), float(point[1])) for point in points)
    numbers = all(isinstance(value, (int, float)) for point in points for value in point[:2])
    if not numbers or len(set(ring)) < 3 or any(abs(lon) > 180 or not abs(lat) <= 90 for lon, lat in ring):
        raise ValueError("no ring")
    return ring


def works_of(paths: Sequence[Path]) -> list[WorksDeclared]:
    """Declared works of all files; warnings that could not be used are told on standard error.

    Raises:
        SourceError: a file can't be read, or holds no works.
    """
    if not paths:
        return []
    from seawarden.cli.console import note
    from seawarden.surroundings.works import read_works

    found: list[WorksDeclared] = []
    for path in paths:
        works, unread = read_works(path)
        found += works
        for item in unread:
            note(f"{path.name}: {item.name} sounds like works, but {item.why}")
    return found


def weather_of(paths: Sequence[Path], assets: Sequence[Asset]) -> list[WeatherSample]:
    """All samples of the files near the assets, for a live watch: what lies ahead waits for its time.

    Raises:
        SourceError: a file can't be read.
    """
    if not paths:
        return []
    from seawarden.run.weather import area_of
    from seawarden.sources.weather import open_weather

    return list(open_weather(*paths, area=area_of(assets)))


def check_weather(paths: Sequence[Path]) -> None:
    """Every file of weather must be readable before a long run begins.

    Raises:
        SourceError: one is not.
    """
    if paths:
        from seawarden.sources.weather.door import check_weather as check

        check(paths)


def check_sources(sources: Sequence[str]) -> None:
    """Every path must be there before a long run begins.

    Raises:
        SourceError: one is not.
    """
    for name in sources:
        if "://" not in name and not any(letter in name for letter in "*?[") and not Path(name).exists():
            raise SourceError(f"{name}: there is no such file or folder")
