"""Cells to values: numbers, sentinels and codes of a frame become position columns; what can't be is rejected."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Final

import numpy as np
import numpy.typing as npt
import polars as pl

from seawarden.model.position import DEFAULTS, I8, NO_TIME, Provenance
from seawarden.model.reject import Reject
from seawarden.sources.delimited import Frame
from seawarden.sources.moments import Moments

SIGMA_HIGH_M: Final = 5.0
"""Position accuracy bit 1: better than 10 m (ITU-R M.1371, table 48)."""
SIGMA_LOW_M: Final = 15.0
"""Position accuracy bit 0: worse than 10 m, plain GNSS."""

NAV_STATUS: Final[Mapping[str, int]] = {
    "under way using engine": 0,
    "underway using engine": 0,
    "under way": 0,
    "at anchor": 1,
    "anchored": 1,
    "not under command": 2,
    "restricted maneuverability": 3,
    "restricted manoeuverability": 3,
    "restricted manoeuvrability": 3,
    "constrained by her draught": 4,
    "constrained by her draft": 4,
    "moored": 5,
    "aground": 6,
    "engaged in fishing": 7,
    "engaged in fishing activity": 7,
    "fishing": 7,
    "under way sailing": 8,
    "underway sailing": 8,
    "sailing": 8,
    "reserved for future amendment of navigational status for ships carrying dg, hs, or mp, or imo hazard or "
    "pollutant category c, high speed craft (hsc)": 9,
    "reserved for future amendment [hsc]": 9,
    "reserved for future amendment of navigational status for ships carrying dangerous goods (dg), harmful "
    "substances (hs) or marine pollutants (mp), or imo hazard or pollutant category a, wing in ground (wig)": 10,
    "reserved for future amendment [wig]": 10,
    "power-driven vessel towing astern": 11,
    "power-driven vessel pushing ahead or towing alongside": 12,
    "reserved for future use": 13,
    "ais-sart": 14,
    "ais-sart is active": 14,
    "ais-sart (active); mob-ais; epirb-ais": 14,
    "undefined": 15,
    "not defined": 15,
    "unknown value": -1,
}
"""Texts of ITU-R M.1371 table 48 as the Danish day files and common feeds write them."""

STATIC: Final = (
    "imo",
    "name",
    "callsign",
    "ship_type",
    "length_m",
    "breadth_m",
    "draught_m",
    "destination",
    "eta",
    "to_bow_m",
    "to_stern_m",
    "to_port_m",
    "to_starboard_m",
)
"""Static columns of a table."""
_NOT_SHIPS: Final = ("base station", "aton", "sar airborne", "search and rescue aircraft")
F64A = npt.NDArray[np.float64]


class Cells:
    """Takes frames of one file to typed columns."""

    def __init__(self, file: str, moments: Moments, receive: Moments | None = None) -> None:
        self._file = file
        self._moments = moments
        self._receive = receive

    def take(self, frame: Frame) -> tuple[pl.DataFrame, list[Reject], int]:
        """Typed columns of the good records, rejects, and the number of records that are not ships.

        A record without a place but with static data is a static report: it is kept, with lat and lon NaN.

        Columns: record, t, receive_t, mmsi, lat, lon, sog_kn, cog_deg, heading_deg, rot_deg_min, nav_status,
        msg_type, pos_sigma_m, t_sigma_s, provenance, receiver, and the static columns as they were.
        """
        data = frame.data
        n = len(data)
        t = self._moments.parse(data["t"])
        mmsi, lat, lon = (number(data, field) for field in ("mmsi", "lat", "lon"))
        whole = np.nan_to_num(mmsi, nan=-1.0, posinf=-1.0, neginf=-1.0)
        reason = np.zeros(n, dtype=np.int8)
        _mark(reason, 1, t.is_null().to_numpy())
        _mark(reason, 2, (whole < 1) | (whole > 999_999_999) | (whole != np.floor(whole)))
        nowhere = _empty(data["lat"]) & _empty(data["lon"])
        static = nowhere & _any_given(data, STATIC) if nowhere.any() else nowhere
        _mark(reason, 3, ~static & (_empty(data["lat"]) | _empty(data["lon"]) | (lat == 91.0) | (lon == 181.0)))
        _mark(reason, 4, ~static & ~(np.abs(lat) <= 90.0))
        _mark(reason, 5, ~static & ~(np.abs(lon) <= 180.0))
        ship = self._ships(data, n)
        rejects = self._rejects(frame, reason, t) if reason.any() else []
        columns: dict[str, pl.Series | npt.NDArray[np.generic]] = {
            "record": frame.record,
            "t": t.fill_null(NO_TIME),
            "receive_t": self._receive.parse(data["receive_t"]).fill_null(NO_TIME)
            if self._receive is not None
            else np.full(n, NO_TIME, dtype=np.int64),
            "mmsi": np.where(reason == 2, 0.0, np.clip(whole, 0.0, 1e9)).astype(np.int64),
            "lat": lat,
            "lon": lon,
            "sog_kn": within(number(data, "sog_kn"), 0.0, 102.25),
            "cog_deg": within(number(data, "cog_deg"), 0.0, 359.999),
            "heading_deg": within(number(data, "heading_deg"), 0.0, 359.999),
            "rot_deg_min": _rot(number(data, "rot_deg_min")),
            "nav_status": nav_status(data, n),
            "msg_type": _msg_type(data, n),
            "pos_sigma_m": _sigma(data, n),
            "t_sigma_s": _t_sigma(data, self._moments.resolution_s),
            "provenance": _provenance(data, n),
        }
        typed = pl.DataFrame(columns).with_columns(
            data[field] for field in data.columns if field not in columns and field not in ("accuracy", "mobile")
        )
        good = (reason == 0) & ship
        if not good.all():
            typed = typed.filter(pl.Series(good))
        return typed, rejects, int(np.count_nonzero((reason == 0) & ~ship))

    def _rejects(self, frame: Frame, reason: npt.NDArray[np.int8], t: pl.Series) -> list[Reject]:
        slugs = ("", "bad_time", "bad_mmsi", "no_position", "bad_latitude", "bad_longitude")
        fields = ("", "t", "mmsi", "lat", "lat", "lon")
        out: list[Reject] = []
        bad = np.flatnonzero(reason)
        empty = _empty(frame.data["t"])
        for row in bad:
            code = int(reason[row])
            slug = "no_time" if code == 1 and empty[row] else slugs[code]
            cell = frame.data[fields[code]][int(row)]
            detail = "" if cell is None else f"{fields[code]} = {cell}"[:200]
            out.append(Reject(file=self._file, line=int(frame.record[row]), reason=slug, detail=detail))
        return out

    @staticmethod
    def _ships(data: pl.DataFrame, n: int) -> npt.NDArray[np.bool_]:
        if "mobile" not in data.columns:
            return np.ones(n, dtype=np.bool_)
        kinds = data["mobile"].cast(pl.String)
        others = [kind for kind in kinds.unique().to_list() if kind and kind.strip().lower() in _NOT_SHIPS]
        return ~kinds.is_in(others).fill_null(False).to_numpy() if others else np.ones(n, dtype=np.bool_)


def number(data: pl.DataFrame, field: str) -> F64A:
    """A column as float64, NaN where it is empty or no number; a decimal comma is read as a point."""
    if field not in data.columns:
        return np.full(len(data), np.nan)
    return numbers(data[field])


def numbers(column: pl.Series) -> F64A:
    """A series as float64, NaN where it is empty or no number; a decimal comma is read as a point."""
    if column.dtype == pl.String:
        text = column.str.strip_chars()
        values = text.cast(pl.Float64, strict=False)
        if values.null_count() > column.null_count():
            values = values.fill_null(text.str.replace(",", ".", literal=True).cast(pl.Float64, strict=False))
    elif column.dtype.is_numeric() or column.dtype == pl.Boolean:
        values = column.cast(pl.Float64)
    else:
        values = pl.Series(column.name, [None] * len(column), dtype=pl.Float64)
    return np.array(values.fill_null(np.nan).to_numpy(), dtype=np.float64)


def within(values: F64A, low: float, high: float) -> F64A:
    """The values, NaN where they are outside the limits: sentinels (102.3 kn, 360 deg, 511) lie outside."""
    with np.errstate(invalid="ignore"):
        return np.where((values >= low) & (values <= high), values, np.nan)


def nav_status(data: pl.DataFrame, n: int) -> I8:
    """Navigational status 0..15 from numbers or the standard's texts; -1 for anything else."""
    if "nav_status" not in data.columns:
        return np.full(n, DEFAULTS["nav_status"], dtype=np.int8)
    column = data["nav_status"]
    if column.dtype == pl.String:
        # few distinct texts: understand each once
        codes = {cell: _nav_code(cell) for cell in column.unique().to_list() if cell is not None}
        coded = column.replace_strict(codes, default=-1, return_dtype=pl.Int8).fill_null(-1)
        return np.array(coded.to_numpy(), dtype=np.int8)
    values = numbers(column)
    ok = (values >= 0) & (values <= 15) & (values == np.floor(values))
    return np.where(ok, np.nan_to_num(values, nan=-1.0), -1.0).astype(np.int8)


