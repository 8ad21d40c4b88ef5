"""Which column of a table is what: the names that tables in the wild use, and mappings given by hand."""

from __future__ import annotations

import json
import re
import tomllib
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Final

from seawarden.model.error import UsageError

SYNONYMS: Final[dict[str, tuple[str, ...]]] = {
    "t": (
        "t",
        "timestamp",
        "timestamputc",
        "utctimestamp",
        "time",
        "timeutc",
        "utctime",
        "utc",
        "datetime",
        "datetimeutc",
        "utcdatetime",
        "basedatetime",
        "dtposutc",
        "dateutc",
        "eventtime",
        "postime",
        "positiontime",
        "positiontimestamp",
        "lastposepoch",
        "lastposutc",
        "msgtime",
        "messagetime",
        "timeposition",
        "timestampexternal",
        "epoch",
        "epochs",
        "epochms",
        "epochtime",
        "unix",
        "unixtime",
        "unixtimestamp",
        "tmsg",
        "timeoflastposition",
        "timestampms",
        "timestamps",
        "ts",
        "tsms",
        "observedat",
        "seenat",
        "createdat",
        "date",
        "receivedat",
        "receivedtime",
        "receivetime",
        "receivet",
        "timereceived",
        "rxtime",
        "recvtime",
    ),
    "receive_t": ("receivedat", "receivedtime", "receivetime", "receivet", "timereceived", "rxtime", "recvtime"),
    "mmsi": ("mmsi", "ssvid", "usermmsi", "mmsinumber", "userid", "shipmmsi", "vesselmmsi", "sourcemmsi"),
    "lat": (
        "lat",
        "latitude",
        "latitudedegrees",
        "latitudedeg",
        "latdeg",
        "latdegrees",
        "latdd",
        "y",
        "ycoord",
        "poslat",
        "latitudedd",
        "latitudewgs84",
    ),
    "lon": (
        "lon",
        "long",
        "lng",
        "longitude",
        "longitudedegrees",
        "longitudedeg",
        "londeg",
        "londegrees",
        "londd",
        "x",
        "xcoord",
        "poslon",
        "poslong",
        "longitudedd",
        "longitudewgs84",
    ),
    "sog_kn": (
        "sog",
        "sogkn",
        "sogknots",
        "sogkt",
        "sogkts",
        "speed",
        "speedkn",
        "speedknots",
        "speedkt",
        "speedoverground",
        "speedovergroundkn",
        "speedovergroundknots",
        "velocity",
    ),
    "cog_deg": (
        "cog",
        "cogdeg",
        "cogdegrees",
        "course",
        "coursedeg",
        "coursedegrees",
        "courseoverground",
        "courseovergrounddegrees",
        "courseovergrounddeg",
    ),
    "heading_deg": (
        "heading",
        "headingdeg",
        "headingdegrees",
        "trueheading",
        "trueheadingdeg",
        "hdg",
        "hdgdeg",
        "th",
    ),
    "rot_deg_min": ("rot", "rotdegmin", "rateofturn", "rot3", "turn", "turnrate"),
    "nav_status": (
        "navstatus",
        "navigationalstatus",
        "navigationstatus",
        "navstat",
        "status",
        "navigationalstatuscode",
        "navstatuscode",
        "navstatusid",
    ),
    "msg_type": ("msgtype", "messagetype", "messageid", "msgid", "aistype", "messagetypeid", "type"),
    "accuracy": ("posacc", "accuracy", "positionaccuracy", "pac", "posaccuracy"),
    "pos_sigma_m": ("possigmam",),
    "t_sigma_s": ("tsigmas",),
    "provenance": ("provenance",),
    "receiver": ("receiver", "receiverid", "station", "stationid", "basestation", "receiverstation", "receivedby"),
    "mobile": ("typeofmobile", "mobiletype"),
    "imo": ("imo", "imonumber", "imono", "imonr", "shipimo", "vesselimo"),
    "name": ("name", "shipname", "vesselname", "nameais"),
    "callsign": ("callsign", "radiocallsign"),
    "ship_type": (
        "shiptype",
        "vesseltype",
        "shipandcargotype",
        "typeofshipandcargo",
        "shiptypecode",
        "vesseltypecode",
        "aisshiptype",
        "shipcargotype",
    ),
    "length_m": ("length", "lengthm", "lengthoverall", "loa", "shiplength"),
    "breadth_m": ("width", "widthm", "breadth", "breadthm", "beam", "beamm"),
    "draught_m": ("draught", "draughtm", "draft", "draftm"),
    "destination": ("destination", "dest"),
    "eta": ("eta",),
    "to_bow_m": ("a", "tobow", "tobowm", "dimensiona", "dimbow", "dimtobow"),
    "to_stern_m": ("b", "tostern", "tosternm", "dimensionb", "dimstern", "dimtostern"),
    "to_port_m": ("c", "toport", "toportm", "dimensionc", "dimport", "dimtoport"),
    "to_starboard_m": ("d", "tostarboard", "tostarboardm", "dimensiond", "dimstarboard", "dimtostarboard"),
}
"""Field to the column names it goes by, best first, in lower case without anything but letters and digits."""

