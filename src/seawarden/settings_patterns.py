"""Settings of patterned motion at sea: keeping along an asset, loitering, trawling, dragging, meeting."""

from __future__ import annotations

from typing import Annotated

import msgspec
from msgspec import Meta


class _Section(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A group of settings; an unknown name in it is an error, never ignored."""


class AlongSettings(_Section, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Slow stays by an asset: loitering, passes along it, parallel legs."""

    enabled: bool = True
    """Off where survey ships work for the owner all the time and nothing else is asked."""
    reach_m: Annotated[float, Meta(ge=100, le=9_200, description="How near an asset a stay is one by it")] = 1_852
    """A mile: survey lines and turns lie inside it, and a ship farther off sees little of a cable."""
    most_kn: Annotated[float, Meta(gt=0, le=20, description="Fastest mean speed of a stay")] = 8
    """Sounders and towed sonars are worked at 3-8 kn; merchant ships on passage make more."""
    still_kn: Annotated[float, Meta(ge=0, le=3, description="Slowest mean speed of a stay")] = 0.25
    """Below it she lies still, which `stopping` tells."""
    least_s: Annotated[float, Meta(ge=300, le=86_400, description="Shortest stay that is looked at")] = 1_800
    """A ship at 8 kn crosses the two miles in a quarter of an hour."""
    leave_s: Annotated[float, Meta(ge=60, le=14_400, description="Time outside that ends a stay")] = 1_500
    """A turn between two lines takes ten minutes, with gear astern twenty."""
    gap_s: Annotated[float, Meta(ge=60, le=86_400, description="Gap between reports that ends a stay")] = 3_600
    """An hour unheard is no stay."""
    look_back_s: Annotated[float, Meta(ge=3_600, le=86_400, description="Track that is looked at")] = 21_600
    """Six hours hold ten lines of several miles; what began earlier has been told already."""
    loiter_s: Annotated[float, Meta(ge=600, le=86_400, description="Shortest loitering")] = 3_600
    """Published rules ask for 4 h (Starboard) or none (Global Fishing Watch); near an asset an hour is long."""
    loiter_kn: Annotated[float, Meta(gt=0, le=10, description="Fastest mean speed of loitering")] = 2.5
    """Global Fishing Watch and Starboard: below 2 kn; half a knot more for current and manoeuvres."""
    loiter_radius_m: Annotated[float, Meta(ge=50, le=10_000, description="Largest spread of loitering")] = 1_500
    """Root mean square distance from its middle: she goes nowhere."""
    stops: Annotated[int, Meta(ge=2, le=50, description="Stops that make a stop-and-go")] = 3
    """A pilot or a call at an anchorage is one stop; three along one asset are a pattern."""
    pass_m: Annotated[float, Meta(ge=200, le=100_000, description="Least way along the asset of one slow pass")] = (
        4_000
    )
    """At 5 kn some 26 minutes over the line: more than a crossing at a slant."""
    pass_kn: Annotated[float, Meta(gt=0, le=20, description="Fastest slow pass")] = 6.5
    """Side-scan and sub-bottom surveys are run at 3-5 kn, multibeam up to 8."""
    pass_off_m: Annotated[float, Meta(ge=20, le=5_000, description="How near the line a pass keeps")] = 500
    """A swath of a sonar; the route's own error is added."""
    pass_angle_deg: Annotated[float, Meta(ge=5, le=60, description="Largest angle of course and asset")] = 25
    """Wider is crossing, not following."""
    least_leg_m: Annotated[float, Meta(ge=100, le=20_000, description="Shortest survey leg")] = 500
    """Shorter legs are manoeuvres."""
    legs: Annotated[int, Meta(ge=3, le=50, description="Parallel legs that make a survey pattern")] = 4
    """To and fro twice: three legs happen to a ship that waits."""
    leg_angle_deg: Annotated[float, Meta(ge=2, le=45, description="Largest angle between legs")] = 15
    """Lines are steered by autopilot; tows bend with the ground."""
    straight_m: Annotated[float, Meta(ge=5, le=500, description="Largest deviation of a leg from straight")] = 40
    """Root mean square; a steered line keeps within some 10 m, a tow within 100."""
    leg_share: Annotated[float, Meta(gt=0, le=1, description="Least share of the way sailed in such legs")] = 0.55
    """The rest are turns."""


class TrawlingSettings(_Section, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Towing gear across an asset. Bands: Mills et al. 2007, ICES J. Mar. Sci. 64, 248-255, as Cefas used them."""

    enabled: bool = True
    """Off where the asset is buried beneath what any gear reaches."""
    least_kn: Annotated[float, Meta(ge=0, le=10, description="Slowest tow")] = 1.5
    """Otter trawls 1-6 kn (Mills et al. 2007); below 1.5 kn gear is shot or hauled, and ships drift."""
    otter_kn: Annotated[float, Meta(gt=0, le=15, description="Fastest otter trawl")] = 5.0
    """Bottom otter trawls: 2-5 kn (Skaar et al. 2011, speed rule), 1-6 (Mills et al. 2007)."""
    beam_kn: Annotated[float, Meta(gt=0, le=15, description="Fastest beam trawl or dredge")] = 8.0
    """Beam trawls and dredges: 2-8 kn (Mills et al. 2007)."""
    sustain_s: Annotated[float, Meta(ge=300, le=86_400, description="Shortest tow")] = 1_800
    """A haul lasts one to five hours; half an hour leaves time to tell of it."""
    unknown_s: Annotated[float, Meta(ge=300, le=86_400, description="Shortest tow of a ship of unknown type")] = 4_500
    """Without a type only the way itself speaks, so it must be longer..."""
    unknown_turn_deg: Annotated[
        float, Meta(ge=0, le=3_600, description="Least turning of a ship of unknown type")
    ] = 180
    """...and turn about at least once: a slow coaster goes somewhere, a trawler works a ground."""
    steady_kn: Annotated[float, Meta(gt=0, le=5, description="Largest spread of the speed")] = 0.9
    """Tows are steady; the standard deviation over a haul is some tenths of a knot."""
    gap_s: Annotated[float, Meta(ge=60, le=14_400, description="Gap between reports that ends a tow")] = 1_800
    """Half an hour unheard is too long to be called one tow."""


class DraggingSettings(_Section, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A ship at anchor that leaves the circle she swings in."""

    enabled: bool = True
    """Off where no anchorage lies near an asset."""
    still_kn: Annotated[float, Meta(gt=0, le=3, description="Fastest that lies at anchor")] = 0.8
    """Ships sheer about at some tenths of a knot."""
    settle_s: Annotated[float, Meta(ge=300, le=86_400, description="How long she must have lain")] = 2_400
    """Before it the circle is not known."""
    most_kn: Annotated[float, Meta(gt=0, le=10, description="Fastest dragging")] = 3.0
    """Published drags at anchorages go at 0.5-3 kn; faster she is under way."""
    least_kn: Annotated[float, Meta(ge=0, le=3, description="Slowest dragging")] = 0.2
    """Slower is told from swinging by the distance alone."""
    least_m: Annotated[float, Meta(ge=50, le=5_000, description="Least distance from where she lay")] = 300
    """A coaster on four shackles swings on 110 m of chain and her own length."""
    shackles: Annotated[float, Meta(ge=1, le=14, description="Chain out where nothing is known")] = 6
    """Six shackles of 27.5 m: common in 20-30 m of water (field practice); with the ship's length the radius."""
    unknown_length_m: Annotated[float, Meta(ge=10, le=400, description="Length where none was told")] = 120
    """A coaster's or feeder's."""
    sustain_s: Annotated[float, Meta(ge=60, le=14_400, description="How long she must be outside")] = 480
    """Eight minutes outlast a gust and a veer of the wind."""
    heave_s: Annotated[float, Meta(ge=60, le=14_400, description="Time under way that ends it")] = 300
    """She has weighed and goes her way."""
    reach_m: Annotated[float, Meta(ge=100, le=9_300, description="How near an asset")] = 9_000
    """At 1 kn an asset nine kilometres off is five hours away."""
    least_straight: Annotated[float, Meta(gt=0, le=1, description="Least straightness of the drift")] = 0.6
    """Displacement over way: a drag goes one way, a swing comes back."""
    gap_s: Annotated[float, Meta(ge=60, le=86_400, description="Gap between reports that forgets her")] = 7_200
    """Class A at anchor reports every three minutes; after two hours her place is another question."""


class ToAndFroSettings(_Section, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A ship that came to lie moves to and fro, as one does that heaves an anchor in."""

    enabled: bool = True
    """Off where ships wait for berths all the time and nothing else is asked."""
    way_kn: Annotated[float, Meta(gt=0, le=20, description="Speed from which she is under way")] = 5.0
    """Slower ships work, wait or manoeuvre."""
    came_s: Annotated[float, Meta(ge=60, le=14_400, description="Longest from way to rest")] = 3_600
    """A loaded ship coasts for half an hour; what was slow for longer came from no passage."""
    slow_kn: Annotated[float, Meta(gt=0, le=10, description="Fastest that counts as lying")] = 3.5
    """A ship that heaves makes no more way than this, or the chain would not come home."""
    least_s: Annotated[float, Meta(ge=300, le=14_400, description="Shortest spell that is looked at")] = 900
    """Heaving in takes nine metres of chain a minute: a quarter of an hour for five shackles."""
    most_s: Annotated[float, Meta(ge=900, le=86_400, description="Longest spell that is looked at")] = 10_800
    """After three hours she waits or lies."""
    step_s: Annotated[float, Meta(ge=60, le=3_600, description="How often it is looked")] = 300
    """A leg takes some minutes."""
    least_leg_m: Annotated[float, Meta(ge=40, le=2_000, description="Shortest leg")] = 80
    """Four times the error of a distance between two positions."""
    least_legs: Annotated[int, Meta(ge=2, le=20, description="Fewest legs")] = 3
    """There, back, and there again; once there and back happens to any ship that stops and goes on."""
    gap_s: Annotated[float, Meta(ge=60, le=14_400, description="Gap between reports that forgets her")] = 3_600
    """An hour unheard hides any number of legs."""


class MeetingSettings(_Section, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Two ships together near an asset, or a small craft that begins or ends beside another ship."""

    enabled: bool = True
    """Off where ships are supplied at sea by agreement."""
    near_m: Annotated[float, Meta(ge=20, le=2_000, description="How near to one another")] = 250
    """Skylight: 250 m for half an hour."""
    sustain_s: Annotated[float, Meta(ge=300, le=86_400, description="How long together")] = 1_800
    """Skylight and Starboard: half an hour."""
    most_kn: Annotated[float, Meta(gt=0, le=10, description="Fastest speed of either")] = 3.0
    """Global Fishing Watch: 2 kn; a knot more for current. Faster, side by side, is towing or overtaking."""
    reach_m: Annotated[float, Meta(ge=100, le=9_300, description="How near an asset")] = 5_000
    """Boats and vehicles work some miles from their mother ship."""
    step_s: Annotated[float, Meta(ge=60, le=3_600, description="How often it is looked")] = 600
    """A third of the shortest meeting."""


class RepeatSettings(_Section, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Visits of one hull to one stretch of an asset over days."""

    enabled: bool = True
    """Off where the owner's own ships patrol."""
    visits: Annotated[int, Meta(ge=2, le=50, description="Visits that are told")] = 3
    """Twice is a way out and home."""
    apart_h: Annotated[float, Meta(ge=0.5, le=168, description="Least time between visits")] = 4
    """Less is one visit with a pause."""
    within_d: Annotated[float, Meta(ge=1, le=90, description="Days that are remembered")] = 14
    """The Taiwan case of January 2025 was weeks of pattern; a fortnight bounds the memory."""
    near_km: Annotated[float, Meta(gt=0, le=200, description="How near to one another")] = 10
    """A bay or a crossing of a strait, not a whole cable."""
    most_hulls: Annotated[int, Meta(ge=10, le=1_000_000, description="Hulls remembered")] = 20_000
    """Bounds the memory: the ones unseen longest go first."""
    most_visits: Annotated[int, Meta(ge=3, le=200, description="Visits remembered of a hull")] = 32
    """Bounds the memory."""


Weight = Annotated[float, Meta(ge=-20, le=20)]


class PatternRiskSettings(_Section, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What patterned motion by an asset weighs; natural log-odds, this project's own estimates.

    The largest of each, a repeat (1.5) and a merchant hull (0.7) stay below 8: looked at, never called, alone.
    """

    loitering_logodds: Weight = 3.2
    """One hour about an asset in open water: on its own just worth a notice."""
    along_logodds: Weight = 3.4
    """A slow pass along an asset: ships that lay and mend it do it, and whoever wants to know where it lies."""
    along_km: Annotated[float, Meta(gt=0, le=1_000, description="Way along at which it weighs most")] = 20
    """Five hours at 4 kn."""
    survey_logodds: Weight = 4.3
    """Parallel legs over an asset are no accident; most are somebody's lawful work."""
    survey_legs: Annotated[float, Meta(gt=0, le=100, description="Legs beyond four at which it weighs most")] = 8
    """A dozen legs map a square mile."""
    repeat_logodds: Weight = 3.4
    """The third visit to one stretch; harbour craft and fishing vessels come daily."""
    repeat_visits: Annotated[float, Meta(gt=0, le=100, description="Visits beyond three at which it weighs most")] = 4
    """A week of daily visits."""
    meeting_logodds: Weight = 3.2
    """Two ships together by an asset: stores, crews and boats change hands at sea every day."""
    trawling_logodds: Weight = 5.2
    """Fishing does most of the damage, a small share of it each time; small craft weigh 2 less."""
    longer_tow_logodds: Weight = 0.5
    """A long tow crosses an asset more often."""
    dragging_logodds: Weight = 7.5
    """As at anchor over an asset: the anchor is down, only where it goes is in doubt."""
    dragging_way_m: Annotated[float, Meta(gt=0, le=20_000, description="Way at which it weighs most")] = 1_500
    """Several times the circle: no veering of the wind does that."""
    more_logodds: Weight = 1.2
    """What a stay, a pattern or a drag gains at most by going on."""
