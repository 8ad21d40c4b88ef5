"""Positions on disk: Parquet by day, read through DuckDB.

A part file appears whole or not at all, and nothing is ever changed in place, so that readers need no lock.
`compact` turns a closed day's parts into one file sorted by (MMSI, time), in row groups small enough that a
ship's track touches few of them.
"""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any, Final

import duckdb
import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.parquet as pq

from seawarden.model.batch import Catalogue
from seawarden.model.error import StoreError
from seawarden.model.position import DEFAULTS, DTYPES, I32, Positions, make_positions, take
from seawarden.store.files import whole_file

DAY_MS: Final = 86_400_000
ROW_GROUP_ROWS: Final = 65_536
"""About 2,000 ships' hours: DuckDB skips a group by its smallest and largest MMSI and time."""
COMPACT_MEMORY: Final = "1GB"
"""What merging a day may take; the rest of a large day waits on the disk."""
_TRIES: Final = 3


class PositionStore:
    """A folder of positions: `day=YYYY-MM-DD/part-N.parquet`, zstd."""

    def __init__(self, folder: str | Path) -> None:
        self.folder = Path(folder)

    def write(self, positions: Positions, catalogue: Catalogue, track: I32 | None = None) -> int:
        """Add a batch, split by UTC day; on the disk when this returns.

        Args:
            positions: columns of shape (n,), in any order.
            catalogue: names behind source, receiver and file.
            track: (n,) number of the track within the MMSI, -1 unknown.

        Returns:
            Number of part files written.

        Raises:
            StoreError: the folder can't be written, or the disk is full.
        """
        numbers = np.full(len(positions.t), -1, dtype=np.int32) if track is None else track
        days = positions.t // DAY_MS
        written = 0
        for day in np.unique(days):
            rows = np.flatnonzero(days == day)
            rows = rows[np.lexsort((positions.seq[rows], positions.t[rows], positions.mmsi[rows]))]
            table = _table(take(positions, rows), catalogue, numbers[rows])
            _write_table(table, self._next_part(int(day)))
            written += 1
        return written

    def compact(self, day: str) -> int:
        """Merge the parts of one day, `YYYY-MM-DD`, into one sorted file; returns the number of parts merged.

        A day may be larger than the memory: DuckDB sorts it in pieces, beside the parts.

        Raises:
            StoreError: the folder can't be written, or the disk is full; the parts stay as they were.
        """
        folder = self.folder / f"day={day}"
        parts = self._parts(folder)
        if len(parts) < 2:
            return 0
        merged = folder / f"part-{_number(parts[-1]) + 1:06d}.merged.parquet"
        beside, spill = merged.with_name(merged.name + ".part"), folder / "sorting"
        try:
            with duckdb.connect() as db:
                for name, value in (("memory_limit", COMPACT_MEMORY), ("temp_directory", str(spill)), ("threads", 1)):
                    db.execute(f"SET {name} = ?", [value])
                db.execute(
                    f"COPY (SELECT * FROM read_parquet(?, hive_partitioning = false) ORDER BY mmsi, t, seq) TO ? "
                    f"(FORMAT parquet, COMPRESSION zstd, COMPRESSION_LEVEL 3, ROW_GROUP_SIZE {ROW_GROUP_ROWS})",
                    [[str(part) for part in parts], str(beside)],
                )
            with beside.open("rb") as file:
                os.fsync(file.fileno())
            beside.replace(merged)
        except (duckdb.Error, OSError) as error:
            beside.unlink(missing_ok=True)
            raise StoreError(f"{merged}: the day can't be merged ({error})") from None
        finally:
            shutil.rmtree(spill, ignore_errors=True)
        for part in parts:
            part.unlink()
        return len(parts)

    def drop(self, day: str) -> None:
        """Forget one day, `YYYY-MM-DD`."""
        shutil.rmtree(self.folder / f"day={day}", ignore_errors=True)

    def sizes(self) -> dict[str, int]:
        """Bytes of each day, oldest first."""
        return {
            day: sum(part.stat().st_size for part in self._parts(self.folder / f"day={day}")) for day in self.days()
        }

    def days(self) -> list[str]:
        """Days that have positions, `YYYY-MM-DD`, oldest first."""
        return sorted(folder.name.removeprefix("day=") for folder in self.folder.glob("day=*") if self._parts(folder))

    def track(self, mmsi: int, from_t: int, to_t: int) -> tuple[Positions, I32, Catalogue]:
        """One ship's positions with from_t <= t < to_t (ms), by time: columns, track numbers, names.

        Raises:
            StoreError: the store can't be read.
        """
        return self._query("mmsi = ? AND t >= ? AND t < ?", [mmsi, from_t, to_t], from_t, to_t, "t, seq")

    def box(
        self, south_deg: float, west_deg: float, north_deg: float, east_deg: float, from_t: int, to_t: int
    ) -> tuple[Positions, I32, Catalogue]:
        """Positions within a box and from_t <= t < to_t (ms), by ship and time; west > east crosses 180 degrees.

        Raises:
            StoreError: the store can't be read.
        """
        across = "OR" if west_deg > east_deg else "AND"
        where = f"lat BETWEEN ? AND ? AND (lon >= ? {across} lon <= ?) AND t >= ? AND t < ?"
        values = [south_deg, north_deg, west_deg, east_deg, from_t, to_t]
        return self._query(where, values, from_t, to_t, "mmsi, t, seq")

    def everything(self) -> Iterator[tuple[Positions, I32, Catalogue]]:
        """All positions, a day at a time, by ship and time.

        Raises:
            StoreError: the store can't be read.
        """
        for day in self.days():
            start = int(np.datetime64(day, "ms").astype(np.int64))
            yield self._query("true", [], start, start + DAY_MS, "mmsi, t, seq")

    def _query(
        self, where: str, values: Sequence[Any], from_t: int, to_t: int, order: str
    ) -> tuple[Positions, I32, Catalogue]:
        for attempt in range(_TRIES):
            files = [str(part) for day in self._days_between(from_t, to_t) for part in self._parts(day)]
            if not files:
                return _columns(None)
            try:
                with duckdb.connect() as db:
                    db.execute("SET threads = 1")
                    query = f"SELECT * FROM read_parquet(?, hive_partitioning = false) WHERE {where} ORDER BY {order}"
                    return _columns(db.sql(query, params=[files, *values]).to_arrow_table())
            except duckdb.Error as error:
                # a day may have been compacted between listing and reading: list again
                if attempt == _TRIES - 1:
                    raise StoreError(f"{self.folder}: positions can't be read ({error})") from None
        raise AssertionError("unreachable")

    def _days_between(self, from_t: int, to_t: int) -> list[Path]:
        first, last = _day(from_t // DAY_MS), _day((to_t - 1) // DAY_MS)
        return [self.folder / f"day={day}" for day in self.days() if first <= day <= last]

    def _next_part(self, day: int) -> Path:
        folder = self.folder / f"day={_day(day)}"
        parts = self._parts(folder)
        number = _number(parts[-1]) + 1 if parts else 0
        return folder / f"part-{number:06d}.parquet"

    @staticmethod
    def _parts(folder: Path) -> list[Path]:
        """The parts that count: once a day is merged, parts up to the merged one's number are its sources."""
        parts = sorted(folder.glob("part-*.parquet"))
        merged = [index for index, part in enumerate(parts) if part.name.endswith(".merged.parquet")]
        return parts[merged[-1] :] if merged else parts


def _number(part: Path) -> int:
    return int(part.name.removeprefix("part-").split(".")[0])


def _day(day: int) -> str:
    return str(np.datetime64(day, "D"))


def _table(positions: Positions, catalogue: Catalogue, track: npt.NDArray[np.int32]) -> pa.Table:
    names = {"source": catalogue.sources, "receiver": catalogue.receivers, "file": catalogue.files}
    columns: dict[str, Any] = {}
    for name, values in positions._asdict().items():
        if name in names:
            columns[name] = pa.DictionaryArray.from_arrays(
                pa.array(values, mask=values < 0), pa.array(names[name], pa.string())
            )
        else:
            columns[name] = pa.array(values)
    columns["track"] = pa.array(track)
    return pa.table(columns)


def _write_table(table: pa.Table, path: Path) -> None:
    with whole_file(path) as file:
        pq.write_table(table, file, compression="zstd", compression_level=3, row_group_size=ROW_GROUP_ROWS)


def _columns(table: Any) -> tuple[Positions, I32, Catalogue]:
    catalogue = Catalogue()
    if table is None or table.num_rows == 0:
        return make_positions(0), np.empty(0, dtype=np.int32), catalogue
    add = {"source": catalogue.source, "receiver": catalogue.receiver, "file": catalogue.file}
    columns: dict[str, Any] = {}
    for name in DTYPES:
        if name not in table.column_names:
            columns[name] = DEFAULTS[name]
        elif name in add:
            words = table[name].combine_chunks().dictionary_encode()
            words = words.combine_chunks() if isinstance(words, pa.ChunkedArray) else words
            index = np.array([add[name](word or "") for word in words.dictionary.to_pylist()] + [-1], dtype=np.int32)
            columns[name] = index[words.indices.fill_null(len(index) - 1).to_numpy(zero_copy_only=False)]
        else:
            columns[name] = table[name].to_numpy()
    track = np.ascontiguousarray(table["track"].to_numpy(), dtype=np.int32)
    return make_positions(table.num_rows, **columns), track, catalogue
