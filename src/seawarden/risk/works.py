"""What declared works take off the chance of an anchor out: ships at work slow, stop and lie over the asset."""

from __future__ import annotations

from typing import Final

from seawarden.model.finding import Reason
from seawarden.risk.anchor import Anchor
from seawarden.risk.odds import chance_of, logit

MEASURE: Final = "works"
NAMED_LOGODDS: Final = -4.0
"""She is named in the declaration and is there and then: what she does is what was announced. The weight takes a stop
or an anchor by the asset from a challenge to a notice; a second sign still raises her (own estimate)."""
AREA_LOGODDS: Final = -1.5
"""Works are declared here that name no ship or another: she may assist, or merely pass (own estimate)."""


def works_reason(words: str, *, named: bool) -> Reason:
    """The reason, for a ship at declared works.

    Args:
        words: what, by whom, until when, and who says so.
        named: whether the declaration names her.
    """
    text = f"expected here: {words}" if named else f"works are declared here that do not name her: {words}"
    return Reason(text=text, weight=NAMED_LOGODDS if named else AREA_LOGODDS, measure=MEASURE)


def with_works(anchor: Anchor, reason: Reason | None) -> Anchor:
    """The chance with declared works taken into account, and the reason among those against."""
    if reason is None or not anchor.reasons:
        return anchor
    return Anchor(chance_of(logit(anchor.chance) + reason.weight), anchor.reasons, [*anchor.counter, reason])
