"""Positions as NMEA sentences, a whole block at once: message 1 behind a tag block with the time in milliseconds."""

from __future__ import annotations

from typing import Any, Final

import numpy as np
import numpy.typing as npt

from seawarden.model.position import Positions

Bytes = npt.NDArray[np.uint8]
BITS: Final = 168
_HEX: Final = np.frombuffer(b"0123456789ABCDEF", dtype=np.uint8)
_FIELDS: Final = (6, 2, 30, 4, 8, 10, 1, 28, 27, 12, 9, 6, 2, 3, 1, 19)
"""Widths of message 1 (ITU-R M.1371-5, table 45)."""


def sentences(p: Positions, station: str = "2573135") -> Bytes:
    """Sentences of equal length, shape (n, length), each with its line's end.

    Args:
        p: positions, arrays (n,).
        station: what the tag block names.
    """
    n = len(p.t)
    values = (
        np.full(n, 1), np.zeros(n), p.mmsi, np.where(p.nav_status < 0, 15, p.nav_status), np.full(n, 128),
        np.where(np.isnan(p.sog_kn), 1023, np.minimum(np.nan_to_num(p.sog_kn) * 10, 1022)), np.zeros(n),
        p.lon * 600_000, p.lat * 600_000,
        np.where(np.isnan(p.cog_deg), 3600, np.nan_to_num(p.cog_deg) * 10 % 3600),
        np.where(np.isnan(p.heading_deg), 511, np.nan_to_num(p.heading_deg) % 360), p.t // 1000 % 60,
        np.zeros(n), np.zeros(n), np.zeros(n), np.zeros(n),
    )  # fmt: skip
    bits = np.concatenate([_bits(v, w) for v, w in zip(values, _FIELDS, strict=True)], axis=1)
    six = bits.reshape(n, BITS // 6, 6) @ (1 << np.arange(5, -1, -1))
    payload = np.where(six < 40, six + 48, six + 56).astype(np.uint8)
    body = np.concatenate([_text(n, "AIVDM,1,1,,A,"), payload, _text(n, ",0")], axis=1)
    tag = np.concatenate([_text(n, f"s:{station},c:"), _digits(p.t, 13)], axis=1)
    parts = (
        _text(n, "\\"), tag, _text(n, "*"), _checksum(tag), _text(n, "\\!"), body, _text(n, "*"), _checksum(body),
        _text(n, "\r\n"),
    )  # fmt: skip
    return np.ascontiguousarray(np.concatenate(parts, axis=1))


def _bits(values: Any, width: int) -> npt.NDArray[np.int64]:
    whole = np.round(np.asarray(values, dtype=np.float64)).astype(np.int64) & ((1 << width) - 1)
    bits: npt.NDArray[np.int64] = whole[:, None] >> np.arange(width - 1, -1, -1) & 1
    return bits


def _text(n: int, text: str) -> Bytes:
    return np.broadcast_to(np.frombuffer(text.encode(), dtype=np.uint8), (n, len(text)))


def _digits(values: npt.NDArray[np.int64], count: int) -> Bytes:
    digits: Bytes = (values[:, None] // 10 ** np.arange(count - 1, -1, -1) % 10 + 48).astype(np.uint8)
    return digits


def _checksum(body: Bytes) -> Bytes:
    check = np.bitwise_xor.reduce(body, axis=1)
    return np.stack([_HEX[check >> 4], _HEX[check & 15]], axis=1)
