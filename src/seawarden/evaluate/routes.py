"""Assets as GeoJSON lines, for suites that read routes from a file."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from seawarden.model.asset import Asset


def routes_of(assets: Sequence[Asset]) -> dict[str, Any]:
    """A FeatureCollection with one MultiLineString an asset, of its newest version; id and name in its properties."""
    return {
        "type": "FeatureCollection",
        "features": [
            {
                "type": "Feature",
                "properties": {"id": asset.id, "name": asset.name},
                "geometry": {"type": "MultiLineString", "coordinates": asset.current.parts},
            }
            for asset in assets
        ],
    }
