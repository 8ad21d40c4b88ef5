"""The form in which aisstream.io publishes AIS: one JSON message each over a WebSocket, after a subscription.

The subscription must come within three seconds of the connection: key, boxes of (latitude, longitude) corners, types
of messages. The time of a message is that of its reception by a station, `time_utc`.
"""

from __future__ import annotations

from typing import Any, Final

import msgspec

from seawarden.model.error import UsageError
from seawarden.model.position import NO_TIME
from seawarden.model.static import StaticReport
from seawarden.sources.feeds.json_rows import JsonRows, moment
from seawarden.sources.feeds.link import Chunk
from seawarden.sources.feeds.messages import MessageReader, eta_text

POSITIONS: Final = {
    "PositionReport": 1,
    "StandardClassBPositionReport": 18,
    "ExtendedClassBPositionReport": 19,
    "LongRangeAisBroadcastMessage": 27,
}
STATICS: Final = ("ShipStaticData", "StaticDataReport")
WORLD: Final = "-90/-180/90/180"


class _Message(msgspec.Struct):
    MessageType: str = ""
    MetaData: dict[str, Any] = {}
    Message: dict[str, dict[str, Any]] = {}
    error: str = ""


_DECODER: Final = msgspec.json.Decoder(_Message)


def subscription(token: str, box: str, types: str) -> bytes:
    """What is sent first.

    Args:
        token: the key.
        box: `south/west/north/east`, degrees.
        types: types of messages, separated by `/`; all that are understood when empty.

    Raises:
        UsageError: the box is none.
    """
    try:
        south, west, north, east = (float(part) for part in box.split("/"))
    except ValueError:
        raise UsageError(f"box={box}: write SOUTH/WEST/NORTH/EAST in degrees") from None
    if not (-90 <= south < north <= 90 and -180 <= west <= 180 and -180 <= east <= 180):
        raise UsageError(f"box={box}: write SOUTH/WEST/NORTH/EAST in degrees")
    wanted = types.split("/") if types else [*POSITIONS, *STATICS]
    body = {"APIKey": token, "BoundingBoxes": [[[south, west], [north, east]]], "FilterMessageTypes": wanted}
    return msgspec.json.encode(body)


class AisstreamReader(MessageReader):
    """Reads messages by their type; parts of static data that come apart are put together."""

    def read(self, rows: JsonRows, chunk: Chunk) -> str:
        """One message."""
        told = _DECODER.decode(chunk.data)
        if told.error:
            rows.records += 1
            return f"it says: {told.error}: is the key right?"
        if told.MessageType in POSITIONS:
            self._position(rows, chunk, told)
        elif told.MessageType in STATICS:
            self._static(rows, chunk, told)
        elif told.MessageType:
            rows.records += 1
        else:
            raise ValueError("a message without a type")
        return ""

    def _position(self, rows: JsonRows, chunk: Chunk, told: _Message) -> None:
        body, about = told.Message[told.MessageType], told.MetaData
        rows.position(
            t=_time(about.get("time_utc")),
            receive_t=chunk.receive_t,
            mmsi=int(body.get("UserID") or about.get("MMSI") or 0),
            lat=body.get("Latitude"),
            lon=body.get("Longitude"),
            sog_kn=body.get("Sog"),
            cog_deg=body.get("Cog"),
            heading_deg=body.get("TrueHeading"),
            rot=body.get("RateOfTurn"),
            nav_status=body.get("NavigationalStatus"),
            accurate=body.get("PositionAccuracy"),
            msg_type=int(body.get("MessageID") or POSITIONS[told.MessageType]),
        )

    def _static(self, rows: JsonRows, chunk: Chunk, told: _Message) -> None:
        body, about = told.Message[told.MessageType], told.MetaData
        if told.MessageType == "StaticDataReport":
            body = {**(body.get("ReportA") or {}), **_told(body.get("ReportB") or {}), "UserID": body.get("UserID")}
        size = body.get("Dimension") or {}
        bow, stern, port, starboard = (float(size.get(side) or 0) for side in "ABCD")
        mmsi = int(body.get("UserID") or about.get("MMSI") or 0)
        old = self.said(mmsi)
        report = StaticReport(
            t=0,
            mmsi=mmsi,
            imo=int(body.get("ImoNumber") or 0) or (old.imo if old else 0),
            name=_text(body.get("Name")) or (old.name if old else ""),
            callsign=_text(body.get("CallSign")) or (old.callsign if old else ""),
            ship_type=int(body.get("Type") or body.get("ShipType") or 0) or (old.ship_type if old else 0),
            length_m=(bow + stern) or (old.length_m if old else None),
            breadth_m=(port + starboard) or (old.breadth_m if old else None),
            to_bow_m=bow if bow + stern else (old.to_bow_m if old else None),
            to_port_m=port if port + starboard else (old.to_port_m if old else None),
            draught_m=body.get("MaximumStaticDraught") or (old.draught_m if old else None),
            destination=_text(body.get("Destination")) or (old.destination if old else ""),
            eta=_eta(body.get("Eta")) or (old.eta if old else ""),
        )
        self.static(rows, chunk, report, _time(about.get("time_utc")))


def _time(text: Any) -> int:
    """`2022-12-29 18:22:32.318353 +0000 UTC` in ms; the fraction has any number of digits."""
    if not isinstance(text, str):
        return NO_TIME
    day, _, rest = text.partition(" ")
    clock = rest.partition(" ")[0]
    whole, _, fraction = clock.partition(".")
    return moment(f"{day}T{whole}.{(fraction + '000000')[:6]}+00:00")


def _told(part: dict[str, Any]) -> dict[str, Any]:
    return {key: value for key, value in part.items() if value}


def _text(value: Any) -> str:
    return str(value or "").partition("@")[0].strip()


def _eta(value: Any) -> str:
    if not isinstance(value, dict):
        return ""
    month, day, hour, minute = (int(value.get(name) or 0) for name in ("Month", "Day", "Hour", "Minute"))
    return eta_text(month, day, hour, minute)
