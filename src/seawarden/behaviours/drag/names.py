"""The measured quantities behind the chance of an anchor out, in the order of the feature vector.

Each is computed from positions up to the tick alone. NaN means that it could not be measured.
"""

from __future__ import annotations

from typing import Final

FEATURES: Final = (
    "loss",  # speed lost since the onset: mean log speed before minus after settling
    "loss_z",  # the same over its standard error
    "loss_now",  # before minus the last five minutes
    "onset_age_min",
    "abrupt",  # share of the loss that came within ten minutes round the onset
    "before_kn",
    "now_kn",
    "before_sigma",  # spread of log speed before
    "before_trend_h",  # slope of log speed before, per hour
    "after_trend_h",
    "roughness",  # log ratio of the spread of speed after to before
    "jitter",  # log ratio of the minute-to-minute change of speed after to before
    "unsteady",  # the same spread after, as a share of the loss
    "regained",  # largest five-minute mean since the onset against before, log
    "below_best",  # the ship's best level of the last three hours against the level before the onset, log
    "turn_deg",  # change of course across the onset
    "turn_near_deg",  # largest change of course within ten minutes of the onset
    "weave_deg",  # spread of course round its own line since the onset
    "weave_ratio",  # log ratio of that to before
    "skew_step_deg",  # change of heading minus course across the onset, absolute
    "skew_z",  # the same over its standard error
    "skew_held_deg",  # its last ten minutes, absolute, against before
    "dip",  # depth of the best dip of minutes that is over, log speed
    "dip_z",
    "dip_age_min",
    "heading_llr",  # log-likelihood ratio of a steady step of heading minus course of 1-8 degrees
    "wobble_llr",  # how much better a slow swing explains the course since the onset than a line
    "lane_ships",  # ships that came by here on this course before, by the learned table
    "lane_change",  # mean change of their log speed here
    "lane_slowed",  # share of them that slowed by 8 % or more
    "crossed_min",  # minutes since the antenna last crossed an asset
    "cross_to_onset_min",  # onset minus that crossing
    "cadence_min",
    "points_after",
    "port_km",  # distance to the nearest known port or pilot station, at most 60
    "shelter",  # share of the points 2.5 and 6 km off, all round, that are land
)
INDEX: Final = {name: i for i, name in enumerate(FEATURES)}
NOT_SHIP: Final = frozenset(
    (
        *("cadence_min", "points_after", "crossed_min", "cross_to_onset_min", "below_best"),
        *("heading_llr", "skew_step_deg", "skew_z", "skew_held_deg"),
        *("dip", "dip_z", "dip_age_min", "weave_deg", "weave_ratio", "port_km", "shelter"),
    )
)
"""What the trees do not read where past traffic is known: it tells the place better than the distance to a port."""
SHIP: Final = tuple(name for name in FEATURES if name not in NOT_SHIP)
"""What the trees read where past traffic is known."""
LANE: Final = ("lane_ships", "lane_change", "lane_slowed")
"""What the learned table of lanes tells."""
BLIND: Final = (*(name for name in SHIP if name not in LANE), "port_km", "shelter")
"""What they read where it is not."""
RARE: Final = (*BLIND, *LANE)
"""What they read of ships heard rarely."""
FAMILY: Final[dict[str, str]] = {
    **dict.fromkeys(("loss", "loss_z", "loss_now", "onset_age_min", "before_kn", "now_kn"), "speed lost"),
    **dict.fromkeys(("abrupt", "before_sigma", "before_trend_h", "after_trend_h", "regained"), "how it was lost"),
    **dict.fromkeys(("roughness", "jitter", "unsteady"), "unsteadiness"),
    **dict.fromkeys(("turn_deg", "turn_near_deg", "wobble_llr"), "course"),
    **dict.fromkeys(("lane_ships", "lane_change", "lane_slowed", "port_km", "shelter"), "place"),
}
"""The few terms that a person reads."""
EXPLAIN: Final[dict[str, str]] = {
    "loss": "speed lost against her own speed before",
    "loss_z": "that loss against the noise of her speed",
    "loss_now": "speed lost, last five minutes",
    "onset_age_min": "minutes since the speed changed",
    "abrupt": "how suddenly it changed",
    "before_kn": "speed before",
    "now_kn": "speed now",
    "before_sigma": "how unsteady her speed was before",
    "before_trend_h": "her speed was changing already",
    "after_trend_h": "her speed goes on changing",
    "roughness": "speed unsteadier than before",
    "jitter": "speed jerks more than before",
    "unsteady": "speed swings by a share of the loss",
    "regained": "speed regained in between",
    "below_best": "she was already below her best",
    "turn_deg": "course changed with the speed",
    "turn_near_deg": "turn at the onset",
    "weave_deg": "course wanders",
    "weave_ratio": "course wanders more than before",
    "skew_step_deg": "heading minus course stepped",
    "skew_z": "that step against its noise",
    "skew_held_deg": "heading minus course held off",
    "dip": "short dip of speed",
    "dip_z": "that dip against the noise",
    "dip_age_min": "minutes since the dip",
    "heading_llr": "a steady angle between heading and course since then",
    "wobble_llr": "a slow swing of the course since then",
    "lane_ships": "ships known to pass here on this course",
    "lane_change": "what those did with their speed here",
    "lane_slowed": "share of those that slowed here",
    "crossed_min": "minutes since she crossed an asset",
    "cross_to_onset_min": "onset timed to that crossing",
    "cadence_min": "how often she is heard",
    "points_after": "positions since the onset",
    "port_km": "distance to a port or pilot station",
    "shelter": "land all round",
}
