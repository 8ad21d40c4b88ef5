"""The summary of a run: what was read, what was found, and the digest that tells two runs equal."""

from __future__ import annotations

import msgspec

from seawarden.model.depth import DepthSource
from seawarden.model.drag_model import DragModelSource
from seawarden.model.sight import HoursSeen


class FeedSummary(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """What came from one source."""

    source: str
    records: int
    """Records read, rejected ones included."""
    positions: int
    rejected: int = 0
    first_t: int | None = None
    """ms."""
    last_t: int | None = None


class Summary(msgspec.Struct, frozen=True, kw_only=True):
    """The content of `summary.json`."""

    version: str
    """Version of the code."""
    settings_hash: str
    assets_hash: str = ""
    records: int
    """Records read, rejected ones included."""
    rejected: dict[str, int]
    """Rejected records by reason."""
    notes: dict[str, int] = {}
    """Records that are no ship's position and no loss: other message types, stations, parts, static reports."""
    positions: int
    """Positions that entered the engine."""
    late: int = 0
    """Positions that came behind the release horizon and took the correction lane."""
    duplicates: int = 0
    """Positions heard by more than one receiver and merged."""
    doubted: dict[str, int] = {}
    """Positions flagged, by doubt; a flagged position is kept."""
    ships: int
    tracks: int = 0
    ship_days: float
    """Sum over ships of the time under watch, in units of 24 h."""
    from_t: int | None
    """First event time, ms; None when no position was read."""
    to_t: int | None
    assets: int = 0
    findings: dict[str, int]
    """Findings by kind, retracted ones left out."""
    retracted: int = 0
    """Findings that were taken back."""
    alerts: dict[str, int]
    """Alerts by the highest tier that each reached."""
    faults: int = 0
    watched: dict[str, float] = {}
    """Share of the assets' length times the run's time in each watch state; empty where a reader may not see all."""
    seen: HoursSeen | None = None
    """How well a dragged anchor would have been seen on the ships under way near assets, looked at every full hour;
    None where nothing looked for one, where the model does not say it, or where a reader may not see all assets."""
    positions_per_s: float | None = None
    """Rate of the run on this machine, from opening the sources to the digest; loading the program and its compiled
    code is left out. The one value that differs from run to run."""
    digest: str
    """Canonical digest of findings and alerts."""
    depths: tuple[DepthSource, ...] = ()
    """Grids that the depth under ships came from, the first asked first."""
    drag_model: DragModelSource | None = None
    """The model that looked for drags; None where nothing did."""
    feeds: tuple[FeedSummary, ...] = ()
    attribution: tuple[str, ...] = ()
    """Whose data this is; must be shown with it."""
    cannot_see: tuple[str, ...] = ()
    """What this run was blind to, in sentences."""
    simulated: bool = False
    """True when any ship in it does not exist."""
    canaries: int = 0
    """Simulated drags that passed the whole chain beside the run, one at every full hour of event time."""
    canaries_missed: int = 0
    """Those of them that were not found."""
    not_watching: tuple[str, ...] = ()
    """Why nobody watched at the end, in sentences; empty while the last canary was found."""
