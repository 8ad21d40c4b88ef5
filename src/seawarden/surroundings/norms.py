"""Traffic norms: how ships pass a stretch of sea, learned from past traffic, so that the unusual can be told as such.

The unit is a passage: one ship's unbroken stay in one cell. Of each passage its mean speed, the sector of its course
and whether she stopped are counted by cell, season and class of ship. What is asked comes back with the number of
passages behind it; where there are too few, the question is widened in a fixed order: any season, any course, any
class, the cells around; and where even those are too few, nothing is said.
"""

from __future__ import annotations

import math
from pathlib import Path
from typing import Any, Final, NamedTuple, Protocol

import numpy as np
import numpy.typing as npt

from seawarden.model.error import AssetError
from seawarden.model.position import I32, I64

CELL_LAT_DEG: Final = 0.05
CELL_LON_DEG: Final = 0.1
"""About 5.5 km by 5.5 km at 57 degrees north."""
ANY: Final = 15
"""Season, class or sector: any."""
BIN_KN: Final = 0.5
BINS: Final = 60
"""Speeds to 30 kn; the last bin holds what is faster."""
LEAST: Final = 20
"""Passages from which a share is worth telling: its error is then some tenth."""
STOP_KN: Final = 0.7
FORM: Final = 1
UNKNOWN: Final = 0


class Usual(NamedTuple):
    """What past traffic says."""

    passages: int
    """Passages it rests on."""
    slower: float
    """Share of them that were as slow as this or slower; half of the same speed is counted."""
    stops: float
    """Share of them in which the ship stopped."""
    of: str
    """Whose passages, in words."""


class Taught(Protocol):
    """Whatever past traffic has taught."""

    def usual(self, lat: float, lon: float, t: int, ship_type: int, cog_deg: float, speed_kn: float) -> Usual | None:
        """What past traffic says of this speed, here, on this course; None where too little passed."""
        ...


def class_of(ship_type: int) -> int:
    """Class of a ship by her type, ITU-R M.1371-5, table 53.

    0 unknown, 1 fishing, 2 working craft, 3 passenger ships, 4 cargo ships, 5 tankers, 6 yachts, 7 navy.
    """
    if ship_type == 30:
        return 1
    if ship_type in (31, 32, 33, 34) or 50 <= ship_type <= 59:
        return 2
    if 40 <= ship_type <= 49 or 60 <= ship_type <= 69:
        return 3
    return {7: 4, 8: 5}.get(ship_type // 10, {35: 7, 36: 6, 37: 6}.get(ship_type, UNKNOWN))


def cell_key(lat: float, lon: float) -> int:
    """Number of the cell of a place."""
    row = math.floor((lat + 90.0) / CELL_LAT_DEG)
    col = math.floor(((lon + 180.0) % 360.0) / CELL_LON_DEG)
    return row * round(360.0 / CELL_LON_DEG) + col


def season_of(t: int) -> int:
    """Quarter of the year of an event time, ms: 0 for January to March."""
    month = np.datetime64(t, "ms").astype("datetime64[M]").astype(np.int64)
    return int(month % 12) // 3


def sector_of(cog_deg: float) -> int:
    """Which of eight sectors a course lies in, 0 about north; ANY for none."""
    return int((cog_deg + 22.5) % 360.0 // 45.0) if cog_deg == cog_deg else ANY


def key_of(cell: int, season: int, kind: int, sector: int) -> int:
    """Number of a group of passages."""
    return ((cell * 16 + season) * 16 + kind) * 16 + sector


class Norms:
    """Learned norms."""

    def __init__(self, keys: I64, speeds: npt.NDArray[np.uint32], stops: I32, card: dict[str, Any]) -> None:
        order = np.argsort(keys, kind="stable")
        self.keys, self.speeds, self.stops = keys[order], speeds[order], stops[order]
        self.card = card
        """What it was learned from."""
        self._rows = {int(key): row for row, key in enumerate(self.keys.tolist())}

    def usual(self, lat: float, lon: float, t: int, ship_type: int, cog_deg: float, speed_kn: float) -> Usual | None:
        """What past traffic says of this speed, here, on this course; None where too little passed.

        Args:
            lat: degrees.
            lon: degrees.
            t: event time, ms.
            ship_type: her type, 0 unknown.
            cog_deg: course, NaN for any.
            speed_kn: her speed.
        """
        if not (math.isfinite(lat) and math.isfinite(lon) and math.isfinite(speed_kn)):
            return None
        cells, around = [cell_key(lat, lon)], self._around(lat, lon)
        season, kind, sector = season_of(t), class_of(ship_type), sector_of(cog_deg)
        named = "ships of her class" if kind != UNKNOWN else "ships of unknown class"
        tries = (
            (cells, season, kind, sector, f"{named} on her course at this season"),
            (cells, ANY, kind, sector, f"{named} on her course"),
            (cells, ANY, kind, ANY, named),
            (around, ANY, kind, ANY, f"{named} around here"),
            (cells, ANY, ANY, ANY, "ships"),
            (around, ANY, ANY, ANY, "ships around here"),
        )
        for where, s, k, c, words in tries:
            rows = [self._rows[key] for cell in where if (key := key_of(cell, s, k, c)) in self._rows]
            counts = self.speeds[rows].sum(0) if rows else np.zeros(BINS, dtype=np.uint64)
            n = int(counts.sum())
            if n >= LEAST:
                at = min(int(max(speed_kn, 0.0) / BIN_KN), BINS - 1)
                slower = (float(counts[:at].sum()) + 0.5 * float(counts[at])) / n
                return Usual(n, slower, int(self.stops[rows].sum()) / n, words)
        return None

    def _around(self, lat: float, lon: float) -> list[int]:
        return sorted(
            {
                cell_key(lat + dy * CELL_LAT_DEG, lon + dx * CELL_LON_DEG)
                for dy in (-1, 0, 1)
                for dx in (-1, 0, 1)
                if abs(lat + dy * CELL_LAT_DEG) < 90.0
            }
        )

    def save(self, path: Path) -> None:
        """Write to one `.npz` file.

        Raises:
            AssetError: it can't be written.
        """
        card = np.array([f"{name}={value}" for name, value in sorted(self.card.items())])
        try:
            with path.open("wb") as file:
                np.savez_compressed(
                    file, form=np.array(FORM), keys=self.keys, speeds=self.speeds, stops=self.stops, card=card
                )
        except OSError as error:
            raise AssetError(f"{path}: can't be written ({error.strerror or error})") from error

    @classmethod
    def load(cls, path: Path) -> Norms:
        """Read what `save` wrote.

        Raises:
            AssetError: not such a file.
        """
        try:
            with np.load(path, allow_pickle=False) as held:
                if int(held["form"]) != FORM:
                    raise AssetError(f"{path}: norms of another form ({held['form']}); learn them anew")
                card = dict(str(line).partition("=")[::2] for line in held["card"])
                return cls(held["keys"], held["speeds"], held["stops"], dict(card))
        except (OSError, ValueError, KeyError, EOFError) as error:
            raise AssetError(f"{path}: no norms; make them with `seawarden train norms` ({error})") from error
