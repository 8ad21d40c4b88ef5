"""Fetched lines into a pack, through the same door as an owner's file, so that every problem is told."""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any, NamedTuple

from seawarden.geography.importing import Problem, import_assets
from seawarden.geography.pack import write_pack
from seawarden.model.asset import Asset
from seawarden.model.error import AssetError


class Converted(NamedTuple):
    """A pack that was written."""

    pack: Path
    lines: Path
    """The GeoJSON that it was made from, for a map program."""
    assets: tuple[Asset, ...]
    problems: tuple[Problem, ...]


def pack_of_lines(
    features: Sequence[dict[str, Any]],
    out: Path,
    *,
    title: str,
    sigma_m: float,
    licence: str,
    attribution: str,
    valid_from: str = "",
) -> Converted:
    """Write `out` as a pack, and the lines beside it as GeoJSON.

    Args:
        features: GeoJSON features of lines with `id`, `name`, `kind` and `status`.
        out: the pack file.
        title: what it is.
        sigma_m: error of the routes across, m.
        licence: its terms.
        attribution: how to name the source.
        valid_from: ISO day of the download.

    Raises:
        AssetError: there is no line that can be taken, or a file can't be written.
    """
    if not features:
        raise AssetError(f"{out.name}: nothing to write: there is no undersea line in what was fetched")
    lines = out.with_suffix(".geojson")
    try:
        out.parent.mkdir(parents=True, exist_ok=True)
        collection = {"type": "FeatureCollection", "features": list(features), "attribution": attribution}
        lines.write_text(json.dumps(collection, ensure_ascii=False))
    except OSError as error:
        raise AssetError(f"{lines}: can't be written ({error.strerror or error})") from error
    read = import_assets(
        lines, sigma_m=sigma_m, source=title, licence=licence, attribution=attribution, valid_from=valid_from
    )
    if not read.assets:
        told = f": {read.problems[0]}" if read.problems else ""
        raise AssetError(f"{lines.name}: none of {len(features)} lines can be taken{told}")
    write_pack(read.assets, out, title=title)
    return Converted(out, lines, read.assets, read.problems)
