"""The published cases and the named innocents as tracks: reconstructions from published figures, not recordings.

Speeds and durations are those that were published (see each case); that each change takes some minutes is ours. The
routes are drawn over the same assets between points to a tenth of a degree and are not the ships' own. Every position
is marked simulated, every MMSI begins with 999 (see `demo`). What was never published (a heading, when the anchor
took hold) is left out or said to be ours.
"""

from __future__ import annotations

from typing import Final

import msgspec
import numpy as np

from seawarden.geodesy import KNOT_MS, bearing_deg, destination, distance_m
from seawarden.model.position import Positions, Provenance, make_positions
from seawarden.model.static import StaticReport
from seawarden.simulate.draws import generator

STEP_S: Final = 30.0
Leg = tuple[float, float]
"""Minutes and speed (kn, negative astern) at their end; speed goes straight from leg to leg."""


class Reconstruction(msgspec.Struct, frozen=True, kw_only=True):
    """One case."""

    name: str
    told: str
    """What was published."""
    guilty: bool
    """Whether an anchor was out."""
    out_min: float | None
    """Minutes from the track's begin to the anchor's taking hold, where one was out."""
    mmsi: int
    route: tuple[tuple[float, float], ...]
    """(lat, lon)."""
    legs: tuple[Leg, ...]
    start_t: int
    skew_deg: float = 0.0
    """Heading minus course while the anchor is out; 0 where nothing was published."""
    heading: bool = False
    nav_status: int = 0
    swing_kn: float = 0.06
    """Scatter of the speed."""
    ship: str = ""
    """Whom she is like; the name she sends."""
    ship_type: int = 0
    """ITU-R M.1371."""
    length_m: float | None = None
    fault: tuple[str, float] | None = None
    """Asset that failed and the minute at which it did, where one did."""


def _to_and_fro(begin_min: float, lasts_min: float, *, each_min: float = 6.0, knots: float = 1.3) -> tuple[Leg, ...]:
    """Ahead and astern in turns; the speed changes its sign within a minute."""
    turns = np.arange(begin_min, begin_min + lasts_min, each_min)
    return tuple(
        leg
        for k, at in enumerate(turns.tolist())
        for leg in ((at, (-1) ** k * knots), (at + each_min - 1.0, (-1) ** k * knots))
    )


CASES: Final = (
    Reconstruction(
        name="Newnew Polar Bear, October 2023",
        told="11 kn, dip to 9.5 kn for five minutes at the pipeline",
        guilty=True,
        out_min=370.0,
        mmsi=999_000_011,
        route=((59.1, 22.2), (59.5, 23.1), (59.75, 25.2)),
        legs=((0, 11.0), (370, 11.0), (371, 9.5), (375.5, 9.5), (376.5, 11.0), (480, 11.0)),
        start_t=1_696_781_340_000,
        ship="LIKE NEWNEW",
        ship_type=70,
        length_m=169.0,
        fault=("balticconnector", 371.0),
    ),
    Reconstruction(
        name="Yi Peng 3, November 2024",
        told="9-10 kn, then about 7, to and fro for an hour afterwards (200 m each way are ours)",
        guilty=True,
        out_min=180.0,
        mmsi=999_000_012,
        route=((57.9, 20.6), (56.8, 19.2), (55.6, 17.0), (55.2, 15.5)),
        legs=((0, 9.5), (180, 9.5), (188, 7.0), (1500, 7.1), *_to_and_fro(1508.0, 60.0)),
        start_t=1_731_811_200_000,
        swing_kn=0.2,
        ship="LIKE YI PENG",
        ship_type=70,
        length_m=225.0,
    ),
    Reconstruction(
        name="Eagle S, December 2024",
        told="9.3 kn, 8.8 within two minutes at Estlink 2, later 8.5, 6.3, stop, 7.5",
        guilty=True,
        out_min=239.0,
        mmsi=999_000_013,
        route=((60.05, 27.6), (59.85, 26.2), (59.65, 25.0), (59.5, 23.6)),
        legs=(
            (0, 9.3),
            (239, 9.3),
            (241, 8.8),
            (300, 8.8),
            (306, 8.5),
            (400, 8.5),
            (408, 6.3),
            (445, 6.3),
            (454, 0.3),
            (469, 0.3),
            (481, 7.5),
            (600, 7.5),
        ),
        start_t=1_735_108_020_000,
        swing_kn=0.2,
        ship="LIKE EAGLE S",
        ship_type=80,
        length_m=229.0,
        fault=("estlink-2", 239.0),
    ),
    Reconstruction(
        name="Vezhen-like in a gale, January 2025",
        told="slowed (figures unpublished), turn tendency held by the autopilot; 30 % and 4 degrees are ours",
        guilty=True,
        out_min=180.0,
        mmsi=999_000_014,
        route=((58.6, 20.4), (57.6, 20.0), (56.6, 18.7)),
        legs=((0, 11.0), (180, 10.9), (190, 7.7), (720, 7.7)),
        start_t=1_737_766_800_000,
        skew_deg=4.0,
        heading=True,
        swing_kn=0.25,
        ship="LIKE VEZHEN",
        ship_type=70,
    ),
    Reconstruction(
        name="tow at 4.5 kn",
        told="a tug with a tow, steady for hours",
        guilty=False,
        out_min=None,
        mmsi=999_000_021,
        route=((56.9, 18.6), (55.9, 17.4)),
        legs=((0, 4.5), (720, 4.5)),
        start_t=1_731_811_200_000,
        nav_status=3,
        ship="TUG AND TOW",
        ship_type=31,
        length_m=35.0,
    ),
    Reconstruction(
        name="ferry's approach",
        told="18 kn, in steps to 6 over half an hour off her port",
        guilty=False,
        out_min=None,
        mmsi=999_000_022,
        route=((58.9, 20.8), (59.44, 24.4), (59.47, 24.75)),
        legs=((0, 18.0), (395, 18.0), (405, 14.0), (415, 10.0), (425, 6.0), (440, 3.0)),
        start_t=1_731_811_200_000,
        ship="FERRY",
        ship_type=60,
        length_m=180.0,
    ),
    Reconstruction(
        name="not under command, adrift at 0.5 kn",
        told="drifting over a cable for hours",
        guilty=False,
        out_min=None,
        mmsi=999_000_023,
        route=((57.35, 19.35), (57.1, 19.2)),
        legs=((0, 0.5), (900, 0.5)),
        start_t=1_731_811_200_000,
        heading=True,
        skew_deg=70.0,
        nav_status=2,
        swing_kn=0.05,
        ship="ADRIFT",
        ship_type=70,
        length_m=140.0,
    ),
)


