"""An asset: one cable, link or pipe on the seabed, with how well its route is known."""

from __future__ import annotations

from typing import Literal

import msgspec

Kind = Literal["telecom_cable", "power_cable", "pipeline", "other"]
Status = Literal["in_service", "planned", "under_construction", "out_of_service", "unknown"]


class AssetVersion(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """One geometry of an asset and the time over which it holds."""

    version: int = 1
    parts: tuple[tuple[tuple[float, float], ...], ...]
    """Polylines of (lon, lat), WGS84 degrees; most assets have one part. KP runs on through the parts in order."""
    sigma_m: tuple[tuple[float, ...], ...]
    """Standard error of the route across its line, m, per segment of each part."""
    depth_m: tuple[tuple[float, ...], ...] = ()
    """Depth of water at each vertex, m, positive down; empty when not computed."""
    depth_sigma_m: tuple[tuple[float, ...], ...] = ()
    burial_m: tuple[tuple[float, ...], ...] = ()
    """Depth of burial per segment, m; empty when unknown."""
    cable_km: tuple[tuple[float, ...], ...] = ()
    """Cable distance at each vertex, km, where the owner's list gives it (slack = cable / route distance)."""
    valid_from: str = ""
    """ISO date from which this geometry holds; empty: always."""
    valid_to: str = ""
    accuracy_method: str = ""
    """How sigma was come by: `official route list`, `display route, typical offset measured`..."""


class Asset(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """A stretch of infrastructure that is watched as one; lines of one system share `part_of`."""

    id: str
    """Stable slug, e.g. `estlink-2`."""
    name: str
    kind: Kind
    versions: tuple[AssetVersion, ...]
    aliases: tuple[str, ...] = ()
    part_of: str = ""
    """Slug of the system; lines of one system raise one alert."""
    system_name: str = ""
    status: Status = "unknown"
    visibility: str = "public"
    """`public`, or the name of the group that may see it: a restricted route leaves the engine to nobody else."""
    redundancy: float = 0.5
    """Share of the service that lives on when this asset fails, 0..1."""
    consequence: float = 1.0
    """Weight of its loss relative to a main telecom cable = 1."""
    countries: tuple[str, ...] = ()
    owner: str = ""
    contact: str = ""
    """Whom to call, 24/7 desk."""
    source: str = ""
    licence: str = ""
    attribution: str = ""
    notes: str = ""

    @property
    def current(self) -> AssetVersion:
        """The newest geometry."""
        return self.versions[-1]

    @property
    def system(self) -> str:
        """The system's slug, or the asset's own id when it stands alone."""
        return self.part_of or self.id
