"""Write a small S-57 cell, byte by byte: ISO/IEC 8211 records as IHO S-57 edition 3.1, part 3, lays them out."""

from __future__ import annotations

import struct
from pathlib import Path

import pytest

UT, FT = b"\x1f", b"\x1e"
FIELDS = {
    "0000": (b"0000;&   SEAWARDEN TEST", b"0001DSID0001FRID0001VRID", b""),
    "0001": (b"0100;&   ISO 8211 Record Identifier", b"", b"(b12)"),
    "DSID": (
        b"1600;&   Data set identification field",
        b"RCNM!RCID!EXPP!INTU!DSNM!EDTN!UPDN!UADT!ISDT!STED!PRSP!PSDN!PRED!PROF!AGEN!COMT",
        b"(b11,b14,2b11,3A,2A(8),R(4),b11,2A,b11,b12,A)",
    ),
    "DSSI": (
        b"1600;&   Data set structure information field",
        b"DSTR!AALL!NALL!NOMR!NOCR!NOGR!NOLR!NOIN!NOCN!NOED!NOFA",
        b"(3b11,8b14)",
    ),
    "DSPM": (
        b"1600;&   Data set parameter field",
        b"RCNM!RCID!HDAT!VDAT!SDAT!CSCL!DUNI!HUNI!PUNI!COUN!COMF!SOMF!COMT",
        b"(b11,b14,3b11,b14,4b11,2b14,A)",
    ),
    "FRID": (
        b"1600;&   Feature record identifier field",
        b"RCNM!RCID!PRIM!GRUP!OBJL!RVER!RUIN",
        b"(b11,b14,2b11,2b12,b11)",
    ),
    "FOID": (b"1600;&   Feature object identifier field", b"AGEN!FIDN!FIDS", b"(b12,b14,b12)"),
    "ATTF": (b"2600;&-A Feature record attribute field", b"*ATTL!ATVL", b"(b12,A)"),
    "FSPT": (b"2600;&   Feature record to spatial record pointer field", b"*NAME!ORNT!USAG!MASK", b"(B(40),3b11)"),
    "VRID": (b"1600;&   Vector record identifier field", b"RCNM!RCID!RVER!RUIN", b"(b11,b14,b12,b11)"),
    "VRPT": (b"2600;&   Vector record pointer field", b"*NAME!ORNT!USAG!TOPI!MASK", b"(B(40),4b11)"),
    "SG2D": (b"2500;&   2-D coordinate field", b"*YCOO!XCOO", b"(2b24)"),
}
COMF = 10_000_000
NODE, EDGE = 120, 130


def record(fields: list[tuple[str, bytes]], ddr: bool = False) -> bytes:
    directory, body = b"", b""
    for tag, data in fields:
        directory += tag.encode() + b"%04d%05d" % (len(data), len(body))
        body += data
    directory += FT
    base = 24 + len(directory)
    kind = b"3LE1 09" if ddr else b" D     "
    leader = b"%05d" % (base + len(body)) + kind + b"%05d" % base + (b" ! " if ddr else b"   ") + b"4504"
    assert len(leader) == 24
    return leader + directory + body


def name(kind: int, number: int) -> bytes:
    return struct.pack("<BI", kind, number)


class Cell:
    """Objects are added one by one, then written."""

    def __init__(self, scale: int = 50_000) -> None:
        self.scale = scale
        self.vectors: list[list[tuple[str, bytes]]] = []
        self.features: list[list[tuple[str, bytes]]] = []
        self.nodes = 0
        self.edges = 0

    def _node(self, lon: float, lat: float) -> int:
        self.nodes += 1
        where = struct.pack("<ii", round(lat * COMF), round(lon * COMF))
        self.vectors.append([("VRID", struct.pack("<BIHB", NODE, self.nodes, 1, 1) + FT), ("SG2D", where + FT)])
        return self.nodes

    def line(self, code: int, points: list[tuple[float, float]], attributes: dict[int, str], prim: int = 2) -> None:
        first = self._node(*points[0])
        last = first if points[0] == points[-1] else self._node(*points[-1])
        self.edges += 1
        ends = b"".join(
            name(NODE, n) + struct.pack("<4B", 255, 255, topi, 255) for n, topi in ((first, 1), (last, 2))
        )
        edge = [("VRID", struct.pack("<BIHB", EDGE, self.edges, 1, 1) + FT), ("VRPT", ends + FT)]
        if len(points) > 2:
            between = b"".join(struct.pack("<ii", round(y * COMF), round(x * COMF)) for x, y in points[1:-1])
            edge.append(("SG2D", between + FT))
        self.vectors.append(edge)
        number = len(self.features) + 1
        told = b"".join(struct.pack("<H", key) + text.encode("latin-1") + UT for key, text in attributes.items())
        self.features.append(
            [
                ("FRID", struct.pack("<BIBBHHB", 100, number, prim, 2, code, 1, 1) + FT),
                ("FOID", struct.pack("<HIH", 550, number, 1) + FT),
                ("ATTF", told + FT),
                ("FSPT", name(EDGE, self.edges) + struct.pack("<3B", 1, 1 if prim == 3 else 255, 255) + FT),
            ]
        )

    def write(self, path: Path) -> Path:
        ddr = record([(tag, b"".join([c, UT, a, UT, f, FT])) for tag, (c, a, f) in FIELDS.items()], ddr=True)
        texts = [b"XX4TEST0.000", b"1", b"0"]
        dsid = struct.pack("<BIBB", 10, 1, 1, 5) + b"".join(t + UT for t in texts) + b"2025010120250101" + b"03.1"
        dsid += struct.pack("<B", 1) + b"" + UT + b"2.0" + UT + struct.pack("<BH", 1, 550) + b"" + UT + FT
        dssi = struct.pack("<3B8I", 2, 1, 1, 0, 0, len(self.features), 0, 0, self.nodes, self.edges, 0) + FT
        dspm = struct.pack("<BIBBBIBBBBII", 20, 1, 2, 3, 3, self.scale, 1, 1, 1, 1, COMF, 10) + UT + FT
        bodies = [[("DSID", dsid), ("DSSI", dssi)], [("DSPM", dspm)], *self.vectors, *self.features]
        records = [record([("0001", struct.pack("<H", k) + FT), *fields]) for k, fields in enumerate(bodies, start=1)]
        path.write_bytes(ddr + b"".join(records))
        return path


@pytest.fixture
def new_cell() -> type[Cell]:
    """The class of S-57 cells to be filled and written."""
    return Cell