def _nav_code(cell: str) -> int:
    text = cell.strip().lower()
    if text.removesuffix(".0").isdigit():
        code = int(text.removesuffix(".0"))
        return code if code <= 15 else -1
    return NAV_STATUS.get(text, -1)


def _msg_type(data: pl.DataFrame, n: int) -> I8:
    if "msg_type" not in data.columns:
        return np.zeros(n, dtype=np.int8)
    column = data["msg_type"]
    if column.dtype == pl.String:
        column = column.str.extract(r"^(?:AIS\.)?(\d{1,2})$", 1)
    values = numbers(column)
    ok = (values >= 1) & (values <= 27) & (values == np.floor(values))
    return np.where(ok, np.nan_to_num(values), 0.0).astype(np.int8)


def _t_sigma(data: pl.DataFrame, resolution_s: float) -> F64A:
    # a time cut to whole seconds is off by half a second; one cut to minutes is spread over a minute
    usual = 0.5 if resolution_s <= 1.0 else resolution_s / 3.46
    values = number(data, "t_sigma_s")
    return np.where(values > 0.0, values, usual)


def _provenance(data: pl.DataFrame, n: int) -> I8:
    """Provenance by number or name; a table that does not say is of what was observed."""
    if "provenance" not in data.columns:
        return np.full(n, int(Provenance.OBSERVED), dtype=np.int8)
    known = {name.lower(): int(member) for name, member in Provenance.__members__.items()}
    known |= {str(int(member)): int(member) for member in Provenance}
    text = data["provenance"].cast(pl.String).str.strip_chars().str.to_lowercase()
    coded = text.replace_strict(known, default=int(Provenance.OBSERVED), return_dtype=pl.Int8)
    return np.array(coded.fill_null(int(Provenance.OBSERVED)).to_numpy(), dtype=np.int8)


