"""Options that several commands share, and how their words are read."""

from __future__ import annotations

import re
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated, NamedTuple

import typer

from seawarden.model.moment import time

_KP = re.compile(r"^\s*(\d+(?:\.\d+)?)\s*(?:(?:\.\.|-|:)\s*(\d+(?:\.\d+)?))?\s*$")


def shown(t: int | None) -> str:
    """A time for a person, to the second, UTC; `-` when unknown."""
    return "-" if t is None else datetime.fromtimestamp(t / 1_000, UTC).strftime("%Y-%m-%d %H:%M:%SZ")


class KpRange(NamedTuple):
    """A stretch of an asset, km from its first vertex."""

    from_km: float
    to_km: float | None


def kp(text: str) -> KpRange:
    """`12.5` or `12.5..18`.

    Raises:
        ValueError: not a KP or two.
    """
    found = _KP.match(text)
    if found is None:
        raise ValueError(f"'{text}' is not a stretch of kilometre points: write 12.5..18")
    ends = sorted(float(end) for end in found.groups() if end is not None)
    return KpRange(ends[0], ends[1] if len(ends) > 1 else None)


SettingsFile = Annotated[
    Path | None,
    typer.Option("--settings", metavar="FILE", help="Settings in TOML; SEAWARDEN_SETTINGS names one as well."),
]
AssetsName = Annotated[
    str,
    typer.Option(
        "--assets", metavar="PATH|PACK", help="What to watch: a pack that ships, a pack file, or a file of routes."
    ),
]
RightsGroups = Annotated[
    list[str],
    typer.Option("--rights", metavar="GROUP", help="Show what this group may see; may be given several times."),
]
ColumnsMap = Annotated[
    list[str],
    typer.Option("--columns", metavar="FIELD=NAME,...", help="Which column of a table is which field."),
]
FromTime = Annotated[
    int | None, typer.Option("--from", parser=time, metavar="TIME", help="Leave out what is earlier (UTC).")
]
ToTime = Annotated[
    int | None, typer.Option("--to", parser=time, metavar="TIME", help="Leave out what is later (UTC).")
]
CoverageFile = Annotated[
    Path | None,
    typer.Option(
        "--coverage",
        metavar="FILE",
        help="GeoJSON polygons in which the sources hear ships; silence elsewhere is none.",
    ),
]
WeatherFiles = Annotated[
    list[Path],
    typer.Option(
        "--weather",
        metavar="FILE",
        help="Wind, waves and currents: JSON of a point, NetCDF or GRIB; may be given several times.",
    ),
]
ZonesFiles = Annotated[
    list[str],
    typer.Option(
        "--zones",
        metavar="[KIND=]FILE",
        help="Map of zones: ports, anchorages, lanes, wind farms, borders... GeoJSON, GeoPackage or Shapefile; "
        "repeatable.",
    ),
]
DepthsFile = Annotated[
    Path | None,
    typer.Option(
        "--depths",
        metavar="FILE",
        help="Depth grid for ships, NetCDF or GeoTIFF; the shipped one answers where it ends.",
    ),
]
DragModelFile = Annotated[
    Path | None,
    typer.Option(
        "--drag-model",
        metavar="FILE",
        help="A model of dragged anchors from `seawarden train drag`, in place of the shipped one.",
    ),
]
ForecastFile = Annotated[
    Path | None,
    typer.Option(
        "--forecast",
        metavar="FILE",
        help="A forecaster from `seawarden train forecast`, in place of the shipped one; it goes on learning.",
    ),
]
NormsFile = Annotated[
    Path | None,
    typer.Option("--norms", metavar="FILE", help="How ships pass here as a rule, from `seawarden train norms`."),
]
WorksFiles = Annotated[
    list[Path],
    typer.Option(
        "--works",
        metavar="FILE",
        help="Known works: a table (CSV, JSON, TOML) or the text of navigational warnings; repeatable.",
    ),
]
AsJson = Annotated[bool, typer.Option("--json", help="Print JSON alone on standard output.")]
Port = Annotated[
    int | None, typer.Option("--port", min=0, max=65_535, help="TCP port of the page; 0 takes a free one.")
]
ServerUrl = Annotated[
    str | None,
    typer.Option("--url", metavar="URL", help="The running watch; the usual port on this machine when left out."),
]
