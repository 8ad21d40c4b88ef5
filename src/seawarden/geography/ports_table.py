"""Ports and pilot boarding places: where ships slow, stop and anchor as a matter of course.

The shipped table holds 207 ports of the Baltic, the Kattegat, the Skagerrak and the North Sea (NGA, *World Port
Index*, Pub. 150, public domain: positions to a minute or so, hence radii of kilometres by the size of the harbour)
and the few pilot boarding places whose position was read in a public text. Users add their own in the same columns.
"""

from __future__ import annotations

import csv
from collections.abc import Iterable
from importlib import resources
from pathlib import Path
from typing import Final, Literal

import msgspec
import numpy as np

from seawarden.geodesy import distances_m
from seawarden.model.error import AssetError
from seawarden.model.position import F64, I32

PlaceKind = Literal["port", "pilot", "anchorage", "wind_farm", "dredging", "disposal", "platform"]
"""The last four come from a user's maps of zones."""
SOURCES: Final = {
    "wpi": "NGA World Port Index, Pub. 150 (public domain); radius by harbour size: large 7 km, medium 5, small 3.5",
    "kiel": "kiel-sailing-city.de and marine-pilots.com (2024): pilots are transferred at Kiel Lighthouse, "
    "54-30 N 10-16 E",
    "sta": "Swedish Transport Agency, Designated pilotage fairway information, Pilot Area Göteborg: boarding area "
    "Riksgränsen S between 58-57.95 N 11-04.35 E and 58-57.00 N 11-01.50 E",
}
"""What was read for each source named in the table."""


class Place(msgspec.Struct, frozen=True, kw_only=True):
    """One place and how far around it slow and stopped ships are normal."""

    kind: PlaceKind
    name: str
    country: str
    lat: float
    lon: float
    radius_m: float
    source: str = ""


class PlacesTable:
    """Places with fast answers to what is near."""

    def __init__(self, places: Iterable[Place]) -> None:
        self.places: list[Place] = list(places)
        self.lat: F64 = np.array([p.lat for p in self.places], dtype=np.float64)
        self.lon: F64 = np.array([p.lon for p in self.places], dtype=np.float64)
        self.radius_m: F64 = np.array([p.radius_m for p in self.places], dtype=np.float64)

    @classmethod
    def shipped(cls, extra: str | Path | None = None) -> PlacesTable:
        """The table that ships, and a user's own list behind it.

        Raises:
            AssetError: the user's list has a row that can't be read.
        """
        source = resources.files("seawarden") / "data" / "places.csv"
        places = _read(source.read_text(encoding="utf-8"), "places.csv")
        if extra is not None:
            path = Path(extra)
            if not path.is_file():
                raise AssetError(f"{path}: there is no such list of places")
            places += _read(path.read_text(encoding="utf-8-sig"), str(path))
        return cls(places)

    def nearest(self, lat: float, lon: float, kinds: tuple[PlaceKind, ...] = ()) -> tuple[int, float]:
        """Row of the nearest place and its distance, m; (-1, inf) when there is none of these kinds."""
        if not len(self.places) or not np.isfinite(lat + lon):
            return -1, float("inf")
        far = distances_m(np.full(len(self.lat), lat), np.full(len(self.lat), lon), self.lat, self.lon)
        if kinds:
            far = np.where([p.kind in kinds for p in self.places], far, np.inf)
        row = int(np.argmin(far))
        return (row, float(far[row])) if np.isfinite(far[row]) else (-1, float("inf"))

    def within(self, lat: F64, lon: F64) -> I32:
        """For each point, arrays (n,), the row of a place within whose radius it lies (the nearest), else -1."""
        out = np.full(len(lat), -1, dtype=np.int32)
        for k in range(len(lat)):
            far = distances_m(np.full(len(self.lat), lat[k]), np.full(len(self.lat), lon[k]), self.lat, self.lon)
            ratio = far / self.radius_m
            row = int(np.argmin(ratio)) if len(ratio) else -1
            if row >= 0 and ratio[row] <= 1.0:
                out[k] = row
        return out

    def at(self, lat: float, lon: float) -> Place | None:
        """The place within whose radius a point lies, or None."""
        row = int(self.within(np.array([lat]), np.array([lon]))[0])
        return self.places[row] if row >= 0 else None


def _read(text: str, file: str) -> list[Place]:
    places: list[Place] = []
    for number, row in enumerate(csv.DictReader(text.splitlines()), start=2):
        try:
            place = msgspec.convert(row, Place, strict=False)
        except msgspec.ValidationError as error:
            raise AssetError(
                f"{file}, row {number}: {error}; the columns are kind (port, pilot or anchorage), name, country, "
                "lat, lon, radius_m, source"
            ) from error
        if not (-90.0 <= place.lat <= 90.0 and -180.0 <= place.lon <= 180.0 and place.radius_m > 0.0):
            raise AssetError(f"{file}, row {number}: '{place.name}' has a position or radius out of range")
        places.append(place)
    return places