def _sigma(data: pl.DataFrame, n: int) -> F64A:
    given = number(data, "pos_sigma_m")
    return np.where(given > 0.0, given, _sigma_of_bit(data, n))


def _sigma_of_bit(data: pl.DataFrame, n: int) -> F64A:
    if "accuracy" not in data.columns:
        return np.full(n, float(DEFAULTS["pos_sigma_m"]))
    text = data["accuracy"].cast(pl.String).str.strip_chars().str.to_lowercase()
    high = text.is_in(["1", "true", "high", "1.0"]).fill_null(False).to_numpy()
    low = text.is_in(["0", "false", "low", "0.0"]).fill_null(False).to_numpy()
    return np.where(high, SIGMA_HIGH_M, np.where(low, SIGMA_LOW_M, float(DEFAULTS["pos_sigma_m"])))


def _rot(values: F64A) -> F64A:
    # 128 either way round is how raw feeds write "not available"; 708 deg/min is the standard's largest value
    return np.where((np.abs(values) == 128.0) | ~(np.abs(values) <= 720.0), np.nan, values)


def _empty(column: pl.Series) -> npt.NDArray[np.bool_]:
    if column.dtype == pl.String:
        return (column.is_null() | (column.str.strip_chars() == "")).to_numpy()
    return column.is_null().to_numpy()


def _any_given(data: pl.DataFrame, fields: Sequence[str]) -> npt.NDArray[np.bool_]:
    given = np.zeros(len(data), dtype=np.bool_)
    for field in fields:
        if field in data.columns:
            given |= ~_empty(data[field])
    return given


def _mark(reason: npt.NDArray[np.int8], code: int, where: npt.NDArray[np.bool_]) -> None:
    reason[where & (reason == 0)] = code
