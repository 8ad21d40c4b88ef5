"""The one door through which everything comes in: files, folders and patterns; feeds by their scheme."""

from __future__ import annotations

import glob
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Final
from urllib.parse import unquote, urlparse

from seawarden.model.batch import Catalogue
from seawarden.model.error import SourceError, UsageError
from seawarden.model.reject import Reject
from seawarden.ports import Source
from seawarden.sources.incident_days import IncidentDaySource
from seawarden.sources.merged import MergedSource
from seawarden.sources.nmea_log import NmeaLogSource
from seawarden.sources.pieces import Piece, pieces
from seawarden.sources.sniff import sniff
from seawarden.sources.table import TableForm, TableSource
from seawarden.sources.table_forms import json_table, parquet_table, text_table

UNDERSTOOD: Final = (
    "NMEA logs, Danish day files, MarineCadastre and other CSV or Parquet tables with ship, time and place, "
    "JSON lines, and incident-day JSON lines; plain, gzip, bzip2, xz, zstd or zip"
)
Opener = Callable[[str, Catalogue, int], Source]
SCHEMES: dict[str, Opener] = {}
"""Openers of feeds by the scheme of their address (`tcp`, `mqtt`...); feeds register here."""


def open_source(
    uri: str | Path,
    *,
    catalogue: Catalogue,
    columns: Mapping[str, str] | None = None,
    chunk: int = 500_000,
) -> Source:
    """Open whatever this address names; what a file is, its content says first and its name second.

    Args:
        uri: a path, a folder, a pattern with `*`, a `file:` address, or the address of a feed.
        catalogue: takes the names of sources, receivers and files.
        columns: field to column name, for tables whose columns are not recognised.
        chunk: most positions in a batch.

    Raises:
        SourceError: nothing is there, or nothing that is understood; the sentence says what was seen.
        UsageError: `columns` names fields or columns that do not exist.
    """
    text = str(uri)
    scheme = urlparse(text).scheme.lower() if "://" in text or text.startswith("file:") else ""
    if scheme and scheme != "file":
        if scheme in SCHEMES:
            return SCHEMES[scheme](text, catalogue, chunk)
        known = ", ".join(sorted(SCHEMES)) or "none yet"
        raise SourceError(f"{text}: addresses of the form {scheme}:// are not understood; feeds understood: {known}")
    path = Path(unquote(urlparse(text).path)) if scheme == "file" else Path(text)
    files = _files(path)
    parts = [(file.name, piece) for file in files for piece in pieces(file)] if len(files) == 1 else []
    if len(parts) == 1:
        return _open_piece(parts[0][1], path.name, catalogue, columns, chunk)
    return _open_all(path, files, catalogue, columns, chunk)


def _open_all(
    path: Path, files: list[Path], catalogue: Catalogue, columns: Mapping[str, str] | None, chunk: int
) -> Source:
    """Several files as one source; those that are not understood are rejects, unless all of them are."""
    sources: list[Source] = []
    rejects: list[Reject] = []
    for file in files:
        name = str(file.relative_to(path)) if path.is_dir() else file.name
        try:
            found = pieces(file)
        except SourceError as error:
            rejects.append(Reject(file=name, line=0, reason="file", detail=str(error)[:200]))
            continue
        for piece in found:
            piece.name = f"{name}/{piece.member}" if piece.member else name
            try:
                sources.append(_open_piece(piece, piece.name, catalogue, columns, chunk))
            except (SourceError, UsageError) as error:
                rejects.append(Reject(file=piece.name, line=0, reason="file", detail=str(error)[:200]))
    if not sources:
        more = f" (and {len(rejects) - 1} more files)" if len(rejects) > 1 else ""
        raise SourceError(f"{path.name}: nothing in it is understood: {rejects[0].detail}{more}")
    return MergedSource(path.name, sources, rejects, chunk)


def _open_piece(
    piece: Piece, name: str, catalogue: Catalogue, columns: Mapping[str, str] | None, chunk: int
) -> Source:
    seen = sniff(piece)
    if seen == "nmea":
        return NmeaLogSource(name, piece, catalogue, chunk)
    if seen == "incident day":
        return IncidentDaySource(name, piece, catalogue, chunk)
    if seen in _TABLES:
        return TableSource(name, _TABLES[seen](piece, columns), catalogue, chunk)
    raise SourceError(f"{piece.name}: this is {seen}; understood are {UNDERSTOOD}")


_TABLES: Final[Mapping[str, Callable[[Piece, Mapping[str, str] | None], TableForm]]] = {
    "parquet": parquet_table,
    "text table": text_table,
    "json lines": json_table,
}


def _files(path: Path) -> list[Path]:
    if any(letter in str(path) for letter in "*?[") and not path.exists():
        found = sorted(Path(name) for name in glob.glob(str(path), recursive=True) if Path(name).is_file())
        if not found:
            raise SourceError(f"{path}: no file fits this pattern")
        return found
    if path.is_dir():
        found = sorted(
            entry
            for entry in path.rglob("*")
            if entry.is_file() and not any(part.startswith(".") for part in entry.relative_to(path).parts)
        )
        if not found:
            raise SourceError(f"{path}: the folder holds no file")
        return found
    if not path.exists():
        raise SourceError(f"{path}: there is no such file or folder")
    return [path]
