"""Canonical JSON, and the digest by which two runs are told equal.

What depends on the machine or on when something was learnt is left out (code version, known-from, known-to, when
a revision was made known), and floats are rounded to the resolution stated for their unit, so that the digest speaks
of what was found and of nothing else.
"""

from __future__ import annotations

import hashlib
import math
from collections.abc import Iterable, Mapping
from typing import Any, Final

import msgspec

from seawarden.model.alert import Alert
from seawarden.model.finding import Finding

LEFT_OUT: Final = frozenset({"code_version", "known_from_t", "known_to_t", "receive_t"})
"""Fields that say when something was learnt or by which code."""

DECIMALS_BY_SUFFIX: Final[Mapping[str, int]] = {
    "_m": 1,
    "_km": 4,
    "_kn": 2,
    "_deg": 2,
    "_s": 1,
    "minutes": 1,
    "minutes_low": 1,
    "minutes_high": 1,
    "minutes_left": 1,
}
"""Resolution of a float field by the end of its name, decimals: 0.1 m, 0.1 m of KP, 0.01 kn, 0.01 deg, 0.1 s."""

DECIMALS_BY_UNIT: Final[Mapping[str, int]] = {
    "m": 1,
    "km": 4,
    "nmi": 4,
    "kn": 2,
    "kn/min": 2,
    "m/s": 2,
    "deg": 2,
    "s": 1,
    "min": 1,
    "h": 3,
    "%": 1,
}
"""Resolution of a measured value by its unit, decimals."""

DECIMALS: Final = 6
"""Resolution of every other float: chances, weights, latitudes and longitudes (1e-6 deg is 0.1 m)."""


def canonical_json(value: Any) -> bytes:
    """JSON with sorted keys, no spaces and no NaN (null), of builtins or structs; one value has one form."""
    return msgspec.json.encode(msgspec.to_builtins(value), order="sorted")


def canonical(item: Finding | Alert) -> bytes:
    """The canonical form of one revision: rounded, without what depends on machine and moment of learning."""
    return msgspec.json.encode(_rounded(msgspec.to_builtins(item), DECIMALS), order="sorted")


def digest(findings: Iterable[Finding], alerts: Iterable[Alert]) -> str:
    """SHA-256 (hex) over all revisions, in any order given; a revision that is given twice counts once.

    Args:
        findings: all revisions of all findings.
        alerts: all revisions of all alerts.
    """
    total = hashlib.sha256()
    for name, items in (("finding", findings), ("alert", alerts)):
        forms = {(item.id, item.revision, canonical(item)) for item in items}
        for _, _, form in sorted(forms):
            total.update(name.encode() + b" " + form + b"\n")
    return total.hexdigest()


def _rounded(value: Any, decimals: int) -> Any:
    if isinstance(value, dict):
        unit = value.get("unit")
        inner = DECIMALS_BY_UNIT.get(unit, DECIMALS) if isinstance(unit, str) else None
        return {
            key: _rounded(part, _decimals(key) if inner is None else inner)
            for key, part in value.items()
            if key not in LEFT_OUT
        }
    if isinstance(value, (list, tuple)):
        return [_rounded(part, decimals) for part in value]
    if isinstance(value, float):
        if not math.isfinite(value):
            return None
        rounded = round(value, decimals)
        return int(rounded) if rounded.is_integer() else rounded  # 12 and 12.0, 0 and -0 are the same value
    return value


def _decimals(name: str) -> int:
    for suffix, decimals in DECIMALS_BY_SUFFIX.items():
        if name.endswith(suffix):
            return decimals
    return DECIMALS
