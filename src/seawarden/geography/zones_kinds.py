"""Which kind of zone a feature of a map is, by its own properties, and what it is called.

Read are the forms that people have: OpenStreetMap's sea marks, EMODnet's wind farms, HELCOM's dredging and disposal
sites, Marine Regions' boundaries (geodatabase version 11 and 12: `GEONAME`, `MRGID`, `POL_TYPE`, `ISO_TER1`,
`TERRITORY1`, `SOVEREIGN1`), territorial seas by `A3`, and any map whose features carry a `kind` of those below.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final, Literal, NamedTuple, get_args

ZoneKind = Literal[
    "port", "anchorage", "pilot", "lane", "separation_zone", "precautionary_area", "fairway", "wind_farm", "dredging",
    "disposal", "platform", "restricted", "territorial_sea", "eez",
]  # fmt: skip
KINDS: Final[tuple[str, ...]] = get_args(ZoneKind)
WATERS: Final = ("territorial_sea", "eez")
"""Kinds that say whose waters."""
WORKING: Final[Mapping[str, str]] = {
    "port": "ships slow, wait and stop off {}",
    "anchorage": "{} is an anchorage",
    "pilot": "ships slow and stop to take a pilot at {}",
    "wind_farm": "ships build and tend {}, a wind farm",
    "dredging": "{} is dredged",
    "disposal": "spoil is dumped at {}",
    "platform": "ships supply and tend {}",
}
"""Kinds of zones in which slow, stopped or patterned motion is a matter of course, and the sentence that says so."""
RADIUS_M: Final[Mapping[str, float]] = {
    "port": 2_000.0,
    "anchorage": 1_000.0,
    "pilot": 1_852.0,
    "platform": 500.0,
    "dredging": 500.0,
    "disposal": 500.0,
    "wind_farm": 500.0,
    "lane": 900.0,
    "fairway": 200.0,
}
"""How far a zone reaches that a map draws as a point or a line, m.

Platforms: the safety zone of UNCLOS, article 60 (5). A mile about a pilot station; half a mile of a lane's arrow,
which is drawn along its middle. The others are this project's estimates.
"""
_SEAMARK: Final[Mapping[str, ZoneKind]] = {
    "anchorage": "anchorage",
    "anchor_berth": "anchorage",
    "harbour": "port",
    "pilot_boarding": "pilot",
    "separation_lane": "lane",
    "separation_zone": "separation_zone",
    "separation_line": "separation_zone",
    "precautionary_area": "precautionary_area",
    "separation_roundabout": "precautionary_area",
    "separation_crossing": "precautionary_area",
    "inshore_traffic_zone": "fairway",
    "fairway": "fairway",
    "recommended_track": "fairway",
    "two-way_route": "lane",
    "dredged_area": "dredging",
    "dumping_ground": "disposal",
    "platform": "platform",
    "restricted_area": "restricted",
}
_NO_AREA: Final = ("separation_boundary",)
"""Edges of areas that stand in the map by themselves."""
_STATES: Final[Mapping[str, str]] = dict(
    pair.split(":")
    for pair in (
        "ALA:FI ALB:AL BEL:BE BGR:BG CYP:CY DEU:DE DNK:DK ESP:ES EST:EE FIN:FI FRA:FR FRO:FO GBR:GB GGY:GG GIB:GI "
        "GRC:GR GRL:GL HRV:HR IMN:IM IRL:IE ISL:IS ITA:IT JEY:JE LTU:LT LVA:LV MCO:MC MLT:MT MNE:ME NLD:NL NOR:NO "
        "POL:PL PRT:PT ROU:RO RUS:RU SJM:SJ SVN:SI SWE:SE TUR:TR UKR:UA USA:US CAN:CA CHN:CN JPN:JP KOR:KR TWN:TW "
        "PHL:PH VNM:VN MYS:MY SGP:SG IDN:ID AUS:AU NZL:NZ IND:IN"
    ).split()
)
"""ISO 3166-1, three letters to two, of the states whose waters are watched most; others keep three letters."""


class Named(NamedTuple):
    """What a feature is."""

    kind: ZoneKind
    name: str
    country: str
    """ISO 3166-1 code of two letters where it is known, else what the map says; empty when it says nothing."""


def state_of(code: str) -> str:
    """Two letters for a state's three; as given when it is not known."""
    return _STATES.get(code.upper(), code.upper())


def name_feature(said: Mapping[str, Any], default: ZoneKind | None = None) -> Named | None:
    """The kind, name and state of a feature; None when its properties say nothing that is known.

    Args:
        said: its properties.
        default: the kind to take where the feature says none.
    """
    low = {str(key).lower(): _word(value) for key, value in said.items()}
    kind = _kind(low) or default
    if kind is None or low.get("seamark:type") in _NO_AREA:
        return None
    country = state_of(low.get("iso_ter1") or low.get("iso_sov1") or low.get("state") or low.get("a3") or "")
    country = country or low.get("country") or ""
    names = ("geoname", "name", "seamark:name", f"seamark:{low.get('seamark:type', '')}:name", "site_name", "objnam")
    name = next((low[key] for key in names if low.get(key)), "")
    if not name and kind in WATERS:
        name = low.get("territory1") or low.get("sovereign1") or country
    return Named(kind, name, country)


def _kind(low: Mapping[str, str]) -> ZoneKind | None:
    told = low.get("kind", "").casefold().replace(" ", "_")
    if told in KINDS:
        return next(kind for kind in get_args(ZoneKind) if kind == told)
    if "mrgid" in low or "geoname" in low:
        boundary = (low.get("pol_type") or told or "200nm").casefold()
        return "territorial_sea" if boundary.startswith("12") or "territorial" in boundary else "eez"
    if "a3" in low:
        return "territorial_sea"
    if "n_turbines" in low or low.get("plant:source") == "wind" or _is(low, "production_area", "wind_farm"):
        return "wind_farm"
    if "dredging_id" in low or "dredging_activity" in low:
        return "dredging"
    if "deposit_id" in low or "deposit_site" in low or "disposal_id" in low:
        return "disposal"
    if low.get("man_made") == "offshore_platform":
        return "platform"
    if low.get("leisure") == "marina" or low.get("seamark:harbour:category", "").startswith("marina"):
        return None  # yachts lie there; ships do not wait off them
    mark = low.get("seamark:type", "")
    if mark in _SEAMARK:
        return _SEAMARK[mark]
    return "port" if low.get("harbour") or low.get("industrial") == "port" else None


def _is(low: Mapping[str, str], mark: str, category: str) -> bool:
    return low.get("seamark:type") == mark and low.get(f"seamark:{mark}:category") == category


def _word(value: Any) -> str:
    if value is None or value != value:
        return ""
    if isinstance(value, float) and value.is_integer():
        value = int(value)
    return " ".join(str(value).split())
