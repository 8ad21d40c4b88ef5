"""Every number that the watch may be told, as one frozen tree; defaults are embedded here.

Each field states its unit in its name, its limits in its type and its reason in the sentence below it.
How a file and the environment override the defaults is in `seawarden.settings_load`.
"""

from __future__ import annotations

import hashlib
from typing import Annotated

import msgspec
from msgspec import Meta

from seawarden.settings_coverage import CoverageSettings, DarkSettings, OutageSettings
from seawarden.settings_drag import DragSettings
from seawarden.settings_feeds import FeedSettings, LiveSettings
from seawarden.settings_forecast import ForecastSettings
from seawarden.settings_integrity import IntegritySettings
from seawarden.settings_notify import NotifySettings
from seawarden.settings_patterns import (
    AlongSettings,
    DraggingSettings,
    MeetingSettings,
    RepeatSettings,
    ToAndFroSettings,
    TrawlingSettings,
)
from seawarden.settings_risk import AlertSettings, IncidentSettings, RiskSettings


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
    duplicate_s: Annotated[float, Meta(ge=0, le=30, description="Span in which equal reports are one")] = 8
    """Receivers deliver copies within seconds; a ship at anchor repeats herself every three minutes only."""
    confirm_fixes: Annotated[int, Meta(ge=2, le=20, description="Fixes that make a second track believed")] = 3
    """One wild fix is noise, two may be its echo; three that hold together are a ship."""
    frozen_fixes: Annotated[int, Meta(ge=2, le=1_000, description="Equal places in a row while making way")] = 5
    """AIS resolves 0.2 m; a moving ship never reports one place five times."""
    frozen_s: Annotated[float, Meta(ge=10, le=86_400, description="Least duration of a frozen position")] = 60
    """Copies and stutters end within seconds."""
    mismatch_kn: Annotated[float, Meta(ge=1, le=60, description="Doubted difference of step and SOG")] = 10
    """Half as much happens with turning ships and coarse clocks."""
    sudden_kn: Annotated[float, Meta(ge=1, le=60, description="Least change of SOG that her way must bear out")] = 4
    """Wrong speeds are mostly wrong by a digit; less than 4 kn is what whole knots and short turns make of one."""
    brake_ms2: Annotated[float, Meta(ge=0.005, le=5, description="Hardest believed loss of speed, m/s2")] = 0.03
    """IMO MSC.137(76) asks for a stop within 15 lengths: 0.01-0.02. Boats brake harder; believed one report on."""
    gather_ms2: Annotated[float, Meta(ge=0.005, le=5, description="Hardest believed gain of speed, m/s2")] = 0.2
    """Ships gather way slower than they lose it, but small craft leap, and a false gain does less harm."""
    shared_s: Annotated[float, Meta(ge=60, le=86_400, description="Span in which two tracks share an MMSI")] = 1_800
    """Heard within half an hour at two places that no ship joins: two transmitters on one number."""
    land_tolerance_m: Annotated[
        float, Meta(ge=0, le=20_000, description="Inside the coast by this much is on land")
    ] = 1_500
    """The shipped coast is drawn to about a kilometre, and quays are drawn as land."""


