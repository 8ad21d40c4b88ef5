"""What one day of a backtest brought, and what must be remembered from one day to the next to count it once."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final

import msgspec

from seawarden.model.alert import TIERS, Alert
from seawarden.model.finding import Finding
from seawarden.risk.signs import SIGN_GROUP

REMEMBERED_MS: Final = 48 * 3_600_000
"""An alert or a retraction changes no more two days after its last change."""


class Planted(msgspec.Struct, frozen=True, kw_only=True):
    """One drag laid on a real track over an asset, and what became of it."""

    mmsi: int
    asset: str
    onset_t: int
    loss: float
    law: str
    cadence_s: float
    found_min: float | None
    """Minutes to the first finding that her speed or the model gave; None when not within the hour."""
    look_min: float | None
    """Minutes to an alert of `look` or more; None when not within the hour."""
    tier: str
    """Highest within the hour, empty when none."""


class Curve(msgspec.Struct, frozen=True, kw_only=True):
    """A ship's positions around an alert, thinned for drawing."""

    t: list[int]
    lat: list[float]
    lon: list[float]
    sog_kn: list[float | None]
    expected_kn: list[float | None]
    sigma_kn: list[float | None]
    crossings: list[tuple[int, str]] = []


class Told(msgspec.Struct, frozen=True, kw_only=True):
    """An alert of `look` or more at its gravest."""

    id: str
    tier: str
    kind: str
    mmsi: int
    track_id: str
    asset: str
    start_t: int
    told_t: int
    risk: float
    first_line: str
    second_line: str
    reasons: tuple[str, ...]
    counter_reasons: tuple[str, ...]
    state: str
    curve: Curve | None = None


class Crossed(msgspec.Struct, frozen=True, kw_only=True):
    """A crossing of the day, as a place to plant."""

    mmsi: int
    track_id: str
    t: int
    asset: str
    speed_kn: float


class Day(msgspec.Struct, kw_only=True):
    """One day's counts."""

    day: str
    records: int = 0
    positions: int = 0
    ships: int = 0
    watched_ms: int = 0
    cable_km: float = 0.0
    """Kilometres of assets near which ships were heard."""
    findings: dict[str, int] = {}
    retracted: int = 0
    alerts: dict[str, dict[str, int]] = {}
    """By kind of the earliest sign, then by highest tier."""
    rejected: dict[str, int] = {}
    planted: list[Planted] = []
    told: list[Told] = []
    withdrawn: list[str] = []
    """Ids of alerts that were taken back this day."""


class Book(msgspec.Struct, kw_only=True):
    """What was counted already, as far as it may still change."""

    alerts: dict[str, tuple[int, str, int]] = {}
    """By id: place of the highest tier, kind, last change (ms)."""
    kinds: dict[str, tuple[str, int]] = {}
    """By id of a sign: its kind and last change (ms)."""
    taken_back: dict[str, int] = {}
    """Ids of findings that were retracted, and when."""

    def forget(self, before_t: int) -> None:
        """Drop what can change no more."""
        self.alerts = {k: v for k, v in self.alerts.items() if v[2] >= before_t}
        self.kinds = {k: v for k, v in self.kinds.items() if v[1] >= before_t}
        self.taken_back = {k: t for k, t in self.taken_back.items() if t >= before_t}


def count_findings(day: Day, book: Book, findings: Iterable[Finding]) -> list[Crossed]:
    """Count revisions of findings; returns the crossings among the new ones."""
    crossed: list[Crossed] = []
    for f in findings:
        if f.state == "retracted":
            if f.id not in book.taken_back and f.revision > 1:
                _add(day.findings, f.kind, -1)
                day.retracted += 1
                book.taken_back[f.id] = f.known_from_t
            continue
        if f.revision == 1 or f.id in book.taken_back:
            day.retracted -= book.taken_back.pop(f.id, None) is not None
            _add(day.findings, f.kind, 1)
        if f.kind in SIGN_GROUP or f.kind not in ("crossing", "approach"):
            book.kinds[f.id] = (f.kind, f.known_from_t)
        if f.kind == "crossing" and f.asset is not None and f.revision == 1:
            speed = f.value("speed_at") or f.value("speed_before") or 0.0
            crossed.append(
                Crossed(mmsi=f.ship.mmsi, track_id=f.ship.track_id, t=f.start_t, asset=f.asset.name, speed_kn=speed)
            )
    return crossed


def count_alerts(day: Day, book: Book, alerts: Iterable[Alert], told: dict[str, Told]) -> None:
    """Count revisions of alerts by kind and highest tier; keep those of `look` or more at their gravest in `told`."""
    for a in alerts:
        held = book.alerts.get(a.id)
        if a.state == "retracted":
            if held is not None:
                _add(day.alerts.setdefault(held[1], {}), TIERS[held[0]], -1)
                del book.alerts[a.id]
            if told.pop(a.id, None) is not None:
                day.withdrawn.append(a.id)
            continue
        top = TIERS.index(a.highest_tier)
        kind = held[1] if held is not None else _kind(a, book)
        if held is None:
            _add(day.alerts.setdefault(kind, {}), TIERS[top], 1)
        elif top > held[0]:
            _add(day.alerts.setdefault(kind, {}), TIERS[held[0]], -1)
            _add(day.alerts[kind], TIERS[top], 1)
        book.alerts[a.id] = (top, kind, a.updated_t)
        if top > 0:
            _keep(told, a, kind)


def _kind(a: Alert, book: Book) -> str:
    if a.group_size > 1:
        return "group"
    return next((book.kinds[id_][0] for id_ in a.findings if id_ in book.kinds), "crossing")


def _keep(told: dict[str, Told], a: Alert, kind: str) -> None:
    held = told.get(a.id)
    if held is not None and (TIERS.index(held.tier), held.risk) >= (TIERS.index(a.tier), a.risk):
        told[a.id] = msgspec.structs.replace(held, state=a.state)
        return
    told[a.id] = Told(
        id=a.id,
        tier=a.tier,
        kind=kind,
        mmsi=a.ship.mmsi,
        track_id=a.ship.track_id,
        asset=a.asset.name,
        start_t=a.start_t,
        told_t=a.updated_t,
        risk=a.risk,
        first_line=a.first_line,
        second_line=a.second_line,
        reasons=tuple(r.text for r in a.reasons),
        counter_reasons=tuple(r.text for r in a.counter_reasons),
        state=a.state,
    )


def _add(counts: dict[str, int], name: str, n: int) -> None:
    counts[name] = counts.get(name, 0) + n
