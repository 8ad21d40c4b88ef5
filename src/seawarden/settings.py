"""Every number that the watch may be told, as one frozen tree; defaults are embedded here.

Each field states its unit in its name, its limits in its type and its reason in the sentence below it.
How a file and the environment override the defaults is in `seawarden.settings_load`.
"""

from __future__ import annotations

import hashlib
from typing import Annotated

import msgspec
from msgspec import Meta


class _Section(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A group of settings; an unknown name in it is an error, never ignored."""


class TimeSettings(_Section, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """How time runs: the tick, how long to wait for late records, how much past is kept at hand."""

    tick_ms: Annotated[int, Meta(ge=1_000, le=60_000, description="Length of the event-time grid")] = 10_000
    """A ship at 15 kn makes 77 m in 10 s: well under the error of most routes, and a person reacts in minutes."""
    lateness_s: Annotated[float, Meta(ge=0, le=3_600, description="How long a record may be behind its source")] = 60
    """Terrestrial networks deliver within seconds and thin to a minute; what is later takes the correction lane."""
    max_forward_jump_s: Annotated[float, Meta(ge=60, le=86_400, description="Largest believed step forward")] = 3_600
    """One record from a clock that runs hours ahead must not make every other record late."""
    history_h: Annotated[float, Meta(ge=1, le=168, description="Track kept per ship")] = 24
    """A declared fault is often known hours later; a day covers the usual delay between damage and report."""
    checkpoint_s: Annotated[float, Meta(ge=60, le=86_400, description="Event time between snapshots")] = 3_600
    """An hour of replay is repeated in seconds, so that resuming is quick and snapshots cost little."""
    idle_source_s: Annotated[float, Meta(ge=10, le=86_400, description="Silence that ends waiting for a feed")] = 300
    """A dead feed must not stop the clock for the living ones; five minutes outlast a reconnection."""


class TrackSettings(_Section, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What a ship can do, and when two positions are one ship's."""

    max_speed_kn: Annotated[float, Meta(ge=10, le=200, description="Fastest believed ship")] = 60
    """Fast ferries reach 45 kn; beyond 60 kn a step is a wrong position or a second ship on the number."""


class AssetSettings(_Section, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """How near is near."""

    corridor_m: Annotated[float, Meta(ge=50, le=9_260, description="Half width of the corridor along an asset")] = 926
    """Half a nautical mile: an anchor on a long chain lies several hundred metres behind the antenna."""


class CrossingSettings(_Section, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Crossings and closest approaches."""

    enabled: bool = True
    """Off leaves every later question about a fault without an answer."""


class SlowdownSettings(_Section, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Unexplained loss of speed before or over an asset."""

    enabled: bool = True
    """Off where another system already watches speed."""


class StoppingSettings(_Section, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Stops and anchoring over an asset."""

    enabled: bool = True
    """Off where a charted anchorage lies over the asset by agreement."""


class DriftingSettings(_Section, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Drifting towards or over an asset."""

    enabled: bool = True
    """Off where ships wait adrift by agreement."""


class AboutToAnchorSettings(_Section, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Signs that a ship is about to anchor on an asset."""

    enabled: bool = True
    """Off where a charted anchorage lies over the asset by agreement."""


class SilenceSettings(_Section, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A ship that falls silent near an asset inside declared coverage."""

    enabled: bool = True
    """Off where the coverage is too poor for silence to mean anything."""


class BehaviourSettings(_Section, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """One section a behaviour."""

    crossing: CrossingSettings = CrossingSettings()
    slowdown: SlowdownSettings = SlowdownSettings()
    stopping: StoppingSettings = StoppingSettings()
    drifting: DriftingSettings = DriftingSettings()
    about_to_anchor: AboutToAnchorSettings = AboutToAnchorSettings()
    silence: SilenceSettings = SilenceSettings()


class RiskSettings(_Section, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """From findings to a chance of damage."""

    horizon_min: Annotated[float, Meta(ge=10, le=720, description="How far ahead a risk looks")] = 120
    """A unit or a radio call needs time to work; beyond two hours a ship's way is anybody's guess."""


class AlertSettings(_Section, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What a watch floor can bear: alerts a ship-day, all kinds together. A rate never throttles a live alert."""

    look_per_ship_day: Annotated[float, Meta(gt=0, le=1, description="Allowed rate of `look`")] = 0.015
    """Three in a 12-hour watch on a desk of 400 ships: an officer still looks at each."""
    challenge_per_ship_day: Annotated[float, Meta(gt=0, le=1, description="Allowed rate of `challenge`")] = 0.0005
    """One radio call a day on 2,000 ships."""
    act_per_ship_day: Annotated[float, Meta(gt=0, le=1, description="Allowed rate of `act`")] = 0.000_02
    """One a month on 2,000 ships: a commander who is called in vain stops coming."""


class ServiceSettings(_Section, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """The page and its API. Nothing here changes a finding, so it is left out of the settings' hash."""

    host: str = "127.0.0.1"
    """Loopback alone: there are no accounts yet, so nobody else may reach it."""
    port: Annotated[int, Meta(ge=0, le=65_535, description="TCP port; 0 takes a free one")] = 8600
    """Free on most machines and easy to say."""
    max_age_s: Annotated[float, Meta(ge=60, le=86_400, description="Oldest position drawn on the map")] = 7_200
    """Thinned tracks have a frame every 22 minutes in the median; after two hours a dot is a memory."""


class Settings(_Section, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """The whole tree."""

    time: TimeSettings = TimeSettings()
    tracks: TrackSettings = TrackSettings()
    assets: AssetSettings = AssetSettings()
    behaviours: BehaviourSettings = BehaviourSettings()
    risk: RiskSettings = RiskSettings()
    alerts: AlertSettings = AlertSettings()
    service: ServiceSettings = ServiceSettings()


DEFAULTS = Settings()
"""The embedded defaults."""


def settings_hash(settings: Settings) -> str:
    """SHA-256 (hex) of the settings that can change a finding, as JSON with sorted keys; `service` is left out."""
    # through `convert`, so that a default written 60 and a given 60.0 are the same setting
    tree = msgspec.to_builtins(msgspec.convert(msgspec.to_builtins(settings), Settings))
    del tree["service"]
    return hashlib.sha256(msgspec.json.encode(tree, order="sorted")).hexdigest()
