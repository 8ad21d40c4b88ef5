"""What risk, alerts and incidents ask of the rooms beside them, as small protocols."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple, Protocol

from seawarden.geography.index import AssetIndex
from seawarden.model.asset import Asset
from seawarden.model.finding import AssetRef
from seawarden.surroundings.coverage import Coverage


class Layer(Protocol):
    """The compiled assets (`geography.layer.AssetLayer`)."""

    assets: list[Asset]
    index: AssetIndex
    hash: str

    def ref(self, row: int, kp_km: float | None = None, kp_sigma_km: float | None = None) -> AssetRef:
        """The asset as findings name it."""
        ...

    def row_of(self, name: str) -> int | None:
        """Row of an asset by its id, name or alias; None when it is unknown."""
        ...

    def length_km(self, row: int) -> float:
        """Length of an asset, km."""
        ...

    def position(self, row: int, kp_km: float) -> tuple[float, float]:
        """Latitude and longitude at a KP."""
        ...

    def depth_at(self, row: int, kp_km: float) -> tuple[float, float]:
        """Depth of water and its sigma at a KP, m; NaN where unknown."""
        ...


class WatersAt(Protocol):
    """Whose waters a position lies in."""

    def waters_at(self, lat: float, lon: float) -> tuple[str, str]:
        """Name and kind of the waters, e.g. `FI`, `territorial sea`; `unknown waters` where nothing is known."""
        ...


class Heard(Protocol):
    """Declared coverage and the pulse of the sources (`surroundings.coverage.CoverageBook`)."""

    compiled: Coverage

    def alive(self, start_t: int, end_t: int) -> bool:
        """Whether something was delivered in more than half of the minutes of a span."""
        ...


class Place(Protocol):
    """A port, pilot station or anchorage."""

    @property
    def kind(self) -> str:
        """`port`, `pilot` or `anchorage`."""
        ...

    @property
    def name(self) -> str:
        """Its name."""
        ...

    @property
    def lat(self) -> float:
        """Degrees."""
        ...

    @property
    def lon(self) -> float:
        """Degrees."""
        ...

    @property
    def radius_m(self) -> float:
        """How far around it slow ships are normal, m."""
        ...


class Places(Protocol):
    """Ports and pilot stations (`geography.ports_table.PlacesTable`)."""

    @property
    def places(self) -> Sequence[Place]:
        """All of them."""
        ...

    def nearest(self, lat: float, lon: float) -> tuple[int, float]:
        """Row of the nearest and its distance, m; (-1, inf) when there is none."""
        ...


class Contact(Protocol):
    """One desk that can be called."""

    @property
    def who(self) -> str:
        """Name of the desk."""
        ...

    @property
    def how(self) -> str:
        """Channel or number."""
        ...


class Directory(Protocol):
    """Whom to call for a position."""

    def call(self, lat: float, lon: float) -> Sequence[Contact]:
        """Desks in the order in which they should be called."""
        ...


class Fix(NamedTuple):
    """Where a ship is and how she moves, as last known."""

    t: int
    lat: float
    lon: float
    sog_kn: float
    cog_deg: float
    heading_deg: float
    nav_status: int
