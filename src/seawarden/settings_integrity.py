"""Settings of what looks at the truth of positions and identities."""

from __future__ import annotations

from typing import Annotated

import msgspec
from msgspec import Meta


class _Section(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A group of settings; an unknown name in it is an error, never ignored."""


class DoubledSettings(_Section, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Positions under one number that no one ship can have been at: jumps, scatter, two at once."""

    enabled: bool = True
    """Off where another system already tells shared numbers apart."""
    least_fixes: Annotated[int, Meta(ge=3, le=100, description="Fixes that hold together at the new place")] = 4
    """Three make a track believed; one more outlasts an echo of a wild fix."""
    silent_s: Annotated[float, Meta(ge=30, le=7_200, description="Silence at the old place before a jump")] = 150
    """Class A reports every 2-10 s under way and every 3 min at anchor; thinned feeds every minute."""
    silent_intervals: Annotated[float, Meta(ge=1, le=20, description="The same in own reporting intervals")] = 2.5
    """One report may be lost on the way, two in a row seldom."""
    turns: Annotated[int, Meta(ge=2, le=50, description="Changes from one place to the other and back")] = 4
    """There, back, there, back: a ship that jumped and returned has changed twice."""
    window_s: Annotated[float, Meta(ge=60, le=86_400, description="Span in which two places are at once")] = 1_800
    """A ship at anchor that loses nine reports in ten is still heard twice in half an hour."""
    least_m: Annotated[float, Meta(ge=100, le=100_000, description="Least distance of the two places")] = 2_000
    """Less is within what a coarse clock and a fast ship make."""
    scatter: Annotated[int, Meta(ge=3, le=6, description="Impossible positions that are a scatter")] = 4
    """Real feeds hold single wild fixes; four within minutes are a receiver that has lost its way."""
    scatter_s: Annotated[float, Meta(ge=60, le=7_200, description="Span of a scatter")] = 900
    """A quarter of an hour: long enough for reports each three minutes."""


class CirclingSettings(_Section, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Positions that run round a circle of constant radius at constant speed."""

    enabled: bool = True
    """Off over exercise areas where ships turn circles all day."""
    least_kn: Annotated[float, Meta(ge=0.5, le=20, description="Slowest that is asked")] = 2.5
    """Below it a ship swings at anchor or drifts in an eddy."""
    least_turn_deg: Annotated[float, Meta(ge=270, le=7_200, description="Turn in one sense")] = 500
    """Once round and half again: ships seldom turn more than one full circle without a break."""
    opposite_deg: Annotated[float, Meta(ge=1, le=90, description="Turn in the other sense that ends it")] = 20
    """Noise of step bearings at short steps."""
    gap_s: Annotated[float, Meta(ge=30, le=3_600, description="Gap between positions that ends it")] = 600
    """Three reports of a ship that is heard every three minutes; unheard for longer, nobody can count the rounds."""
    least_fixes: Annotated[int, Meta(ge=6, le=1_000, description="Positions on the circle")] = 10
    """A circle has three unknowns; ten positions leave seven to disagree."""
    radius_share: Annotated[float, Meta(gt=0, le=0.5, description="Largest spread of radius, share")] = 0.06
    """Wind and current move a real turning circle by more than this in a round and a half."""
    speed_share: Annotated[float, Meta(gt=0, le=0.5, description="Largest spread of speed, share")] = 0.12
    """Forged circles run at a constant rate; a ship in a hard turn loses a third of her speed and regains it."""
    least_radius_m: Annotated[float, Meta(ge=10, le=5_000, description="Smallest radius")] = 60
    """Smaller circles are within the error of positions."""
    most_radius_m: Annotated[float, Meta(ge=100, le=100_000, description="Largest radius")] = 15_000
    """Published circles are of hundreds of metres to a few kilometres."""


class SwappedSettings(_Section, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Two ships that exchange their numbers."""

    enabled: bool = True
    """Off where nobody would."""
    step_s: Annotated[float, Meta(ge=10, le=900, description="How often all ships are looked at")] = 60
    """A minute: a report of most ships, and seldom two turns of one."""
    within_s: Annotated[float, Meta(ge=60, le=3_600, description="Span in which both change")] = 600
    """Published swaps were made within a minute; slow reporters and a number's silence take longer to show."""
    spread_m: Annotated[float, Meta(ge=10, le=5_000, description="Spread of the miss of dead reckoning")] = 60
    """Errors of two positions, and a turn between two reports."""
    spread_kn: Annotated[float, Meta(ge=0, le=20, description="What that spread grows by")] = 1.0
    """Speed changes by a knot within minutes."""
    spread_velocity_kn: Annotated[float, Meta(gt=0, le=10, description="Spread of a change of velocity")] = 2.5
    """Ships that pass each other alter course by ten degrees or so."""
    most_unlike: Annotated[
        float, Meta(gt=0, le=100, description="Most misfit of the exchanged, in squared spreads")
    ] = 20
    """Four terms of at most some two spreads each."""
    least_unlike: Annotated[float, Meta(ge=0, le=1_000, description="Least misfit of the unexchanged")] = 20
    """Two ships that turn hard at once reach this now and then, but each then does not go on as the other."""
    ratio: Annotated[
        float, Meta(ge=0, le=100, description="Misfit of the unexchanged over the exchanged, besides")
    ] = 4
    """Two good fits at once are needed, not two that are less bad."""


class MisplacedSettings(_Section, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Frozen positions, and positions on land."""

    enabled: bool = True
    """Off inland, where the coast says nothing."""
    gap_s: Annotated[float, Meta(ge=60, le=86_400, description="Gap between positions that ends it")] = 1_800
    """Half an hour unheard is too long to be called one stretch."""
    land_m: Annotated[float, Meta(ge=500, le=25_000, description="Inside the coast by this much is on land")] = 6_000
    """Fjords and river mouths that the coast leaves out lie up to 5 km inside of it (Norway, November 2020)."""
    land_fixes: Annotated[int, Meta(ge=2, le=100, description="Positions on land")] = 3
    """One or two are wild fixes."""
    land_s: Annotated[float, Meta(ge=0, le=7_200, description="How long on land")] = 120
    """Two minutes outlast a stutter."""


class CreepingSettings(_Section, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Positions that creep away from speed and course."""

    enabled: bool = True
    """Off where most ships send no course."""
    rate_kn: Annotated[float, Meta(gt=0, le=20, description="Least rate")] = 1.0
    """Ninety-nine real half hours in a hundred stay below 0.6 kn in the Kattegat, and 1.0 where speed is rounded."""
    memory_s: Annotated[float, Meta(ge=300, le=14_400, description="How long what is left over is remembered")] = (
        2_400
    )
    """Longer sums see slower drifts later."""
    span_s: Annotated[float, Meta(ge=60, le=7_200, description="Time that must have been summed")] = 900
    """A quarter of an hour smooths turns and rounded speeds."""
    sustain_s: Annotated[float, Meta(ge=0, le=7_200, description="How long it must last")] = 900
    """A wrong speed for some minutes is a hard turn or a slip of the log."""
    least_m: Annotated[float, Meta(ge=50, le=20_000, description="Least offset")] = 800
    """Several errors of position and a turn taken between two reports."""
    least_fixes: Annotated[int, Meta(ge=3, le=1_000, description="Steps that make the sum")] = 10
    """Few long steps hide turns."""
    step_s: Annotated[float, Meta(ge=10, le=1_800, description="Longest step that is summed")] = 300
    """Between reports farther apart a ship turns and slows unseen."""


class InterferenceSettings(_Section, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Areas in which many ships' positions go wrong together."""

    enabled: bool = True
    """Off where no other ship is ever heard."""
    least_ships: Annotated[int, Meta(ge=2, le=100, description="Ships with wrong positions")] = 3
    """Heimdal's rule asks for three ships within an hour; two are two broken receivers now and then."""
    within_s: Annotated[float, Meta(ge=60, le=14_400, description="Span in which they go wrong")] = 1_200
    """Interference begins for all at once; slow reporters take up to twenty minutes to show it."""
    reach_m: Annotated[float, Meta(ge=1_000, le=500_000, description="How near each other they are")] = 60_000
    """A jammer on a mast reaches ships to the horizon, some 40 to 60 km."""
    margin_m: Annotated[float, Meta(ge=0, le=100_000, description="Margin round the ships")] = 5_000
    """It reaches somewhat beyond the ships that show it."""
    least_share: Annotated[float, Meta(ge=0, le=1, description="Share of the ships heard there")] = 0.25
    """Interference spares some receivers, but not most."""
    target_m: Annotated[float, Meta(ge=100, le=50_000, description="How near each other positions are led")] = 6_000
    """A published circle is up to a few kilometres wide."""
    noise_a_day: Annotated[float, Meta(gt=0, le=10, description="Such findings of one ship by herself, a day")] = 0.05
    """The quiet days of the bench have fewer than 0.02 a ship-day; more is assumed."""


class IdentitySettings(_Section, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Changes of identity."""

    enabled: bool = True
    """Off where no static data are received."""
    step_s: Annotated[float, Meta(ge=10, le=3_600, description="How often new identities are looked at")] = 300
    """Class A tells who she is every six minutes."""
    heard_h: Annotated[float, Meta(gt=0, le=720, description="How lately both numbers must have been heard")] = 24
    """A ship that was renumbered is heard under the old number no more."""


class IntegritySettings(_Section, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What looks at the truth of positions and identities, a section each."""

    doubled: DoubledSettings = DoubledSettings()
    circling: CirclingSettings = CirclingSettings()
    misplaced: MisplacedSettings = MisplacedSettings()
    creeping: CreepingSettings = CreepingSettings()
    swapped: SwappedSettings = SwappedSettings()
    interference: InterferenceSettings = InterferenceSettings()
    identity: IdentitySettings = IdentitySettings()
