"""Reference systems that users' files name, and the way from them to WGS84 degrees (longitude, latitude)."""

from __future__ import annotations

from pathlib import Path
from typing import Any, Final

import numpy as np
import shapely
from pyproj import CRS, Transformer
from pyproj.exceptions import CRSError

from seawarden.model.error import AssetError

_WGS84: Final = CRS.from_epsg(4326)


def system_of(path: Path, said: Any, *, hint: str = "") -> CRS | None:
    """The system that a file names; None when its coordinates are WGS84 degrees already.

    Args:
        path: of the file, for what is said of it.
        said: what it names.
        hint: what to do when nobody knows that.

    Raises:
        AssetError: nobody knows it.
    """
    try:
        system = CRS.from_user_input(said)
    except CRSError as error:
        raise AssetError(f"{path}: its reference system '{said}' is unknown{hint} ({error})") from error
    return None if system.equals(_WGS84, ignore_axis_order=True) else system


def turn_from(system: CRS) -> Transformer:
    """What brings coordinates of a system to degrees, longitude first."""
    return Transformer.from_crs(system, _WGS84, always_xy=True)


def turned(shapes: Any, turn: Transformer) -> Any:
    """Shapes, one or an array of them, in degrees."""
    return shapely.transform(shapes, lambda xy: np.stack(turn.transform(xy[:, 0], xy[:, 1]), axis=1))