class AssetSettings(_Section, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """How near is near."""

    corridor_m: Annotated[float, Meta(ge=50, le=9_260, description="Half width of the corridor along an asset")] = 926
    """Half a nautical mile: an anchor on a long chain lies several hundred metres behind the antenna."""


class CrossingSettings(_Section, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Crossings and closest approaches."""

    enabled: bool = True
    """Off leaves every later question about a fault without an answer."""
    max_leg_s: Annotated[float, Meta(ge=60, le=86_400, description="Longest gap joined by a straight way")] = 21_600
    """Thinned tracks hold frames hours apart on straight legs; after six hours nobody knows where she was."""
    after_s: Annotated[float, Meta(ge=60, le=7_200, description="Span of the speeds before and after")] = 900
    """A quarter of an hour smooths waves and shows a loss that settles in 3-10 min."""


class SlowdownSettings(_Section, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Unexplained loss of speed before or over an asset."""

    enabled: bool = True
    """Off where another system already watches speed."""
    least_expected_kn: Annotated[float, Meta(ge=0, le=30, description="Slowest ship it is asked of")] = 5
    """Below it a ship fishes, tows, waits or manoeuvres, and her speed says nothing."""
    least_loss: Annotated[float, Meta(gt=0, lt=1, description="Least share of the expected speed lost")] = 0.12
    """Published drags lost 5-30 %; below an eighth, waves and fouling look the same without more evidence."""
    least_loss_kn: Annotated[float, Meta(gt=0, le=10, description="Least speed lost")] = 0.8
    """Ships hold their speed to some tenths of a knot; less is not seen against the 0.1 kn steps of SOG."""
    least_sigmas: Annotated[float, Meta(ge=0, le=20, description="Loss in errors of the expectation")] = 3
    """An unsteady ship must lose more before it means anything."""
    sustain_s: Annotated[float, Meta(ge=30, le=7_200, description="How long the loss must last")] = 240
    """The shortest published dip lasted 5 min; a large loss settles within 3-10 min."""
    least_fixes: Annotated[int, Meta(ge=2, le=100, description="Reports that must show it")] = 4
    """Two slow reports are a glitch."""
    reach_m: Annotated[float, Meta(ge=100, le=9_200, description="How near an asset it must be")] = 5_000
    """A quarter of an hour's way at 11 kn: a loss farther off gives time to look again."""
    gap_s: Annotated[float, Meta(ge=60, le=7_200, description="Gap between reports that ends it")] = 900
    """What a ship did while unheard can't be called a sustained loss."""
    revision_step: Annotated[float, Meta(gt=0, lt=1, description="Deepening that is worth a revision")] = 0.05
    """Finer steps would flood the record without changing what a person does."""
    turn_deg: Annotated[float, Meta(ge=5, le=180, description="Turn that explains a loss of speed")] = 30
    """A ship loses speed in a hard turn and slows for a fairway bend."""


class StoppingSettings(_Section, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Stops and anchoring over an asset."""

    enabled: bool = True
    """Off where a charted anchorage lies over the asset by agreement."""
    still_kn: Annotated[float, Meta(gt=0, le=3, description="Fastest that is stopped")] = 0.7
    """A ship swinging at anchor moves at some tenths of a knot."""
    moving_kn: Annotated[float, Meta(gt=0, le=5, description="Slowest that is moving again")] = 1.5
    """Well above swinging, so that a gust does not end the stop."""
    sustain_s: Annotated[float, Meta(ge=60, le=86_400, description="How long she must lie still")] = 600
    """Ten minutes outlast a manoeuvre and a pilot ladder."""


class DriftingSettings(_Section, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Drifting towards or over an asset."""

    enabled: bool = True
    """Off where ships wait adrift by agreement."""
    least_kn: Annotated[float, Meta(ge=0, le=5, description="Slowest drift")] = 1.0
    """Danish Maritime Authority, AisAbnormal: below it a ship swings."""
    most_kn: Annotated[float, Meta(gt=0, le=10, description="Fastest drift")] = 5.0
    """Danish Maritime Authority, AisAbnormal."""
    least_angle_deg: Annotated[float, Meta(ge=10, le=180, description="Least angle of COG and heading")] = 45
    """Danish Maritime Authority, AisAbnormal."""
    sustain_s: Annotated[float, Meta(ge=60, le=86_400, description="How long it must last")] = 600
    """Danish Maritime Authority, AisAbnormal."""
    least_way_m: Annotated[float, Meta(ge=0, le=20_000, description="Least distance made")] = 500
    """Danish Maritime Authority, AisAbnormal."""
    slow_kn: Annotated[float, Meta(ge=0, le=5, description="Slowest drift that goes on for long")] = 0.3
    """In a light wind a ship drifts at some tenths of a knot; half a knot is a mile in two hours."""
    slow_s: Annotated[float, Meta(ge=600, le=86_400, description="How long a drift below least_kn must last")] = 3_600
    """An hour of it is no manoeuvre."""
    slow_way_m: Annotated[float, Meta(ge=0, le=20_000, description="Least distance that such a drift makes")] = 1_000
    """Farther than a large ship swings about her anchor."""
    gap_s: Annotated[float, Meta(ge=60, le=7_200, description="Gap between reports that ends it")] = 1_800
    """Half an hour unheard is too long to be called one drift."""


class AboutToAnchorSettings(_Section, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Signs that a ship is about to anchor on an asset."""

    enabled: bool = True
    """Off where a charted anchorage lies over the asset by agreement."""
    sea_kn: Annotated[float, Meta(gt=0, le=20, description="Least speed before")] = 6
    """Below it she was not on passage."""
    crawl_kn: Annotated[float, Meta(gt=0, le=10, description="Speed at which anchors are let go")] = 3
    """Anchors are let go at a crawl; 3 kn is the first sign."""
    within_s: Annotated[float, Meta(ge=60, le=7_200, description="Time in which the way is lost")] = 1_800
    """A loaded ship takes a quarter to half an hour."""
    reach_m: Annotated[float, Meta(ge=50, le=9_200, description="How near an asset")] = 1_852
    """A mile: she may still carry her way over it."""
    most_depth_m: Annotated[float, Meta(ge=10, le=1_000, description="Deepest anchoring ground")] = 110
    """Four shackles' depth for a large chain; deeper, ships do not choose to anchor."""


class SilenceSettings(_Section, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A ship that falls silent where she should be heard."""

    enabled: bool = True
    """Off where the coverage is too poor for silence to mean anything."""
    least_s: Annotated[float, Meta(ge=60, le=86_400, description="Shortest silence")] = 900
    """Class A under way reports every 2-10 s; a quarter of an hour is a hundred reports missed."""
    intervals: Annotated[float, Meta(ge=3, le=1_000, description="Own reporting intervals missed")] = 10
    """A ship that is heard every three minutes gets half an hour."""
    reach_m: Annotated[float, Meta(ge=100, le=9_200, description="How near an asset to be named")] = 5_000
    """A quarter of an hour's way at 11 kn."""
    least_kn: Annotated[float, Meta(ge=0, le=20, description="Slowest ship it is asked of")] = 2.0
    """Transponders are switched off in port and report rarely at anchor; many sources drop ships that lie still."""
    most_loss_per_h: Annotated[float, Meta(gt=0, le=60, description="Ships lost there, per ship-hour")] = 0.05
    """One in twenty ship-hours: where more are lost, losing one more says nothing of her."""
    near_km: Annotated[float, Meta(ge=1, le=200, description="How near others must be heard meanwhile")] = 40
    """Within a coast station's reach of each other: what hears the one would hear the other."""
    wait_h: Annotated[float, Meta(ge=0.25, le=48, description="How long others are waited for")] = 2
    """On a quiet sea another ship comes by within two hours; later, where she would be is anybody's guess."""


class BehaviourSettings(_Section, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """One section a behaviour."""

    crossing: CrossingSettings = CrossingSettings()
    slowdown: SlowdownSettings = SlowdownSettings()
    stopping: StoppingSettings = StoppingSettings()
    drifting: DriftingSettings = DriftingSettings()
    about_to_anchor: AboutToAnchorSettings = AboutToAnchorSettings()
    silence: SilenceSettings = SilenceSettings()
    outage: OutageSettings = OutageSettings()
    dark: DarkSettings = DarkSettings()
    drag: DragSettings = DragSettings()
    along: AlongSettings = AlongSettings()
    trawling: TrawlingSettings = TrawlingSettings()
    dragging_at_anchor: DraggingSettings = DraggingSettings()
    to_and_fro: ToAndFroSettings = ToAndFroSettings()
    meeting: MeetingSettings = MeetingSettings()
    repeat_visits: RepeatSettings = RepeatSettings()


class ServiceSettings(_Section, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """The page and its API. Nothing here changes a finding, so it is left out of the settings' hash."""

    host: str = "127.0.0.1"
    """Loopback alone: who listens beyond it needs accounts, and TLS or a proxy that encrypts."""
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
    coverage: CoverageSettings = CoverageSettings()
    integrity: IntegritySettings = IntegritySettings()
    risk: RiskSettings = RiskSettings()
    alerts: AlertSettings = AlertSettings()
    incidents: IncidentSettings = IncidentSettings()
    forecast: ForecastSettings = ForecastSettings()
    service: ServiceSettings = ServiceSettings()
    feeds: FeedSettings = FeedSettings()
    live: LiveSettings = LiveSettings()
    notify: NotifySettings = NotifySettings()


DEFAULTS = Settings()
"""The embedded defaults."""


def settings_hash(settings: Settings) -> str:
    """SHA-256 (hex) of the settings that can change a finding, as JSON with sorted keys.

    How the page is served, how feeds are listened to and how people are told change none: `service`, `feeds`, `live`
    and `notify` are left out.
    """
    # through `convert`, so that a default written 60 and a given 60.0 are the same setting
    tree = msgspec.to_builtins(msgspec.convert(msgspec.to_builtins(settings), Settings))
    for section in ("service", "feeds", "live", "notify"):
        del tree[section]
    return hashlib.sha256(msgspec.json.encode(tree, order="sorted")).hexdigest()
