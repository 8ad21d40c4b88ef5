"""An area of longitudes and latitudes, as a person writes it."""

from __future__ import annotations

from typing import NamedTuple


class Box(NamedTuple):
    """Degrees, in the order of GeoJSON."""

    west: float
    south: float
    east: float
    north: float

    def __str__(self) -> str:
        return ",".join(f"{value:g}" for value in self)

    @property
    def slug(self) -> str:
        """For names of files: `w9.5_s53_e30_n66`, south and west of zero as `m`."""
        marked = zip("wsen", self, strict=True)
        return "_".join(f"{letter}{value:g}".replace("-", "m") for letter, value in marked)


def box_of(text: str) -> Box:
    """`WEST,SOUTH,EAST,NORTH` in degrees.

    Raises:
        ValueError: not four numbers, out of range, or turned round; the sentence says which.
    """
    try:
        west, south, east, north = (float(part) for part in text.split(","))
    except ValueError:
        raise ValueError(f"'{text}' is not an area: write WEST,SOUTH,EAST,NORTH in degrees, as 9,53,30,66") from None
    if not (-90 <= south < north <= 90):
        raise ValueError(f"'{text}': south must lie below north, both within -90 and 90")
    if not (-180 <= west < east <= 180):
        raise ValueError(f"'{text}': west must lie left of east, both within -180 and 180; cut at the antimeridian")
    return Box(west, south, east, north)