OPTIONS: Final = ("time_format",)
"""Names in a mapping that are not columns: `time_format=%d.%m.%Y %H:%M`."""
REQUIRED: Final = ("mmsi", "lat", "lon")


def plain(name: str) -> str:
    """A column's name in lower case with letters and digits only."""
    return re.sub(r"[^a-z0-9]", "", name.lower())


def parse_columns(text: str) -> dict[str, str]:
    """Read `--columns`: `field=column,field=column`, or the path of a TOML or JSON file that holds such a table.

    Raises:
        UsageError: the text can't be understood, or names a field that does not exist.
    """
    path = Path(text)
    if path.suffix.lower() in (".toml", ".json"):
        mapping = _read_file(path)
    else:
        mapping = {}
        for item in filter(None, (part.strip() for part in text.split(","))):
            field, equals, column = item.partition("=")
            if not equals or not column.strip():
                raise UsageError(f"--columns: '{item}' is not of the form field=column")
            mapping[field.strip()] = column.strip()
    return check_columns(mapping)


def check_columns(mapping: Mapping[str, str]) -> dict[str, str]:
    """The mapping, when every field in it exists.

    Raises:
        UsageError: a field that does not exist.
    """
    known = [*SYNONYMS, *OPTIONS]
    for field in mapping:
        if field not in known:
            raise UsageError(f"--columns: there is no field '{field}'; the fields are {', '.join(known)}")
    return dict(mapping)


def recognise(header: Sequence[str], mapping: Mapping[str, str] | None = None) -> dict[str, list[str]]:
    """Candidate columns for each field, best first; a mapped field has its mapped column alone.

    Raises:
        UsageError: a mapped column is not in the header.
    """
    by_plain: dict[str, str] = {}
    for column in header:
        by_plain.setdefault(plain(column), column)
    found: dict[str, list[str]] = {}
    for field, names in SYNONYMS.items():
        columns = [by_plain[name] for name in (plain(field), *names) if name in by_plain]
        if columns:
            found[field] = list(dict.fromkeys(columns))
    for field, column in (mapping or {}).items():
        if field in OPTIONS:
            continue
        named = column if column in header else by_plain.get(plain(column))
        if named is None:
            raise UsageError(f"--columns: {field}={column}, but the columns are {_listed(header)}")
        found[field] = [named]
    return found


def missing(found: Mapping[str, list[str]], header: Iterable[str]) -> str:
    """A sentence about the required fields that no column gives, or the empty string."""
    gone = [field for field in REQUIRED if field not in found]
    if not gone:
        return ""
    return (
        f"no column is recognised as {' or '.join(gone)}; the columns are {_listed(header)}; "
        f"name them with --columns {','.join(f'{field}=COLUMN' for field in gone)}"
    )


def _listed(header: Iterable[str]) -> str:
    names = [str(name) for name in header]
    shown = ", ".join(names[:30])
    return (shown if len(names) <= 30 else f"{shown} and {len(names) - 30} more")[:600] or "(none)"


def _read_file(path: Path) -> dict[str, str]:
    try:
        text = path.read_text(encoding="utf-8")
        data = tomllib.loads(text) if path.suffix.lower() == ".toml" else json.loads(text)
    except OSError as error:
        raise UsageError(f"--columns {path}: cannot be read: {error.strerror or error}") from error
    except ValueError as error:
        raise UsageError(f"--columns {path}: {error}") from error
    if isinstance(data, dict) and isinstance(data.get("columns"), dict):
        data = data["columns"]
    if not isinstance(data, dict) or not all(isinstance(value, str) for value in data.values()):
        raise UsageError(f'--columns {path}: it must hold a table of field = "column"')
    return data