def head_wind(ships: int = 39) -> list[Reconstruction]:
    """A bulk carrier that slows in a 30 kn head wind with 38 neighbours on her course, within one half hour."""
    random = generator("head wind")
    found = []
    for k in range(ships):
        speed = float(random.uniform(9.0, 12.5))
        loss = float(random.uniform(0.15, 0.28))
        begin = 150.0 + float(random.uniform(0.0, 30.0))
        lat, lon = 57.6 - 0.02 * k, 20.2 - 0.02 * k + float(random.uniform(-0.1, 0.1))
        found.append(
            Reconstruction(
                name=f"head wind, ship {k + 1}",
                told="slows in a head wind of 30 kn with all others on her course",
                guilty=False,
                out_min=None,
                mmsi=999_000_100 + k,
                route=((lat, lon), (lat - 1.4, lon - 1.6)),
                legs=((0, speed), (begin, speed), (begin + 25.0, speed * (1.0 - loss)), (480, speed * (1.0 - loss))),
                start_t=1_731_811_200_000,
                swing_kn=0.15,
                ship=f"HEAD WIND {k + 1}",
                ship_type=70,
                length_m=225.0 if k == 0 else float(random.uniform(90.0, 230.0)),
            )
        )
    return found


def static_of(case: Reconstruction) -> StaticReport:
    """What the ship sends of herself: whom she is like, her type, and her length where it was published."""
    return StaticReport(
        t=case.start_t,
        mmsi=case.mmsi,
        name=case.ship,
        ship_type=case.ship_type,
        length_m=case.length_m,
        simulated=True,
    )


def with_heading(case: Reconstruction, pull_deg: float = 3.0) -> Reconstruction:
    """The same case with a heading, pulled off her course by an angle that is ours: towed bodies pull 1-8 degrees."""
    return msgspec.structs.replace(
        case,
        name=f"{case.name}, with a heading",
        told=f"{case.told}; heading and a pull of {pull_deg:g} degrees are ours",
        heading=True,
        skew_deg=pull_deg,
    )


def sail_case(case: Reconstruction) -> Positions:
    """Positions of a case every half minute until its legs or its route end."""
    random = generator("reconstruction", case.mmsi)
    minutes = np.arange(0.0, case.legs[-1][0], STEP_S / 60.0)
    speed = np.interp(minutes, [leg[0] for leg in case.legs], [leg[1] for leg in case.legs])
    lat, lon = case.route[0]
    leg = 1
    rows: list[tuple[float, float, float]] = []
    for v in speed:
        while leg < len(case.route) and distance_m(lat, lon, *case.route[leg]) < v * KNOT_MS * STEP_S:
            leg += 1
        if leg == len(case.route):
            break
        course = bearing_deg(lat, lon, *case.route[leg])
        rows.append((lat, lon, course))
        lat, lon = destination(lat, lon, course, float(v) * KNOT_MS * STEP_S)
    n = len(rows)
    courses = np.array([row[2] for row in rows])
    out = minutes[:n] >= (case.out_min if case.out_min is not None else 0.0)
    skew = np.where(out, case.skew_deg, 0.0) + random.normal(0.0, 0.8, n)
    return make_positions(
        n,
        t=case.start_t + np.round(minutes[:n] * 60_000.0).astype(np.int64),
        mmsi=case.mmsi,
        lat=np.array([row[0] for row in rows]) + random.normal(0.0, 4e-5, n),
        lon=np.array([row[1] for row in rows]) + random.normal(0.0, 7e-5, n),
        sog_kn=np.round(np.maximum(np.abs(speed[:n]) + random.normal(0.0, case.swing_kn, n), 0.0), 1),
        cog_deg=np.round((courses + random.normal(0.0, 0.5, n)) % 360.0, 1) % 360.0,
        heading_deg=np.round((courses + skew) % 360.0) % 360.0 if case.heading else np.nan,
        nav_status=case.nav_status,
        msg_type=1,
        provenance=int(Provenance.SIMULATED),
    )
