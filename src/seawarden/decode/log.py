"""The decoder of NMEA logs as the rest of the house sees it: blocks of lines in, columns out."""

from __future__ import annotations

from typing import Final

import msgspec
import numpy as np

from seawarden.decode.layout import (
    COUNT0,
    COUNTS,
    F_COG,
    F_HEADING,
    F_LAT,
    F_LON,
    F_ROT,
    F_SOG,
    FLAG_ACCURATE,
    FLAG_CLOCK,
    LINE,
    N_OTHER,
    N_POS,
    N_REJECT,
    N_STATIC,
    OTHER,
    P_FLAGS,
    P_LINE,
    P_MMSI,
    P_NAV,
    P_RECEIVE_T,
    P_RX,
    P_T,
    P_TYPE,
    POS,
    REJECT,
    REJECTS,
    RX_COUNT,
    RX_TEXT,
    RX_TEXT0,
    SEEN0,
    SEEN_COUNT,
    STATIC,
    Log,
    Out,
    make_log,
    make_out,
)
from seawarden.decode.lines import flush, scan
from seawarden.decode.messages import rehash
from seawarden.decode.statics import Bits, joined, static_report
from seawarden.model.position import F32, F64, I64, Positions, make_positions
from seawarden.model.static import StaticReport

SIGMA_HIGH_M: Final = 5.0
"""Accuracy bit set: better than 10 m (ITU-R M.1371-5, table 48), read as two standard errors."""
SIGMA_LOW_M: Final = 15.0
"""Accuracy bit not set: worse than 10 m, an unaided receiver."""
SIGMA_COARSE_M: Final = 54.0
"""Message 27 gives tenths of a minute: 185 m / sqrt(12)."""
SIGMA_CLOCK_S: Final = 1.0
"""A sentence timed by the log's last RMC or ZDA, which come once a second."""


class Line(msgspec.Struct, frozen=True):
    """A rejected line: its number in the log, the reason's slug, and its text where it is still at hand."""

    line: int
    reason: str
    text: str


class Decoded(msgspec.Struct, kw_only=True):
    """What a block of lines gave, in order of arrival. Receivers are places in the decoder's own list."""

    positions: Positions
    not_ships: Positions
    """Base stations (4), aircraft (9), aids to navigation (21)."""
    statics: list[StaticReport]
    """`seq` is the number of positions that came before it in this block."""
    rejects: list[Line]
    counts: dict[str, int]
    """Counts of this block by name; see `layout.COUNTS`."""


class LogDecoder:
    """Decodes a log block by block; the same lines give the same columns however they are cut into blocks.

    Args:
        everything: hand on untimed positions too, every static report and not only changed ones, and the names of
            aids to navigation; for looking into files and for tests.
    """

    def __init__(self, *, everything: bool = False) -> None:
        self._log: Log = make_log()
        self._everything = everything
        self._statics: dict[int, StaticReport] = {}
        self._counted = np.zeros(len(COUNTS), dtype=np.int64)

    @property
    def line(self) -> int:
        """Number of the last line read."""
        return int(self._log.memory[LINE])

    def feed(self, block: bytes) -> Decoded:
        """Decode whole lines; the block must end in a line feed."""
        if block and not block.endswith(b"\n"):
            raise ValueError("a block of lines must end in a line feed")
        lines = block.count(b"\n")
        self._make_room(lines)
        out = make_out(lines)
        scan(np.frombuffer(bytearray(block), dtype=np.uint8), *self._log, *out, self._everything)
        return self._decoded(out, block)

    def flush(self) -> Decoded:
        """What is left at the end: parts of messages that were never completed."""
        out = make_out(0)
        flush(self._log.memory, out.rows)
        return self._decoded(out, b"")

    def receiver(self, place: int) -> str:
        """A receiver's name by its place: a station's id or MMSI, or the country and region of the antenna."""
        first = RX_TEXT0 + place * RX_TEXT
        raw = self._log.text[first : first + RX_TEXT].tobytes().rstrip(b"\x00")
        return raw.decode("ascii", "replace").rstrip(",").replace(",", "/")

    @property
    def receivers(self) -> int:
        """Number of receivers so far."""
        return int(self._log.memory[RX_COUNT])

    def _make_room(self, lines: int) -> None:
        """Keep the table of static contents at most half full, whatever the next lines hold."""
        need = 2 * (int(self._log.memory[SEEN_COUNT]) + lines)
        memory = self._log.memory
        old = memory[SEEN0:].reshape(-1, 2)
        if need <= len(old):
            return
        size = len(old)
        while size < 2 * need:
            size *= 2
        grown = np.zeros(SEEN0 + 2 * size, dtype=np.int64)
        grown[:SEEN0] = memory[:SEEN0]
        rehash(old, grown)
        self._log = self._log._replace(memory=grown)

    def _decoded(self, out: Out, block: bytes) -> Decoded:
        ints = self._log.memory
        counts = self._log.memory[COUNT0 : COUNT0 + len(COUNTS)] - self._counted
        self._counted += counts
        return Decoded(
            positions=_columns(out.rows[POS, : ints[N_POS]], out.values[POS, : ints[N_POS]]),
            not_ships=_columns(out.rows[OTHER, : ints[N_OTHER]], out.values[OTHER, : ints[N_OTHER]]),
            statics=[self._static(out, row) for row in range(int(ints[N_STATIC]))],
            rejects=[
                Line(int(line), REJECTS[code], block[start : min(end, start + 200)].decode("utf-8", "replace"))
                for line, code, start, end in out.rows[REJECT, : ints[N_REJECT], :4].tolist()
            ],
            counts={name: int(count) for name, count in zip(COUNTS, counts, strict=True) if count},
        )

    def _static(self, out: Out, row: int) -> StaticReport:
        line, t, receive_t, rx, mmsi, length, kind, before = out.rows[STATIC, row].tolist()
        report = static_report(kind, mmsi, t, Bits(out.bits[row], length))
        report = msgspec.structs.replace(report, receive_t=receive_t, receiver=rx, offset=line, seq=before)
        if not self._everything:
            report = joined(self._statics.get(mmsi), report, kind)
            self._statics[mmsi] = report
        return report


def _columns(rows: I64, values: F64) -> Positions:
    t = rows[:, P_T]
    return make_positions(
        len(rows),
        t=t,
        t_sigma_s=_t_sigma(rows),
        source_t=t,
        receive_t=rows[:, P_RECEIVE_T],
        receiver=rows[:, P_RX],
        offset=rows[:, P_LINE],
        mmsi=rows[:, P_MMSI],
        lat=values[:, F_LAT],
        lon=values[:, F_LON],
        sog_kn=values[:, F_SOG],
        cog_deg=values[:, F_COG],
        heading_deg=values[:, F_HEADING],
        rot_deg_min=values[:, F_ROT],
        nav_status=rows[:, P_NAV],
        msg_type=rows[:, P_TYPE],
        pos_sigma_m=_pos_sigma(rows),
    )


def _t_sigma(rows: I64) -> F32:
    return np.where(rows[:, P_FLAGS] & FLAG_CLOCK, SIGMA_CLOCK_S, 0.5).astype(np.float32)


def _pos_sigma(rows: I64) -> F32:
    sigma = np.where(rows[:, P_FLAGS] & FLAG_ACCURATE, SIGMA_HIGH_M, SIGMA_LOW_M)
    coarse = rows[:, P_TYPE] == 27
    return np.where(coarse, np.hypot(sigma, SIGMA_COARSE_M), sigma).astype(np.float32)
