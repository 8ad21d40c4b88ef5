"""Features of a WFS 2.0 server as GeoJSON, a page at a time, each page kept as it came."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any, Final
from urllib.parse import urlencode

from seawarden.model.error import SourceError
from seawarden.sources.fetch.box import Box
from seawarden.sources.fetch.public import PublicSource
from seawarden.sources.fetch.transfer import Fetched, Manner, download

PAGE: Final = 500
MOST_PAGES: Final = 400
KINDS: Final = ("application/json", "application/geo+json")


def fetch_features(
    layer: str,
    base: str,
    folder: Path,
    source: PublicSource,
    manner: Manner,
    *,
    box: Box | None = None,
    page: int = PAGE,
) -> list[Fetched]:
    """Every feature of a layer, or of an area of it.

    Args:
        layer: the server's name of it, e.g. `emodnet:pipelines`.
        base: address of the service.
        folder: pages are kept below it.
        source: whose they are.
        manner: how to ask.
        box: the area.
        page: features in a page.

    Raises:
        SourceError: the server refuses or answers something else, pages repeat, or the layer changed in between.
        StoreError: the disk can't be written.
    """
    got: list[Fetched] = []
    seen, matched, first = 0, None, None
    for number in range(MOST_PAGES):
        if number:
            manner.sleep(source.pause_s)
        asked = {
            "service": "WFS",
            "version": "2.0.0",
            "request": "GetFeature",
            "typeNames": layer,
            "outputFormat": "application/json",
            "srsName": "EPSG:4326",
            "count": str(page),
            "startIndex": str(seen),
        }
        if box is not None:
            asked["bbox"] = f"{box.south:g},{box.west:g},{box.north:g},{box.east:g},urn:ogc:def:crs:EPSG::4326"
        url = f"{base}?{urlencode(asked)}"
        part = "all" if box is None else box.slug
        target = folder / source.id / f"{layer.rpartition(':')[2]}_{part}_{number:03d}.json"
        fetched = download(url, target, source, manner, kinds=KINDS, check=_check)
        answer = json.loads(fetched.path.read_bytes())
        features = answer["features"]
        said = answer.get("numberMatched", answer.get("totalFeatures"))
        if number and said != matched:
            raise SourceError(f"{url}: the layer changed while it was read (had {matched}, now {said}); call again")
        if number and features and json.dumps(features[0], sort_keys=True) == first:
            raise SourceError(f"{url}: the server sends the first page again; it can't be read page by page")
        matched, first = said, json.dumps(features[0], sort_keys=True) if features and not number else first
        seen += len(features)
        got.append(fetched)
        whole = seen >= matched if isinstance(matched, int) else len(features) < page
        if whole:
            return got
        if not features:
            raise SourceError(f"{url}: the server promised {matched} features and sent {seen}; call again")
    raise SourceError(f"{base}: layer {layer} has more than {MOST_PAGES * page} features; ask for a smaller area")


def features_of(pages: list[Fetched]) -> list[dict[str, Any]]:
    """The features of pages that were kept, in order."""
    found: list[dict[str, Any]] = []
    for fetched in pages:
        found += json.loads(fetched.path.read_bytes())["features"]
    return found


def _check(path: Path) -> str:
    try:
        answer = json.loads(path.read_bytes())
    except (ValueError, OSError) as error:
        return f"no JSON ({error})"
    if not isinstance(answer, dict) or not isinstance(answer.get("features"), list):
        return "it is no collection of features"
    return "" if all(_is_feature(one) for one in answer["features"]) else "it holds what is no feature"


def _is_feature(one: Any) -> bool:
    return isinstance(one, dict) and all(isinstance(one.get(key) or {}, dict) for key in ("geometry", "properties"))
