"""Incident-day JSON lines: one ship a line with thinned key frames and the gaps that the thinner knew of.

A line is `{"mmsi": .., "name": .., "type": .., "kf": [[unix s, lon, lat, sog kn, cog], ..], "gaps": [[s, s], ..]}`.
The key frames were kept where the track bends in space, so what lay between two of them in time is gone.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from typing import Final

import msgspec
import numpy as np

from seawarden.model.batch import Batch, Catalogue
from seawarden.model.event import DeclaredGap, Event
from seawarden.model.position import Provenance, make_positions
from seawarden.model.reject import Reject
from seawarden.model.static import StaticReport
from seawarden.sources.cells import within
from seawarden.sources.line_blocks import LineBlocks
from seawarden.sources.moments import EARLIEST_MS, LATEST_MS
from seawarden.sources.pieces import Piece

LONGEST: Final = 16 << 20


class ShipDay(msgspec.Struct):
    """One line of the file."""

    mmsi: int
    kf: list[tuple[float, float | None, float | None, float | None, float | None]]
    name: str = ""
    type: str = ""
    gaps: list[tuple[float, float]] = []
    imo: int = 0


class IncidentDaySource:
    """A file of ship-days, sorted by (time, ship, line)."""

    def __init__(self, name: str, piece: Piece, catalogue: Catalogue, chunk: int = 500_000) -> None:
        self.name = name
        self.ordered = False
        self.form = "incident day"
        self.notes: Counter[str] = Counter()
        self._piece = piece
        self._catalogue = catalogue
        self._chunk = chunk

    def batches(self) -> Iterator[Batch]:
        """Batches of at most `chunk` key frames; a ship's name and gaps come with her first frame."""
        ships, rejects, records = self._ships()
        frames, bad, total = self._frames(ships)
        rejects += bad
        records += total
        t, lon, lat, sog, cog, mmsi, line = frames
        order = np.lexsort((line, mmsi, t))
        statics, events = self._about(ships, t[order], mmsi[order])
        source, file = self._catalogue.source(self.name), self._catalogue.file(self._piece.name)
        for start in range(0, max(len(order), 1), self._chunk):
            rows = order[start : start + self._chunk]
            last_t = int(t[rows[-1]]) if start + self._chunk < len(order) else LATEST_MS
            here = [report for report in statics if report.t <= last_t]
            statics = statics[len(here) :]
            gaps: list[Event] = [event for event in events if event.t <= last_t]
            events = events[len(gaps) :]
            yield Batch(
                positions=make_positions(
                    len(rows),
                    t=t[rows],
                    source_t=t[rows],
                    source=source,
                    file=file,
                    offset=line[rows],
                    seq=np.arange(start, start + len(rows)),
                    mmsi=mmsi[rows],
                    lat=lat[rows],
                    lon=lon[rows],
                    sog_kn=within(sog[rows], 0.0, 102.25),
                    cog_deg=within(cog[rows], 0.0, 359.999),
                    provenance=int(Provenance.KEY_FRAME),
                ),
                statics=here,
                events=gaps,
                rejects=rejects if start == 0 else [],
                records=len(rows) + (records - len(order) if start == 0 else 0),
            )

    def _ships(self) -> tuple[list[tuple[int, ShipDay]], list[Reject], int]:
        ships: list[tuple[int, ShipDay]] = []
        rejects: list[Reject] = []
        decoder = msgspec.json.Decoder(ShipDay)
        blocks = LineBlocks(self._piece.chunks(), longest=LONGEST)
        number = 0
        for block in blocks:
            for text in block[:-1].split(b"\n"):
                number += 1
                if not text.strip():
                    continue
                try:
                    ship = decoder.decode(text)
                except (msgspec.DecodeError, UnicodeDecodeError) as error:
                    rejects.append(self._reject(number, "bad_json", f"{error}"))
                    continue
                if 0 < ship.mmsi <= 999_999_999:
                    ships.append((number, ship))
                else:
                    rejects.append(self._reject(number, "bad_mmsi", f"mmsi = {ship.mmsi}"))
        if blocks.fault:
            rejects.append(self._reject(number + 1, "truncated", blocks.fault))
        return ships, rejects, len(rejects)

    def _frames(self, ships: list[tuple[int, ShipDay]]):  # type: ignore[no-untyped-def]
        rejects: list[Reject] = []
        rows: list[tuple[float, float, float, float, float]] = []
        mmsi: list[int] = []
        lines: list[int] = []
        total = 0
        nan = float("nan")
        for line, ship in ships:
            for frame in ship.kf:
                total += 1
                t_s, lon, lat, sog, cog = (nan if value is None else value for value in frame)
                reason = _wrong(t_s, lon, lat)
                if reason:
                    rejects.append(self._reject(line, reason, str(list(frame))))
                    continue
                rows.append((t_s, lon, lat, sog, cog))
                mmsi.append(ship.mmsi)
                lines.append(line)
        data = np.array(rows, dtype=np.float64).reshape(-1, 5)
        t = np.round(data[:, 0] * 1000.0).astype(np.int64)
        columns = (t, data[:, 1], data[:, 2], data[:, 3], data[:, 4])
        return (*columns, np.array(mmsi, dtype=np.int64), np.array(lines, dtype=np.int64)), rejects, total

    def _about(
        self, ships: list[tuple[int, ShipDay]], t: np.typing.NDArray[np.int64], mmsi: np.typing.NDArray[np.int64]
    ) -> tuple[list[StaticReport], list[DeclaredGap]]:
        names, first = np.unique(mmsi, return_index=True)
        first_t = {int(ship): int(t[row]) for ship, row in zip(names, first, strict=True)}
        source, file = self._catalogue.source(self.name), self._catalogue.file(self._piece.name)
        reports = [
            StaticReport(
                t=first_t[ship.mmsi],
                mmsi=ship.mmsi,
                source=source,
                file=file,
                offset=line,
                imo=ship.imo if 1_000_000 <= ship.imo <= 9_999_999 else 0,
                name=ship.name,
                type_text=ship.type,
            )
            for line, ship in ships
            if ship.mmsi in first_t and (ship.name or ship.type)
        ]
        gaps = [
            DeclaredGap(
                # it is known when the gap is over: the thinner saw the whole day
                t=round(end * 1000),
                source=self.name,
                mmsi=ship.mmsi,
                start_t=round(start * 1000),
                end_t=round(end * 1000),
            )
            for _, ship in ships
            for start, end in ship.gaps
            if end > start
        ]
        reports.sort(key=lambda report: (report.t, report.mmsi, report.offset))
        gaps.sort(key=lambda gap: (gap.t, gap.mmsi, gap.start_t))
        return reports, gaps

    def _reject(self, line: int, reason: str, detail: str) -> Reject:
        return Reject(file=self._piece.name, line=line, reason=reason, detail=detail[:200])


def _wrong(t_s: float, lon: float, lat: float) -> str:
    if not EARLIEST_MS <= t_s * 1000 < LATEST_MS:
        return "bad_time"
    if np.isnan(lat) or np.isnan(lon) or lat == 91.0 or lon == 181.0:
        return "no_position"
    if not -90.0 <= lat <= 90.0:
        return "bad_latitude"
    if not -180.0 <= lon <= 180.0:
        return "bad_longitude"
    return ""
