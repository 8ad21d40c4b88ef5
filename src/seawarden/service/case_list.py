"""The cases of a list of alerts, as one reader sees them."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from typing import NamedTuple

from seawarden.channels.messages.case import told_case, worst_first
from seawarden.channels.messages.told import Told
from seawarden.channels.notify.fold import Fold
from seawarden.model.alert import Alert
from seawarden.service.owner import owner_of
from seawarden.service.view import View, urgency
from seawarden.service.work import place_of


class Held(NamedTuple):
    """One case as a reader sees it."""

    id: str
    revision: int
    alerts: list[Alert]
    """The worst first."""


def cases_of(view: View, known: int, shown: Iterable[Alert]) -> list[Held]:
    """The cases of alerts, the most urgent first.

    Args:
        view: of the reader.
        known: the time whose knowledge is used, ms.
        shown: alerts that are listed; a case is the same whichever of its alerts are.
    """
    fold = Fold(0)
    everything = sorted(view.alerts(known, "all"), key=lambda alert: (alert.raised_t, alert.id))
    fold.now(everything, known, lambda _: True)
    by_case: dict[str, list[Alert]] = {}
    for alert in shown:
        by_case.setdefault(fold.of(alert.id).id, []).append(alert)
    held = [Held(name, fold.threads[name].revision, worst_first(alerts)) for name, alerts in by_case.items()]
    return sorted(held, key=lambda case: urgency(case.alerts[0]))


def told_of(view: View, case: Held, at: int) -> Told:
    """What is told of a case."""
    t = max(alert.updated_t for alert in case.alerts)
    return told_by(view, case.id, case.revision, case.alerts, t, placed_at=at)


def told_by(
    view: View,
    case_id: str,
    revision: int,
    alerts: Sequence[Alert],
    t: int,
    *,
    placed_at: int | None = None,
    asked: Callable[[str, str], bool] = lambda asset_id, owner: True,
) -> Told:
    """What is told of alerts as one case, with the ship's place and the assets' owners as a reader knows them.

    Args:
        view: of the reader.
        case_id: its id.
        revision: of the message.
        alerts: that may be told, one at least.
        t: event time of the message, ms.
        placed_at: when the ship's place is asked, ms; `t` when None.
        asked: as in `told_case`.
    """
    place = place_of(view, worst_first(alerts)[0], t if placed_at is None else placed_at)
    return told_case(case_id, revision, alerts, t, place, lambda asset: owner_of(view, asset), asked)
