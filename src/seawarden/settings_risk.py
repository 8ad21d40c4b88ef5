"""Settings of risk, alerts and faults: every weight and threshold with its limits, and a sentence of reason.

Weights are natural log-odds: +0.7 doubles the odds, +2.3 makes them ten times as high. Where no source is named, a
weight is this project's own estimate, to be replaced by what `seawarden evaluate` measures.
"""

from __future__ import annotations

from typing import Annotated, Protocol

import msgspec
from msgspec import Meta

from seawarden.settings_patterns import PatternRiskSettings

Weight = Annotated[float, Meta(ge=-20, le=20)]
Share = Annotated[float, Meta(ge=0, le=1)]
Chance = Annotated[float, Meta(gt=0, lt=1)]
Minutes = Annotated[float, Meta(ge=0, le=10_080)]


class _Section(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A group of settings; an unknown name in it is an error, never ignored."""


class RiskSettings(_Section, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """From findings to the chance that a ship damages an asset. Weights are natural log-odds."""

    prior_logodds: Weight = -12.7
    """One under-way drag in about 330,000 ship-days: five in 27 months among 2,000 ships in the Baltic."""
    horizon_min: Annotated[float, Meta(ge=10, le=1_440, description="How far ahead assets are looked for")] = 720
    """Twelve hours: in every known case five to fifty-five hours lay between the first sign and the last damage."""
    memory_min: Minutes = 360
    """A finding that has ended still counts for six hours: dragging ships stopped, restarted and went on."""
    half_life_min: Annotated[float, Meta(ge=10, le=10_080, description="Halving time of an ended finding")] = 120
    """What is over fades; Eagle S was asked about her anchor three hours after the break."""
    slowdown_05_logodds: Weight = 0.3
    """A loss of 5 % is within what a sea, a current or an autopilot does; it weighs little (own estimate)."""
    slowdown_10_logodds: Weight = 1.6
    """Eagle S lost 5 % at the cable and 9 % later; natural losses of 10 % are daily (own estimate)."""
    slowdown_20_logodds: Weight = 4.0
    """26 natural losses of 15 % in 20 ship-days of the Kattegat, most with another explanation."""
    slowdown_30_logodds: Weight = 5.7
    """Yi Peng 3 lost 22-30 %; seven natural losses of 30 % in 20 ship-days, most with an explanation."""
    slowdown_50_logodds: Weight = 6.1
    """Beyond 30 % a pilot, a port or a stop is as likely as a heavier drag: hardly more weight (own estimate)."""
    sustained_min: Annotated[float, Meta(gt=0, le=240, description="Duration at which a loss counts whole")] = 15
    """A dip of some minutes is a wave or a helm; a loss of a quarter of an hour is a changed state."""
    held_logodds: Weight = 1.0
    """A loss of a fifth that has lasted two hours: of four natural ones on a straight course in the Kattegat none was
    seen to last so long, and every published drag went on for five hours or more."""
    timed_logodds: Weight = 2.0
    """It began where the anchor would have met the asset: 10 of 31 natural ones in the Kattegat, fewer at sea."""
    timed_before_min: Minutes = 3
    """The onset may be estimated a little early."""
    timed_after_min: Minutes = 12
    """The anchor lies several hundred metres behind the antenna, and a ship takes 3-10 minutes to settle."""
    stopped_logodds: Weight = 4.0
    """A stop over an asset in open water may be an anchor going down (own estimate)."""
    anchored_logodds: Weight = 7.5
    """At anchor over an asset: the anchor is down, only its place is in doubt (own estimate)."""
    drifting_logodds: Weight = 6.9
    """A ship adrift often ends by dropping an anchor; more often her engine starts again (own estimate)."""
    about_to_anchor_logodds: Weight = 5.5
    """Losing way in anchoring depth beside an asset (own estimate)."""
    silence_logodds: Weight = 1.2
    """Silence within coverage: the Taiwan cases went dark, but so do broken sets (own estimate)."""
    deviation_logodds: Annotated[float, Meta(ge=0, lt=0.5, description="Weight of a way off the forecast")] = 0.4
    """Ships leave their ways for many reasons: half as likely again, too little to be a second sign or a notice."""
    to_and_fro_logodds: Annotated[float, Meta(ge=0, le=2, description="Weight of a way to and fro at rest")] = 1.0
    """One in four ships that came to lie with an anchor out did it (own estimate from the published cases), of
    innocent ones at most 9 in 100 (measured: 3 of 90 spells): 2.7 times likelier."""
    dip_logodds: Weight = 1.5
    """Speed at the asset below speed before and after: Newnew Polar Bear, 11 to 9.5 kn for 5 minutes."""
    dip_share: Annotated[float, Meta(ge=0.02, le=0.5, description="Smallest dip that counts")] = 0.1
    """Newnew Polar Bear's dip was 14 %; under 10 % a turn or a wave does the same."""
    drop_share: Annotated[float, Meta(ge=0.02, le=0.5, description="Least loss at a crossing")] = 0.08
    """Of 484 Kattegat crossings ten lost 8 % from the minutes before to the minutes after, and none lost 20 %."""
    duration_logodds: Weight = 1.0
    """What lasts for hours over an asset weighs more than what has just begun (own estimate)."""
    merchant_logodds: Weight = 0.7
    """All Baltic cases were merchant ships of 132-229 m: two in three ships at sea are none such."""
    small_craft_logodds: Weight = -2.0
    """Pilot boats, tugs, yachts and fishing boats change speed all day and carry light anchors."""
    passenger_logodds: Weight = -1.5
    """Ferries slow for their ports every day and none of the published drags was one."""
    benign_logodds: Weight = -2.0
    """An innocent explanation that the behaviour found and did not weigh itself."""
    at_place_logodds: Weight = -3.5
    """Within a port's or a pilot's waters: there, slowing, stopping and anchoring are the rule."""
    stopping_place_hulls: Annotated[int, Meta(ge=1, le=1_000, description="Hulls that make a stopping place")] = 3
    """Three different hulls that lay still within a mile are a roadstead; two may be a tug and her tow."""
    to_place_logodds: Weight = -1.5
    """Bound for a port or a pilot and within an hour of it: most ships slow on that leg (own estimate)."""
    turned_logodds: Weight = -2.0
    """She turned by 45 degrees meanwhile, up to twice this: ships of the published drags held their course."""
    standing_logodds: Weight = 0.0
    """An explanation that stands beside every finding of its kind: the kind's own weight already knows it."""
    together_logodds: Weight = -3.0
    """Many ships near lose speed at the same time: one cause, and not their anchors."""
    out_of_family_logodds: Weight = 1.9
    """She loses clearly more than the many around her, who feel the same wind."""
    heading_sign_logodds: Weight = 1.0
    """Share of the model's evidence from her heading that is a sign of its own: a compass knows nothing of speed."""
    restart_out_share: Share = 0.5
    """Share of ships with an anchor out that are slower after a stop than before it: of the one published case
    that stopped and went on, both times (own estimate)."""
    restart_slower_share: Share = 0.17
    """The same of innocent ships: 11 of 109 stops at sea were followed by 10 % less, 0.05-0.17 with 95 %; of these
    the end that speaks against an alarm."""
    answer_unsatisfying_logodds: Weight = 1.1
    """She can't say what revolutions she makes, or what she says does not fit: thrice the odds (own estimate)."""
    answer_none_logodds: Weight = 0.4
    """Many bridges do not answer a first call; few never do (own estimate)."""
    no_heading_logodds: Weight = -0.2
    """Without a heading, neither a drift angle nor a held rudder could be looked for."""
    key_frame_share: Share = 0.2
    """Share of a weight that counts when positions are key frames: a loss on a straight leg is lost between two."""
    doubted_share: Share = 0.4
    """Share of a weight that counts when every position behind it is doubted."""
    sparse_interval_s: Annotated[float, Meta(ge=10, le=7_200, description="Interval that halves a weight")] = 600
    """At ten minutes between positions, onset and dip can no longer be told from a turn."""
    damage_telecom: Share = 0.7
    """Chance that a telecom cable is damaged when an anchor is dragged across it (own estimate)."""
    damage_power: Share = 0.6
    """Power cables are heavier and often buried; Estlink 2 failed all the same (own estimate)."""
    damage_pipeline: Share = 0.3
    """Pipes are coated and heavy; Balticconnector failed (own estimate)."""
    contact_m: Annotated[float, Meta(ge=10, le=2_000, description="How near an anchor must lie to do harm")] = 150
    """An anchor at rest near a cable harms it when it breaks out and walks; chain sweeps about this far."""
    set_back_m: Annotated[
        float, Meta(ge=0, le=2_000, description="Spread of the anchor's place around the antenna")
    ] = 250
    """Scope paid out plus the ship's length: several hundred metres."""
    course_spread_deg: Annotated[float, Meta(ge=0.5, le=45, description="Spread of a ship's course ahead")] = 5
    """Merchant ships on passage hold a course within some degrees between way-points."""
    leave_half_life_min: Annotated[float, Meta(ge=10, le=2_880, description="Time by which half have turned off")] = (
        180
    )
    """Constant velocity scores 0.94, 0.87 and 0.66 at 1, 2 and 4 h on Kattegat crossings (own measurement)."""
    fault_by_anchor: Share = 0.6
    """Share of faults reported near a ship's way that a dragged anchor did: 30 % of all, most of those at sea."""
    patterns: PatternRiskSettings = PatternRiskSettings()
    floor_chance: Annotated[float, Meta(ge=0, le=0.01, description="Risks below this are not written")] = 1e-6
    """One in a million is beneath every tier; writing it would only fill the disk."""


class AlertSettings(_Section, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Tiers, their life cycle and grouping. Thresholds are set offline from the rates; a rate never throttles."""

    look_per_ship_day: Annotated[float, Meta(gt=0, le=1, description="Allowed rate of `look`")] = 0.015
    """Three in a 12-hour watch on a desk of 400 ships: an officer still looks at each."""
    challenge_per_ship_day: Annotated[float, Meta(gt=0, le=1, description="Allowed rate of `challenge`")] = 0.0005
    """One radio call a day on 2,000 ships."""
    act_per_ship_day: Annotated[float, Meta(gt=0, le=1, description="Allowed rate of `act`")] = 0.000_02
    """One a month on 2,000 ships: a commander who is called in vain stops coming."""
    notice_chance: Chance = 2e-5
    """Silent and folded: kept for the record, a tenth of what an officer looks at."""
    look_chance: Chance = 1.1e-3
    """Nothing in 41 quiet ship-days lies above it; their tail asks for 0.0011 (95 %: 0.0005-0.0037) at 0.015 a
    day."""
    look_ahead_chance: Chance = 1.1e-4
    """Before she crossed anything, with an asset likely ahead within the hour: nothing in 41 quiet ship-days lies
    above it; their tail asks for 0.000045 (95 %: 0.000014-0.00013) at 0.015 a day. A loss of speed at a crossing
    comes by nature; one well before it hardly."""
    likely_chance: Share = 0.5
    """A crossing is likely when it is likelier than not; the forecasts' chances are calibrated for an hour."""
    likely_min: Minutes = 60
    """For an hour forecasts were shown to beat a steady course (`docs/forecast.md`); two are indicative."""
    challenge_chance: Chance = 0.006
    """One a day over the Baltic gives a precision of about 0.6 %, at five drags in 27 months."""
    act_chance: Chance = 0.15
    """One a month over the Baltic gives a precision of about 16 %, likewise."""
    act_ahead_min: Minutes = 120
    """`act` needs an asset crossed or reached within two hours: a unit that is sent must have something to save."""
    raise_after_s: Annotated[float, Meta(ge=0, le=3_600, description="How long a threshold must be passed")] = 60
    """A minute above the threshold: one odd position alone never calls anybody."""
    lower_after_min: Minutes = 15
    """A quarter of an hour below before an alert is lowered: a queue must not flicker."""
    lower_ratio: Annotated[float, Meta(gt=0, le=1, description="Share of the threshold that counts as below")] = 0.7
    """Hysteresis: a chance that hovers about the threshold keeps its tier."""
    refresh_min: Annotated[
        float, Meta(ge=1, le=1_440, description="Longest time between revisions of a live line")
    ] = 10
    """Minutes to the next asset run on; the page counts by itself in between."""
    ahead_alerts: Annotated[
        int, Meta(ge=0, le=20, description="Systems ahead of one ship that get their own alert")
    ] = 3
    """The next three systems: their owners are called in that order."""
    case_gap_min: Minutes = 60
    """A ship that crosses one line after another is one case still when the last alert has just gone: dragging ships
    stopped, went on within the hour, and reached the next line (the published cases)."""
    group_size: Annotated[int, Meta(ge=3, le=1_000, description="Ships that make a group")] = 6
    """Six ships slowing within an hour and a few hours' sailing have one cause."""
    group_window_min: Minutes = 90
    """A front crosses a sea area in an hour or two."""
    group_share: Share = 0.4
    """Of the ships that pass there, at least these slow: a cause that spares most ships is none for all."""
    group_radius_km: Annotated[float, Meta(ge=1, le=500, description="Distance that links two ships of a group")] = 60
    """About the size of a gale's front at sea and of an area that is jammed."""
    family_share: Share = 0.08
    """Least margin in loss above the group's median within which a ship is one of the family."""
    family_mads: Annotated[float, Meta(ge=1, le=20, description="Robust deviations that are still the family")] = 3
    """Three robust standard deviations: one in 700 of a normal family is kept single by mistake."""
    family_most_share: Share = 0.12
    """Most margin above the median: losses that differ more have not one cause, however wide they are spread."""
    group_look_share: Share = 0.2
    """A family that loses a fifth is looked at as a whole: not every common cause is a gale."""
    near_fault_factor: Annotated[float, Meta(gt=0, le=1, description="Thresholds near an open fault, times this")] = (
        0.3
    )
    """After a fault a call in vain costs little and the next cable much."""
    posture_raised_factor: Annotated[
        float, Meta(gt=0, le=1, description="Thresholds at raised posture, times this")
    ] = 0.5
    """A named person raised the posture: twice the calls are wanted."""
    posture_high_factor: Annotated[float, Meta(gt=0, le=1, description="Thresholds at high alert, times this")] = 0.25
    """Four times the calls: every hand is on watch."""


class IncidentSettings(_Section, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Faults: which ships are considered, and how place, time and behaviour are weighed."""

    allowance_min: Minutes = 30
    """Clocks of protection relays and of operators differ, and a cable may fail a while after it was pulled."""
    bracket_min: Minutes = 180
    """Track taken on either side of the window, so that key frames hours apart still bracket it."""
    time_sigma_min: Annotated[float, Meta(gt=0, le=600, description="Error of a stated time window's edge")] = 3
    """A window is given to the minute; set-back and settling add a few."""
    kp_sigma_km: Annotated[float, Meta(gt=0, le=100, description="Error of a stated KP range's edge")] = 0.5
    """Reflectometry finds a break to some hundred metres of cable, slack adds as much."""
    key_frame_sigma_m: Annotated[float, Meta(ge=1, le=5_000, description="Error of place between key frames")] = 170
    """Tracks are thinned at 0.0015 degrees, 167 m in latitude."""
    interpolation_share: Share = 0.03
    """Error of a straight line between two fixes, as a share of the distance between them (own estimate)."""
    interpolation_time_share: Share = 0.1
    """Error of the time on it, as a share of the gap: the speed in between is not known."""
    set_back_m: Annotated[
        float, Meta(ge=0, le=2_000, description="How far the anchor may lie from the ship's track")
    ] = 150
    """The anchor follows the track astern; a drift angle and a turn move it aside."""
    slow_power: Share = 0.85
    """Share of ships dragging an anchor that show a loss of speed at all (own estimate)."""
    slow_median_share: Share = 0.18
    """Median loss of those that do: published cases lost 5 % to 30 %."""
    slow_spread: Annotated[float, Meta(gt=0, le=3, description="Spread of the loss, natural log")] = 0.6
    """From 5 % (Eagle S) to 30 % (Yi Peng 3) and 60 % (a hooked anchor) within two standard deviations."""
    calm_sigma: Annotated[float, Meta(gt=0, le=0.5, description="Spread of an innocent ship's change of speed")] = (
        0.011
    )
    """Fitted to 490 Kattegat crossings: the quiet quarter of them, speed after against speed before."""
    calm_wide_share: Share = 0.76
    """Share of innocent crossings with the wider spread: sea, current, small changes of helm (the same fit)."""
    calm_wide_sigma: Annotated[float, Meta(gt=0, le=1, description="Wider spread of an innocent ship's speed")] = (
        0.038
    )
    """The same fit."""
    calm_stray_share: Share = 0.025
    """Pilots, ports, blackouts. The fit gives 0.006, but calibration on simulated faults asks for a heavier tail."""
    fast_kn: Annotated[float, Meta(ge=5, le=60, description="Speed at which a drag becomes unlikely")] = 14
    """Chain towed at 14 kn streams out: a feeder's reaches 44-119 m; no published case was faster than 11 kn."""
    unseen_share: Share = 0.05
    """Ships that pass unseen, as a share of those that were seen, where coverage was declared."""
    unseen_share_uncovered: Share = 0.2
    """The same where nobody declared that ships are heard."""
    unseen_floor: Annotated[float, Meta(gt=0, le=1, description="Unseen passages in any window")] = 0.03
    """A window without a single ship seen still has a cause: an unseen ship, a trawl, the cable itself."""
    unseen_unfed: Annotated[float, Meta(ge=0, le=1_000, description="Unseen passages while our feed was down")] = 2
    """While our own feed is down, ships pass as they always do: a busy route sees one or two in an hour."""
    rerank_s: Annotated[float, Meta(ge=10, le=3_600, description="How often an open fault is ranked anew")] = 60
    """Ships move on: a minute is a few hundred metres."""
    rank_h: Annotated[float, Meta(ge=1, le=240, description="How long an open fault is ranked anew")] = 12
    """Late records come within hours; a day later the tracks of the window are forgotten, so the ranking freezes."""
    live_h: Annotated[float, Meta(ge=1, le=240, description="How long an open fault lowers thresholds")] = 48
    """Vezhen and Yi Peng 3 did their damage within a day of the first sign; two days later a ship is elsewhere."""
    suspect_chance: Chance = 0.02
    """Least posterior of a ship whose thresholds a fault lowers: some tens of ships at most."""
    candidates: Annotated[int, Meta(ge=1, le=1_000, description="Candidates kept, a ship nobody saw among them")] = 60
    """More than an analyst reads; the rest is counted."""


class StageSettings(Protocol):
    """What the fleet stage takes of the settings' tree."""

    @property
    def risk(self) -> RiskSettings:
        """Weights."""
        ...

    @property
    def alerts(self) -> AlertSettings:
        """Tiers."""
        ...

    @property
    def incidents(self) -> IncidentSettings:
        """Faults."""
        ...


class DefaultStageSettings(_Section, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """The three sections with their defaults, for use without the whole tree."""

    risk: RiskSettings = RiskSettings()
    alerts: AlertSettings = AlertSettings()
    incidents: IncidentSettings = IncidentSettings()
