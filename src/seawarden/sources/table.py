"""Tables of positions: any form that gives frames becomes batches in order of (time, ship, record)."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence

import msgspec
import numpy as np
import polars as pl

from seawarden.model.batch import Batch, Catalogue
from seawarden.model.error import SourceError
from seawarden.model.position import I32, NO_TIME, Positions, make_positions
from seawarden.model.reject import Reject
from seawarden.model.static import StaticReport
from seawarden.sources.cells import Cells
from seawarden.sources.delimited import Frame
from seawarden.sources.moments import Moments
from seawarden.sources.table_statics import Changes, TableStatics


class TableForm(msgspec.Struct, kw_only=True):
    """A table that was recognised: how to read its frames, and how its times are written."""

    file: str
    fields: Mapping[str, str]
    moments: Moments
    receive: Moments | None = None
    frames: Callable[[], Iterator[Frame]]
    fault: Callable[[], str] = lambda: ""
    """Why the file ended too early, asked after the last frame."""
    starts_t: int = NO_TIME
    """Earliest time among the first rows, ms."""


class TableSource:
    """A table file as a source. It is read whole, because only then can it be put in order."""

    def __init__(self, name: str, form: TableForm, catalogue: Catalogue, chunk: int = 500_000) -> None:
        self.name = name
        self.ordered = False
        self.form = "table"
        self.notes: Counter[str] = Counter()
        self.starts_t = form.starts_t
        self._table = form
        self._catalogue = catalogue
        self._chunk = chunk

    def batches(self) -> Iterator[Batch]:
        """Batches of at most `chunk` positions; rejects come with the first.

        Raises:
            SourceError: the file can't be read on.
        """
        table = self._table
        cells = Cells(table.file, table.moments, table.receive)
        statics = TableStatics()
        parts: list[pl.DataFrame] = []
        rejects: list[Reject] = []
        records = 0
        last_line = 0
        for frame in table.frames():
            typed, bad, others = cells.take(frame)
            parts.append(statics.number(typed))
            rejects += sorted([*frame.rejects, *bad], key=lambda reject: reject.line)
            records += frame.records
            self.notes["not_a_ship"] += others
            last_line = int(frame.record[-1]) if len(frame.record) else last_line
        if fault := table.fault():
            rejects.append(Reject(file=table.file, line=last_line + 1, reason="truncated", detail=fault[:200]))
            records += 1
        if not records:
            raise SourceError(f"{table.file}: the table has a header and no row")
        rows = pl.concat(parts) if parts else pl.DataFrame()
        parts.clear()
        if len(rows) and not rows.select((pl.col("t").diff() > 0).fill_null(True).all()).item():
            rows = rows.sort("t", "mmsi", "record", maintain_order=True)
        if not len(rows):
            yield Batch(rejects=rejects, records=records)
            return
        rows = rows.with_row_index("seq")
        contents, places = statics.contents()
        if len(places) > 1:
            rows = rows.with_columns(pl.col("static").replace_strict(places, return_dtype=pl.Int32))
        changes = Changes()
        for start in range(0, len(rows), self._chunk):
            part = rows.slice(start, self._chunk)
            first = start == 0
            statics_only = part["lat"].is_nan()
            self.notes["static"] += int(statics_only.sum())
            yield Batch(
                positions=self._positions(part.filter(~statics_only) if statics_only.any() else part),
                statics=self._statics(part, contents, changes),
                rejects=rejects if first else [],
                records=len(part) + (records - len(rows) if first else 0),
            )
        self.notes = +self.notes

    def _positions(self, part: pl.DataFrame) -> Positions:
        t = part["t"].to_numpy()
        names = (
            "receive_t",
            "mmsi",
            "lat",
            "lon",
            "sog_kn",
            "cog_deg",
            "heading_deg",
            "rot_deg_min",
            "nav_status",
            "msg_type",
            "pos_sigma_m",
            "t_sigma_s",
            "provenance",
        )
        return make_positions(
            len(part),
            t=t,
            source_t=t,
            source=self._catalogue.source(self.name),
            receiver=self._receivers(part),
            file=self._catalogue.file(self._table.file),
            offset=part["record"].to_numpy(),
            seq=part["seq"].to_numpy(),
            **{name: part[name].to_numpy() for name in names},
        )

    def _receivers(self, part: pl.DataFrame) -> I32:
        if "receiver" not in part.columns:
            return np.full(len(part), -1, dtype=np.int32)
        texts = part["receiver"].cast(pl.String).fill_null("").str.strip_chars()
        names = texts.unique(maintain_order=True).to_list()
        codes = {name: self._catalogue.receiver(name) for name in names}
        return texts.replace_strict(codes, return_dtype=pl.Int32).to_numpy()

    def _statics(self, part: pl.DataFrame, contents: Sequence[StaticReport], changes: Changes) -> list[StaticReport]:
        if len(contents) <= 1:
            return []
        mmsi, static, seq = (np.array(part[name].to_numpy()) for name in ("mmsi", "static", "seq"))
        out: list[StaticReport] = []
        source, file = self._catalogue.source(self.name), self._catalogue.file(self._table.file)
        for row in changes.rows(mmsi, static):
            out.append(
                msgspec.structs.replace(
                    contents[int(static[row])],
                    t=int(part["t"][row]),
                    mmsi=int(mmsi[row]),
                    receive_t=int(part["receive_t"][row]),
                    source=source,
                    file=file,
                    offset=int(part["record"][row]),
                    seq=int(seq[row]),
                )
            )
        return out
