"""Ship types: ITU-R M.1371-5, table 53, in words."""

from __future__ import annotations

from typing import Final

_SPECIAL: Final = {
    30: "fishing", 31: "tug", 32: "tug", 33: "dredger", 34: "diving", 35: "military", 36: "sailing",
    37: "pleasure", 50: "pilot", 51: "search and rescue", 52: "tug", 53: "port tender", 54: "anti-pollution",
    55: "law enforcement", 56: "local vessel", 57: "local vessel", 58: "medical", 59: "non-combatant",
}  # fmt: skip
_TENS: Final = {2: "wing in ground", 4: "high speed craft", 6: "passenger", 7: "cargo", 8: "tanker", 9: "other"}


def words(code: int) -> str:
    """The type in a word or two; empty when the code says nothing."""
    return _SPECIAL.get(code) or _TENS.get(code // 10, "")
