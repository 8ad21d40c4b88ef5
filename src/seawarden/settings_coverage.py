"""Settings of what is heard where, of feeds that fall silent, and of ships that go dark."""

from __future__ import annotations

from typing import Annotated

import msgspec
from msgspec import Meta


class _Section(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A group of settings; an unknown name in it is an error, never ignored."""


class CoverageSettings(_Section, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What is learned of the receivers, and when a stretch of an asset counts as watched."""

    cell_deg: Annotated[float, Meta(ge=0.01, le=1, description="Height of a cell; twice as wide in longitude")] = 0.05
    """5.6 km by some 6 km at 57 N: below the reach of any receiver, and a ship passes in a quarter of an hour."""
    half_life_days: Annotated[float, Meta(ge=0.5, le=365, description="Halving time of what was learned")] = 14
    """Stations are moved and seasons change what is heard; two weeks outlast bad weather."""
    good_hours: Annotated[float, Meta(ge=1, le=10_000, description="Ship-hours heard around a cell to trust it")] = 10
    """Ten ship-hours without a loss bound the loss at some 0.3 an hour: enough to be asked, with a limit on it."""
    thin_hours: Annotated[float, Meta(ge=0.05, le=1_000, description="Ship-hours heard where observed")] = 0.5
    """A ship at 12 kn spends half an hour in a cell and its neighbours: one whole passage."""
    good_share: Annotated[float, Meta(gt=0, le=1, description="Share of reports heard where observed")] = 0.5
    """Below a half a ship can't be followed through a manoeuvre."""
    observed_loss_per_h: Annotated[float, Meta(gt=0, le=60, description="Most ships lost, per ship-hour")] = 0.5
    """A ship lost every two hours at sea is one followed for an hour and a half: less is no watch."""
    stale_h: Annotated[float, Meta(ge=1, le=8_760, description="Hours unheard after which a stretch is thin")] = 48
    """Every shipping lane has a ship in two days; without one nothing proves that it would be heard."""
    stretch_km: Annotated[float, Meta(ge=0.1, le=50, description="Length of a stretch of an asset")] = 1
    """A ship at 12 kn crosses it in three minutes, and no receiver's edge is known better."""


class OutageSettings(_Section, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A feed, or a receiver, that falls silent as a whole."""

    enabled: bool = True
    """Off only for tests: without it a dead feed looks like a quiet sea."""
    blind_s: Annotated[float, Meta(ge=60, le=86_400, description="Silence after which a feed counts as down")] = 210
    """Five days of a coast guard's receivers never fell silent for longer than seven minutes, seldom for four."""
    notice_s: Annotated[float, Meta(ge=60, le=86_400, description="Silence after which it is told")] = 600
    """Ten minutes: hiccups of delivery are over, and no ship has been called silent yet."""
    reports: Annotated[float, Meta(ge=1, le=1_000, description="Reports that would have come by then")] = 8
    """At eight expected, none comes by chance once in 3,000 times (Poisson)."""
    ships: Annotated[int, Meta(ge=2, le=100, description="Ships that fall silent together where a station fails")] = 3
    """Three within some minutes and miles have one cause, and it is not theirs."""
    radius_km: Annotated[float, Meta(ge=1, le=500, description="Distance that links them")] = 40
    """About the reach of a coast station for a small antenna."""
    overdue_s: Annotated[float, Meta(ge=60, le=3_600, description="Silence that counts here")] = 240
    """Before any of them could be called silent, and after the hiccups of one receiver."""


class DarkSettings(_Section, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Where a ship could have been while she was not heard."""

    ways: Annotated[int, Meta(ge=64, le=65_536, description="Ways drawn to work out chances")] = 512
    """The error of a chance of a half is 2 %; enough beside what is not known of her intent to turn."""
    least_chance: Annotated[float, Meta(gt=0, lt=1, description="Chance from which an asset is named")] = 0.01
    """Keeps the asset really crossed in 98 of 100 cases at a tenth more names; below, everything within a day."""
    most_assets: Annotated[int, Meta(ge=1, le=100, description="Assets named for one ship, likeliest first")] = 24
    """More than anybody calls about: a bound on work where a harbour is full of lines, not on what is asked."""
    course_sigma_deg: Annotated[float, Meta(ge=0.5, le=60, description="Spread of her course after a minute")] = 3
    """Merchant ships hold a course within some degrees."""
    turns_per_h: Annotated[float, Meta(ge=0, le=10, description="Changes of course, per hour")] = 0.4
    """Fitted to hidden stretches of a third of the Kattegat's and half of Norway's ships: 1.2 and 0.7 score worse."""
    turn_sigma_deg: Annotated[float, Meta(ge=1, le=180, description="Spread of a change of course")] = 35
    """Most are small, some are a rounding of a cape."""
    speed_sigma_share: Annotated[float, Meta(ge=0, le=1, description="Spread of her speed, as a share of it")] = 0.06
    """What ships under way change within an hour by sea, current and throttle."""
    speed_changes_per_h: Annotated[float, Meta(ge=0, le=20, description="Changes of speed, per hour")] = 0.25
    """A ship on passage keeps her speed for hours; a manoeuvring one (slow) changes six times as often."""
    stops_per_h: Annotated[float, Meta(ge=0, le=10, description="Stops, per hour")] = 0.01
    """The same fit: 0.03 and 0.1 score worse. Ships that lie still are not asked about."""
    top_speed_share: Annotated[float, Meta(ge=1, le=5, description="Top speed over the fastest she was seen")] = 1.25
    """Merchant ships sail at four fifths of what their engines give."""
    linger_m: Annotated[float, Meta(ge=10, le=10_000, description="How near counts as lingering by an asset")] = 500
    """Anchor, chain and the error of the route."""
    identity_km: Annotated[float, Meta(ge=1, le=200, description="How near a new number may appear to be hers")] = 15
    """Beyond her reach nothing is asked; inside it, this far from her likeliest way (own estimate)."""
    forget_h: Annotated[float, Meta(ge=1, le=720, description="How long a dark ship is followed")] = 48
    """Two days at 12 kn are 1,000 km: she can be anywhere by then."""
