"""The form in which Fintraffic publishes AIS by MQTT: a topic a ship for positions, another for static data.

Topics `vessels-v2/<mmsi>/location` and `.../metadata` at `wss://meri.digitraffic.fi:443/mqtt`, as documented at
digitraffic.fi; times of positions in seconds, of static data in milliseconds; draught in tenths of a metre; the ETA
as the 20 bits of AIS.
"""

from __future__ import annotations

from typing import Final

import msgspec

from seawarden.model.static import StaticReport
from seawarden.sources.feeds.json_rows import JsonRows, moment
from seawarden.sources.feeds.link import Chunk
from seawarden.sources.feeds.messages import MessageReader, eta_text

TOPICS: Final = ("vessels-v2/+/location", "vessels-v2/+/metadata")
ATTRIBUTION: Final = "Source: Fintraffic / digitraffic.fi, license CC 4.0 BY"


class _Location(msgspec.Struct):
    time: float | None = None
    lat: float | None = None
    lon: float | None = None
    sog: float | None = None
    cog: float | None = None
    heading: float | None = None
    rot: float | None = None
    navStat: int | None = None
    posAcc: bool | None = None


class _Metadata(msgspec.Struct):
    timestamp: float | None = None
    name: str | None = None
    callSign: str | None = None
    imo: int | None = None
    type: int | None = None
    draught: float | None = None
    destination: str | None = None
    eta: int | None = None
    refA: float | None = None
    refB: float | None = None
    refC: float | None = None
    refD: float | None = None


_LOCATION: Final = msgspec.json.Decoder(_Location)
_METADATA: Final = msgspec.json.Decoder(_Metadata)


class DigitrafficReader(MessageReader):
    """Reads messages by their topic."""

    def read(self, rows: JsonRows, chunk: Chunk) -> str:
        """One message."""
        parts = chunk.topic.split("/")
        if len(parts) < 2 or parts[-1] == "status":
            rows.records += 1
            return ""
        mmsi = int(parts[-2]) if parts[-2].isdigit() else 0
        if parts[-1] in ("location", "locations"):
            self._position(rows, mmsi, chunk, _LOCATION.decode(chunk.data))
        elif parts[-1] == "metadata":
            self._static(rows, mmsi, chunk, _METADATA.decode(chunk.data))
        else:
            rows.reject("bad_topic", chunk.topic)
        return ""

    def _position(self, rows: JsonRows, mmsi: int, chunk: Chunk, told: _Location) -> None:
        rows.position(
            t=moment(told.time),
            receive_t=chunk.receive_t,
            mmsi=mmsi,
            lat=told.lat,
            lon=told.lon,
            sog_kn=told.sog,
            cog_deg=told.cog,
            heading_deg=told.heading,
            rot=told.rot,
            nav_status=told.navStat,
            accurate=told.posAcc,
        )

    def _static(self, rows: JsonRows, mmsi: int, chunk: Chunk, told: _Metadata) -> None:
        bow, stern, port, starboard = told.refA, told.refB, told.refC, told.refD
        length = (bow or 0) + (stern or 0)
        breadth = (port or 0) + (starboard or 0)
        report = StaticReport(
            t=0,
            mmsi=mmsi,
            imo=told.imo or 0,
            name=(told.name or "").strip(),
            callsign=(told.callSign or "").strip(),
            ship_type=told.type or 0,
            length_m=length or None,
            breadth_m=breadth or None,
            to_bow_m=bow if length else None,
            to_port_m=port if breadth else None,
            draught_m=told.draught / 10 if told.draught else None,
            destination=(told.destination or "").strip(),
            eta=eta(told.eta),
        )
        self.static(rows, chunk, report, moment(told.timestamp))


def eta(bits: int | None) -> str:
    """The 20 bits of an ETA as `MM-DD HH:MM`; empty when it is not available."""
    if bits is None:
        return ""
    return eta_text(bits >> 16 & 15, bits >> 11 & 31, bits >> 6 & 31, bits & 63)
