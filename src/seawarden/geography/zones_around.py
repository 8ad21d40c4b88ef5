"""Zones of a user's maps taken into what is asked of places and of waters."""

from __future__ import annotations

import math
from typing import get_args

from seawarden.geography.ports_table import Place, PlaceKind, PlacesTable
from seawarden.geography.waters import TERRITORIAL_M, UNKNOWN, Shore, Waters
from seawarden.geography.zones import ZoneLayer
from seawarden.geography.zones_kinds import WATERS, WORKING


class ZonedPlaces(PlacesTable):
    """Places, and the zones in which slow and stopped ships are a matter of course."""

    def __init__(self, places: PlacesTable, zones: ZoneLayer) -> None:
        super().__init__(places.places)
        self.zones = zones

    def at(self, lat: float, lon: float) -> Place | None:
        """The smallest such zone in which a point lies, else the place within whose radius it lies, or None."""
        found = self.zones.at(lat, lon, tuple(WORKING))
        if not found:
            return super().at(lat, lon)
        zone = found[0]
        kind = next(kind for kind in get_args(PlaceKind) if kind == zone.kind)
        radius_m = math.sqrt(zone.area_km2 / math.pi) * 1000.0
        return Place(
            kind=kind, name=zone.name, country=zone.country, lat=lat, lon=lon, radius_m=radius_m,
            source=zone.source,
        )  # fmt: skip


class ZonedWaters(Waters):
    """Whose waters, by the boundaries of a user's map where it has them."""

    def __init__(self, waters: Waters, zones: ZoneLayer) -> None:
        super().__init__(waters._state, waters._off, waters._codes, waters._corner, waters._cell)
        self.zones = zones

    def waters_at(self, lat: float, lon: float) -> tuple[str, str]:
        """Territorial sea of the map, else by distance from the coast; beyond it the economic zone of the map."""
        found = self.zones.at(lat, lon, WATERS)
        for zone in found:
            if zone.kind == "territorial_sea":
                return zone.country or zone.name, "territorial sea"
        shore = super().shore(lat, lon)
        if shore.state and shore.distance_m <= TERRITORIAL_M:
            return shore.state, "territorial sea"
        if not found:
            return UNKNOWN
        # where claims overlap, the map's own name says so; no side is taken
        return (found[0].country or found[0].name) if len(found) == 1 else found[0].name, "EEZ"

    def shore(self, lat: float, lon: float) -> Shore:
        """The coast state, by the map's economic zone beyond the territorial sea."""
        near = super().shore(lat, lon)
        if near.state and near.distance_m <= TERRITORIAL_M:
            return near
        zone = next((z for z in self.zones.at(lat, lon, ("eez",)) if len(z.country) == 2), None)
        return Shore(zone.country, near.distance_m) if zone is not None else near
