"""Identities that change, clash, or can't be: seen across ships from what they say of themselves.

A new name is a new name: ships are sold and renamed. What stands out is a number that takes up another hull's data
from one report to the next, two hulls told in turn under one number, and one hull told under two numbers, both
of them heard. A number or an IMO number that can't be given to a ship is said once.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

import msgspec
import numpy as np

from seawarden.behaviours import measure
from seawarden.behaviours.identity_fields import changes_of, hull_keys
from seawarden.model.error import Uncertain
from seawarden.model.event import Event
from seawarden.model.finding import Change, Finding, Reason, Threshold
from seawarden.model.static import StaticReport
from seawarden.ports import Spec, Surroundings, WholeView
from seawarden.settings_integrity import IdentitySettings
from seawarden.tracks.identity.history import names_hull
from seawarden.tracks.identity.mmsi import mmsi_facts, ship_numbers

CHANGE: Final = "identity_change"
CLASH: Final = "identity_clash"
INVALID: Final = "identity_invalid"


class _Memory(msgspec.Struct, kw_only=True):
    wake: int | None = None
    seen_t: int = 0
    """Reports before this have been looked at."""
    hulls: dict[str, dict[int, int]] = {}
    """By what names a hull: the numbers that tell it, and since when."""
    told: dict[str, int] = {}
    """What has been said, and when: each thing once."""


class IdentityChange:
    """Changes of identity, clashes, and numbers that can't be."""

    spec = Spec(
        name="identity_change",
        kinds=(CHANGE, CLASH, INVALID),
        scope="pair",
        title="A number takes up another identity, one hull is told under two, or a number can't be a ship's.",
        inputs=("mmsi",),
        look_back_s=24 * 3600,
    )

    def __init__(self, settings: IdentitySettings) -> None:
        self._settings = s = settings
        self._thresholds = (
            Threshold(name="both heard within", value=s.heard_h, unit="h", setting="integrity.identity.heard_h"),
        )
        self._memory = _Memory()

    def next_wake(self) -> int | None:
        """Each step of the settings' grid of event time; from the first position on."""
        return 0 if self._memory.wake is None else self._memory.wake

    def snapshot(self) -> bytes:
        """All memory."""
        return msgspec.msgpack.encode(self._memory)

    def restore(self, data: bytes) -> None:
        """Take up a snapshot."""
        self._memory = msgspec.msgpack.decode(data, type=_Memory)

    def on_tick(
        self, t: int, findings: Sequence[Finding], events: Sequence[Event], view: WholeView, around: Surroundings
    ) -> list[Change]:
        """What became known since the last step."""
        held = self._memory
        if held.wake is not None and t < held.wake:
            return []
        step = int(self._settings.step_s * 1000)
        held.wake = (t // step + 1) * step
        changes = self._numbers(t, view)
        for before, after in view.told(held.seen_t):
            if before is not None:
                changes += self._changed(before, after, t, view)
            if after.imo and not names_hull(after.imo) and (before is None or before.imo != after.imo):
                text = f"IMO {after.imo} can't name a hull: its check digit is wrong, or it is a placeholder"
                changes += self._said(INVALID, f"imo|{after.mmsi}|{after.imo}", after.mmsi, after.t, t, view, [text])
            changes += self._clashes(before, after, t, view)
        held.seen_t = t
        return changes

    def _numbers(self, t: int, view: WholeView) -> list[Change]:
        """Numbers that can't be a station's, among those heard."""
        slots, last = view.last()
        mmsi, branch = view.names(slots)
        changes: list[Change] = []
        for k in np.flatnonzero(~ship_numbers(mmsi) & (branch == 0)).tolist():
            facts = mmsi_facts(int(mmsi[k]))
            if not facts.valid:
                text = f"the number {facts.mmsi} can't be a ship's: {facts.why}"
                changes += self._said(
                    INVALID, f"mmsi|{facts.mmsi}", facts.mmsi, int(last.t[k]), t, view, [text]
                )  # fmt: skip
        return changes

    def _changed(self, before: StaticReport, after: StaticReport, t: int, view: WholeView) -> list[Change]:
        found = changes_of(before, after)
        if not found:
            return []
        forth = f"change|{after.mmsi}|" + "|".join(f"{field}:{a}>{b}" for field, a, b in found)
        back = f"change|{after.mmsi}|" + "|".join(f"{field}:{b}>{a}" for field, a, b in found)
        if back in self._memory.told:
            texts = [f"{field} {a} and {b} are told in turn under one number" for field, a, b in found]
            return self._said(CLASH, f"turn|{back}", after.mmsi, after.t, t, view, texts)
        texts = [f"{field}: {b}, before {a}" for field, a, b in found]
        return self._said(CHANGE, forth, after.mmsi, after.t, t, view, texts, fields=len(found))

    def _clashes(self, before: StaticReport | None, after: StaticReport, t: int, view: WholeView) -> list[Change]:
        hulls = self._memory.hulls
        gone = set(hull_keys(before)) - set(hull_keys(after)) if before is not None else set()
        for key in sorted(gone):
            hulls.get(key, {}).pop(after.mmsi, None)
        changes: list[Change] = []
        for key in hull_keys(after):
            numbers = hulls.setdefault(key, {})
            for other in sorted(numbers):
                if other != after.mmsi and self._heard(other, t, view):
                    pair = f"{min(other, after.mmsi)}|{max(other, after.mmsi)}"
                    text = f"{key} is told under {other} too, which was heard within {self._settings.heard_h:g} h"
                    changes += self._said(CLASH, f"clash|{pair}", after.mmsi, after.t, t, view, [text], other=other)
            numbers.setdefault(after.mmsi, after.t)
        return changes

    def _heard(self, mmsi: int, t: int, view: WholeView) -> bool:
        slot = view.find(f"{mmsi}-0")
        return slot is not None and len(view.track(slot, t - int(self._settings.heard_h * 3_600_000)).t) > 0

    def _said(
        self, kind: str, key: str, mmsi: int, since_t: int, t: int, view: WholeView, texts: Sequence[str], *,
        other: int = 0, fields: int = 1,
    ) -> list[Change]:  # fmt: skip
        slot = view.find(f"{mmsi}-0")
        if slot is None or key in self._memory.told:
            return []
        self._memory.told[key] = since_t
        measured = [measure.share("fields", float(fields), method="of the identity that changed")]
        if other:
            measured.append(Uncertain(name="other_number", value=float(other), unit="1"))
        instead = "ships are renamed and renumbered, and data are mistyped"
        return [
            Change(
                action="close", kind=kind, slot=slot, asset=-1, start_t=since_t, t=t, end_t=since_t,
                measured=tuple(measured), thresholds=self._thresholds,
                benign=(*(Reason(text=text, measure="identity") for text in texts), Reason(text=instead)),
            )
        ]  # fmt: skip
