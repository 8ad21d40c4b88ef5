"""What a file is, by its first bytes."""

from __future__ import annotations

import re
from typing import Final

from seawarden.model.error import SourceError
from seawarden.sources.delimited import DELIMITERS
from seawarden.sources.pieces import Piece

_FOREIGN: Final = {
    b"%PDF": "a PDF document",
    b"SQLite format 3\x00": "an SQLite database",
    b"\x89HDF": "an HDF5 or NetCDF file",
    b"CDF": "a NetCDF file",
    b"ARROW1": "an Arrow file",
    b"\x89PNG": "a picture",
    b"\xff\xd8\xff": "a picture",
    b"7z\xbc\xaf": "a 7z archive",
    b"Rar!": "a RAR archive",
    b"II*\x00": "a TIFF picture",
    b"MM\x00*": "a TIFF picture",
    b"PK\x03\x04": "a zip within a zip",
}
SENTENCE: Final = re.compile(
    rb"![A-Z-]{2}VD[MO],|\\[^\\\r\n]*\*[0-9A-Fa-f]{2}\\|\$PGHP,|\$[A-Z]{2}[A-Z]{3},[^\r\n]*\*"
)
_KEY_FRAMES: Final = re.compile(rb'"kf"\s*:\s*\[')


def sniff(piece: Piece) -> str:
    """`nmea`, `incident day`, `json lines`, `parquet`, `text table`, or a few words about what else it is.

    Raises:
        SourceError: the file is empty or can't be opened.
    """
    head = piece.head()
    if not head.strip(b"\x00 \t\r\n\xef\xbb\xbf"):
        raise SourceError(f"{piece.name}: the file is empty" if not head else f"{piece.name}: the file is blank")
    if head.startswith(b"PAR1"):
        return "parquet"
    for magic, words in _FOREIGN.items():
        if head.startswith(magic):
            return words
    if head[:2] in (b"\xff\xfe", b"\xfe\xff"):
        return "text in UTF-16; save it as UTF-8"
    head = head.removeprefix(b"\xef\xbb\xbf")
    if SENTENCE.search(head):
        return "nmea"
    start = head.lstrip()[:1]
    if start == b"{":
        if _KEY_FRAMES.search(head):
            return "incident day"
        first = head.lstrip().split(b"\n", 1)[0]
        if re.search(rb'"type"\s*:\s*"(FeatureCollection|Feature|Topology)"', head[:4096]):
            return "a map layer (GeoJSON); assets are read by `seawarden assets import`"
        return "json lines" if first.rstrip().endswith(b"}") else "a JSON document that is not one record a line"
    if start == b"[":
        return "a JSON list; one record a line is read"
    if start == b"<":
        return "an XML or HTML page"
    sample = head[:4096]
    if sum(byte < 9 or 13 < byte < 32 for byte in sample) * 20 > len(sample):
        return "binary data of an unknown kind"
    first_line = sample.decode("utf-8", "replace").lstrip().split("\n", 1)[0]
    if any(delimiter in first_line for delimiter in DELIMITERS):
        return "text table"
    return f"text that begins '{first_line.strip()[:60]}'"
