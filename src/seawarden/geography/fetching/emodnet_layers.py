"""The layers of EMODnet Human Activities that hold cables and pipelines, and what each column says."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, Final

from seawarden.model.asset import Kind

LAYERS: Final[dict[str, Kind]] = {
    "emodnet:pipelines": "pipeline",
    "emodnet:pcablesbshcontis": "power_cable",
    "emodnet:pcablesnve": "power_cable",
    "emodnet:bshcontiscables": "telecom_cable",
    "emodnet:sigcables": "telecom_cable",
}
"""Names of the WFS: actual routes; the schematic ones are left out."""
SIGMA_M: Final = 500.0
"""The layers gather national charts without a stated accuracy: taken as display routes."""


def asset_lines(features: Iterable[dict[str, Any]], kind: Kind, layer: str) -> list[dict[str, Any]]:
    """The lines among a layer's features, with the properties that the import of assets reads."""
    short = layer.rpartition(":")[2]
    found = []
    for number, feature in enumerate(features, start=1):
        shape = feature.get("geometry") or {}
        if shape.get("type") not in ("LineString", "MultiLineString"):
            continue
        said = {str(key).lower(): value for key, value in (feature.get("properties") or {}).items()}
        name = next(
            (str(said[key]).strip() for key in ("name", "objnam", "title", "pipeline_n") if said.get(key)), ""
        )
        properties = {
            "id": str(feature.get("id") or f"{short}.{number}"),
            "name": name or f"{short} {number}",
            "kind": kind,
            "status": str(said.get("status") or said.get("status_en") or ""),
        }
        found.append({"type": "Feature", "properties": properties, "geometry": shape})
    return found
