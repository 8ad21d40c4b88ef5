"""IMO numbers and MMSIs as they stand in texts, and whether they can be true."""

from __future__ import annotations

import re
from typing import Final

_IMO: Final = re.compile(r"(?<!\d)(\d{7})(?!\d)")
_MMSI: Final = re.compile(r"(?<!\d)(\d{9})(?!\d)")


def is_imo(number: int) -> bool:
    """Whether the check digit holds: the sum of the first six digits times 7 to 2 ends in the seventh.

    IMO resolution A.1117(30), annex.
    """
    digits = f"{number:d}"
    if len(digits) != 7:
        return False
    return sum(int(d) * weight for d, weight in zip(digits, range(7, 1, -1), strict=False)) % 10 == int(digits[6])


def imos_in(text: str) -> list[int]:
    """Every run of seven digits, in order, valid or not."""
    return [int(found) for found in _IMO.findall(text)]


def mmsis_in(text: str) -> list[int]:
    """Every run of nine digits that begins as a ship's does (2 to 7; ITU-R M.585)."""
    return [int(found) for found in _MMSI.findall(text) if found[0] in "234567"]
