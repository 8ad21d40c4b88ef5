"""What a crew answered, as evidence: weak when it satisfies, a sign when it does not.

Eagle S said that both anchors were up, and four more cables went: so "both anchors home" is written down, is shown
beside the reasons, and lowers nothing. What can be checked is asked next.
"""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Final

import msgspec

from seawarden.model.event import OperatorAction
from seawarden.model.finding import Reason
from seawarden.model.work import AnswerKind
from seawarden.risk.anchor import Anchor
from seawarden.risk.odds import chance_of, logit
from seawarden.settings_risk import RiskSettings

ACTIONS: Final = ("call", "answer")
MEASURE: Final = "answer"
NEXT: Final = "ask next: revolutions against her speed, a man forward at the anchors, a photo"
KINDS: Final[dict[str, AnswerKind]] = {"satisfying": "satisfying", "unsatisfying": "unsatisfying"}


class Answer(msgspec.Struct, frozen=True, kw_only=True):
    """The latest answer of one ship."""

    t: int
    kind: AnswerKind
    actor: str
    text: str = ""


def answer_of(action: OperatorAction) -> Answer | None:
    """The answer that a person's action tells of; None for other actions."""
    if action.action not in ACTIONS:
        return None
    kind = KINDS.get(str(action.detail.get("kind", "")), "none")
    return Answer(t=action.t, kind=kind, actor=action.actor, text=str(action.detail.get("text", ""))[:200])


def counted(answer: Answer | None, t: int, s: RiskSettings) -> Answer | None:
    """The answer while it counts: as long as an ended finding does."""
    return answer if answer is not None and t - answer.t <= s.memory_min * 60_000 else None


def with_answer(anchor: Anchor, answer: Answer | None, s: RiskSettings) -> Anchor:
    """The chance of an anchor out with her answer among the reasons; an answer never lowers it."""
    if answer is None:
        return anchor
    at = datetime.fromtimestamp(answer.t / 1000, tz=UTC).strftime("%H:%MZ")
    words = f' ("{answer.text}")' if answer.text else ""
    if answer.kind == "satisfying":
        text = f"her answer at {at}{words} is weak evidence and lowers nothing; {NEXT}"
        return anchor._replace(counter=[*anchor.counter, Reason(text=text, measure=MEASURE)])
    if answer.kind == "unsatisfying":
        weight, text = s.answer_unsatisfying_logodds, f"her answer at {at}{words} does not satisfy"
    else:
        weight, text = s.answer_none_logodds, f"she did not answer at {at}{words}"
    chance = chance_of(logit(anchor.chance) + weight)
    return Anchor(chance, [*anchor.reasons, Reason(text=text, weight=weight, measure=MEASURE)], anchor.counter)
