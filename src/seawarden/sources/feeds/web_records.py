"""What a web service answers: JSON lists or GeoJSON features, one ship each, with column names of any usual kind."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Final

import msgspec

from seawarden.model.batch import Catalogue
from seawarden.model.error import UsageError
from seawarden.model.position import NO_TIME
from seawarden.model.static import StaticReport
from seawarden.sources.columns import recognise
from seawarden.sources.feeds.json_rows import JsonRows, moment
from seawarden.sources.feeds.link import Chunk
from seawarden.sources.feeds.reading import Reading

SAMPLE: Final = 200
"""Records that are looked at to tell which column is the time."""
_LISTS: Final = ("features", "data", "results", "items", "vessels", "ships", "positions", "records")
_STATIC: Final = ("imo", "name", "callsign", "ship_type", "length_m", "breadth_m", "draught_m", "destination")


class WebReader:
    """Reads answers; a ship whose position is the one of the last answer is not told again.

    Args:
        name: the feed's.
        ahead_s: how far a record may be ahead of its reception.
        receive_time: take the time of reception where the records tell none, or a wrong one.
    """

    def __init__(self, name: str, *, ahead_s: float, receive_time: bool = False) -> None:
        self.catalogue = Catalogue()
        self._name = name
        self._source = self.catalogue.source(name)
        self._ahead_ms = int(ahead_s * 1000)
        self._receive_time = receive_time
        self._last: dict[int, tuple[Any, ...]] = {}
        self._said: dict[int, tuple[Any, ...]] = {}

    def reset(self) -> None:
        """Answers are whole: nothing is lost."""

    def take(self, chunks: Sequence[Chunk]) -> Reading:
        """What is new in these answers."""
        rows = JsonRows(self._name, self._source, self._ahead_ms, receive_time=self._receive_time)
        problem = ""
        for chunk in chunks:
            if chunk.topic == "unchanged":
                continue
            try:
                records = _records(msgspec.json.decode(chunk.data))
            except (msgspec.MsgspecError, UnicodeDecodeError):
                start = chunk.data[:60].decode("utf-8", "replace").strip()
                rows.reject("bad_json", start)
                problem = f"its answer is no JSON: it begins '{start}': is the address right?"
                continue
            if records:
                problem = self._read(rows, records, chunk.receive_t)
        batch, ahead = rows.batch()
        return Reading(batch=batch, ahead=ahead, ours=self._receive_time, problem=problem)

    def _read(self, rows: JsonRows, records: list[dict[str, Any]], receive_t: int) -> str:
        header = list(dict.fromkeys(key for record in records[:SAMPLE] for key in record))
        try:
            found = recognise(header)
        except UsageError as error:
            return str(error)
        gone = [field for field in ("mmsi", "lat", "lon") if field not in found]
        if gone:
            return f"no field of its records is recognised as {' or '.join(gone)}; they are {', '.join(header[:20])}"
        fields = {field: names[0] for field, names in found.items()}
        time_field = _time_field(found.get("t", []), records)
        for record in records:
            told = {field: record.get(name) for field, name in fields.items()}
            t = moment(record.get(time_field)) if time_field else NO_TIME
            mmsi = _whole(told.get("mmsi"))
            place = (t, told.get("lat"), told.get("lon"), told.get("sog_kn"))
            if self._last.get(mmsi) == place:
                rows.records += 1
                continue
            self._last[mmsi] = place
            rows.position(
                t=t,
                receive_t=receive_t,
                mmsi=mmsi,
                lat=_number(told.get("lat")),
                lon=_number(told.get("lon")),
                sog_kn=_number(told.get("sog_kn")),
                cog_deg=_number(told.get("cog_deg")),
                heading_deg=_number(told.get("heading_deg")),
                rot=_number(told.get("rot_deg_min")),
                nav_status=_whole(told["nav_status"]) if isinstance(told.get("nav_status"), (int, float)) else None,
                accurate=told["accuracy"] if isinstance(told.get("accuracy"), bool) else None,
            )
            self._static(rows, mmsi, told, t if t != NO_TIME else receive_t, receive_t)
        return ""

    def _static(self, rows: JsonRows, mmsi: int, told: dict[str, Any], t: int, receive_t: int) -> None:
        content = tuple(told.get(field) for field in _STATIC)
        if not any(content) or self._said.get(mmsi) == content or not mmsi:
            return
        self._said[mmsi] = content
        kind = told.get("ship_type")
        rows.statics.append(
            StaticReport(
                t=min(t, receive_t),
                mmsi=mmsi,
                receive_t=receive_t,
                source=self._source,
                file=-1,
                imo=_whole(told.get("imo")),
                name=str(told.get("name") or "").strip(),
                callsign=str(told.get("callsign") or "").strip(),
                ship_type=_whole(kind) if isinstance(kind, (int, float)) else 0,
                type_text=kind if isinstance(kind, str) else "",
                length_m=_number(told.get("length_m")),
                breadth_m=_number(told.get("breadth_m")),
                draught_m=_number(told.get("draught_m")),
                destination=str(told.get("destination") or "").strip(),
            )
        )


def _records(body: Any) -> list[dict[str, Any]]:
    """The records of an answer, flattened: properties beside the rest, a point's coordinates as lat and lon."""
    if isinstance(body, dict):
        inner = next((body[name] for name in _LISTS if isinstance(body.get(name), list)), None)
        body = [body] if inner is None else inner
    return [_flat(record) for record in body if isinstance(record, dict)] if isinstance(body, list) else []


def _flat(record: dict[str, Any]) -> dict[str, Any]:
    flat = {key: value for key, value in record.items() if not isinstance(value, (dict, list))}
    if flat.get("type") == "Feature":
        del flat["type"]
    if isinstance(record.get("properties"), dict):
        flat |= {k: v for k, v in record["properties"].items() if not isinstance(v, (dict, list))}
    shape = record.get("geometry")
    if isinstance(shape, dict):
        points = shape.get("coordinates")
        if shape.get("type") == "LineString" and points:  # a recent track: the newest position is its last
            points = points[-1]
        if isinstance(points, list) and len(points) >= 2:
            flat["lon"], flat["lat"] = points[0], points[1]
    return flat


def _time_field(candidates: Sequence[str], records: Sequence[dict[str, Any]]) -> str:
    """The first of the columns whose values are times."""
    sample = records[:SAMPLE]
    for name in candidates:
        told = [record[name] for record in sample if record.get(name) is not None]
        if told and 2 * sum(moment(value) != NO_TIME for value in told) > len(told):
            return name
    return ""


def _number(value: Any) -> float | None:
    if isinstance(value, bool) or value is None:
        return None
    try:
        return float(value)
    except (TypeError, ValueError):
        return None


def _whole(value: Any) -> int:
    number = _number(value)
    return int(number) if number is not None and abs(number) < 1e15 else 0
