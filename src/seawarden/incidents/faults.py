"""Declared faults while they are open: ranked at once, ranked anew as ships move and data come, cleared."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence

import msgspec

from seawarden.alerts.script import radio_script
from seawarden.incidents.fleet_fixes import FleetFixes
from seawarden.incidents.ranking import Ranking, Scored, Seen, rank, unseen_candidate, window_of
from seawarden.incidents.waters import waters_of
from seawarden.model.event import FaultCleared, FaultDeclared
from seawarden.model.fault import Candidate, Fault
from seawarden.model.finding import AssetRef
from seawarden.model.risk import AssetAhead
from seawarden.risk.ahead import Ahead
from seawarden.risk.anchor import Suspicion
from seawarden.risk.evidence import TrackEvidence
from seawarden.risk.needs import Heard, Layer, WatersAt
from seawarden.settings_risk import IncidentSettings, RiskSettings
from seawarden.surroundings.coverage import inside

REFRESH_MS = 600_000
"""Longest time between revisions of an open fault whose ranking stays the same: assets ahead draw nearer."""
FRESH_MS = 3 * 3_600_000
"""While a fault is this young it is ranked every `rerank_s`; afterwards every ten minutes."""
SEARCH_MS = (300_000, 1_800_000, 7_200_000)
"""How often the whole fleet is searched anew: in the first half hour, when the window is hardly past; in the first
three hours, when key frames still come in that bracket it; and later, when only late records can add a ship."""
SHIFT = 0.01
"""Least change of any candidate's chance that makes a new revision."""


class OpenFault(msgspec.Struct, kw_only=True):
    """One declared fault with its newest revision."""

    declared: FaultDeclared
    fault: Fault | None = None
    known: bool = True
    """False when no such asset is loaded: the fault is kept and said to be unknown."""
    due_t: int | None = 0
    """Event time of the next ranking; None: frozen, since the tracks of its window may be forgotten."""
    search_t: int = 0
    """Event time of the next search through the whole fleet; in between, only `near` is ranked anew."""
    near: tuple[str, ...] = ()
    """Tracks that passed near in place and time at the last search."""
    considered: int = 0
    """Tracks with positions around the window at the last search."""
    suspects: dict[str, float] = {}
    """Chance by track id."""


class FaultBook(msgspec.Struct, kw_only=True):
    """All faults by id."""

    faults: dict[str, OpenFault] = {}

    def declare(self, event: FaultDeclared, t: int) -> None:
        """Take a declaration; declaring an id anew replaces window and stretch and ranks again."""
        held = self.faults.get(event.fault_id)
        fault = held.fault if held is not None else None
        self.faults[event.fault_id] = OpenFault(declared=event, fault=fault, due_t=t)

    def clear(self, event: FaultCleared, t: int) -> Fault | None:
        """Close a fault; None when it is unknown or already cleared."""
        held = self.faults.get(event.fault_id)
        if held is None or held.fault is None or held.fault.state == "cleared":
            return None
        note = event.note or held.fault.note
        held.fault = msgspec.structs.replace(
            held.fault, state="cleared", revision=held.fault.revision + 1, known_from_t=t, note=note
        )
        held.suspects = {}
        return held.fault

    def next_due(self) -> int | None:
        """Event time of the next ranking."""
        due = [
            f.due_t
            for f in self.faults.values()
            if f.due_t is not None and f.known and (f.fault is None or f.fault.state == "open")
        ]
        return min(due, default=None)

    def suspicions(self, track_id: str) -> tuple[Suspicion, ...]:
        """What open faults say of a track."""
        out = []
        for fault_id in sorted(self.faults):
            held = self.faults[fault_id]
            if held.fault is not None and track_id in held.suspects:
                chance = held.suspects[track_id]
                out.append(Suspicion(fault_id, chance, held.fault.asset.visibility, held.fault.from_t))
        return tuple(out)

    def suspects(self) -> set[str]:
        """Track ids that any open fault concerns."""
        return {track_id for held in self.faults.values() for track_id in held.suspects}


class FaultDesk:
    """Ranks faults with what the stage knows."""

    def __init__(
        self,
        layer: Layer,
        incidents: IncidentSettings,
        risk: RiskSettings,
        ahead: Ahead,
        waters: WatersAt | None,
        heard: Heard | None = None,
    ) -> None:
        self._layer, self._s, self._r, self._ahead = layer, incidents, risk, ahead
        self._waters, self._heard = waters, heard

    def rank_due(
        self, book: FaultBook, t: int, fixes: FleetFixes, evidence: Mapping[str, TrackEvidence]
    ) -> tuple[list[Fault], set[str]]:
        """Rank every fault that is due; returns new revisions and the tracks whose suspicion changed."""
        out: list[Fault] = []
        touched: set[str] = set()
        for fault_id in sorted(book.faults):
            held = book.faults[fault_id]
            cleared = held.fault is not None and held.fault.state == "cleared"
            if not held.known or cleared or held.due_t is None or t < held.due_t:
                continue
            if t > held.declared.t + self._s.rank_h * 3_600_000 and held.fault is not None:
                touched |= self._freeze(held, t)
                continue
            row = self._layer.row_of(held.declared.asset_id)
            if row is None:
                held.known = False
                out.append(self._unknown(held, t))
                continue
            seen = self._seen(held.declared, row)
            search = held.fault is None or t >= held.search_t
            only = None if search else [x for x in (fixes.slot(k) for k in held.near) if x is not None]
            ranking = rank(held.declared, row, fixes.view, evidence, self._layer, self._s, self._r, seen, only)
            if search:
                held.search_t, held.considered = t + _search_after(held.declared, t), ranking.considered
                held.near = tuple(sorted(c.ship.track_id for c in ranking.scored))
            fresh = t <= held.declared.t + FRESH_MS
            held.due_t = t + (int(self._s.rerank_s * 1000) if fresh else REFRESH_MS)
            fault = self._fault(held, row, ranking, t, fixes)
            before = dict(held.suspects)
            live = t <= held.declared.t + self._s.live_h * 3_600_000 and not held.declared.exercise
            held.suspects = {
                c.ship.track_id: p
                for c, p in zip(ranking.scored, ranking.chances, strict=True)
                if live and p >= self._s.suspect_chance
            }
            touched |= {k for k in before.keys() | held.suspects.keys() if before.get(k) != held.suspects.get(k)}
            if held.fault is None or _changed(held.fault, fault):
                held.fault = fault
                out.append(fault)
        return out, touched

    def _seen(self, d: FaultDeclared, row: int) -> Seen:
        """Whether ships are heard at the stretch, and whether anything was delivered in the window."""
        from_t, to_t = window_of(d, self._s)
        whole = self._layer.length_km(row)
        kp = 0.5 * ((d.kp_from_km or 0.0) + (d.kp_to_km if d.kp_to_km is not None else d.kp_from_km or whole))
        lat, lon = self._layer.position(row, kp)
        if self._heard is None:
            return Seen(False, True)
        return Seen(inside(self._heard.compiled, lat, lon, from_t), self._heard.alive(from_t, to_t))

    def _freeze(self, held: OpenFault, t: int) -> set[str]:
        """Keep the ranking as it stands; when the fault no longer lowers thresholds, its suspects are let go."""
        end = held.declared.t + int(self._s.live_h * 3_600_000)
        if t < end:
            held.due_t = end
            return set()
        gone = set(held.suspects)
        held.suspects, held.due_t = {}, None
        return gone

    def _fault(self, held: OpenFault, row: int, ranking: Ranking, t: int, fixes: FleetFixes) -> Fault:
        d = held.declared
        keep = self._s.candidates - 1
        scored = list(zip(ranking.scored, ranking.chances, strict=True))[:keep]
        rest = sum(ranking.chances[keep:])
        named = [(p, self._candidate(c, p, fixes)) for c, p in scored]
        unseen = msgspec.structs.replace(unseen_candidate(0, ranking), chance=ranking.unseen + rest)
        named.append((unseen.chance, unseen))
        named.sort(key=lambda item: -item[0])  # stable: equal chances keep their order
        candidates = tuple(msgspec.structs.replace(c, rank=k + 1) for k, (_, c) in enumerate(named))
        from_t, to_t = window_of(d, self._s)
        return Fault(
            id=d.fault_id,
            revision=held.fault.revision + 1 if held.fault is not None else 1,
            asset=self._layer.ref(row, d.kp_from_km),
            kp_from_km=d.kp_from_km,
            kp_to_km=d.kp_to_km,
            from_t=from_t,
            to_t=to_t,
            declared_t=d.t,
            known_from_t=t,
            actor=d.actor,
            note=d.note,
            candidates=candidates,
            ships_considered=held.considered,
            blind=ranking.blind,
            exercise=d.exercise,
        )

    def _candidate(self, c: Scored, chance: float, fixes: FleetFixes) -> Candidate:
        fix = fixes.fix(c.ship.track_id)
        ahead: Sequence[tuple[int, AssetAhead]] = ()
        if fix is not None and chance >= 0.001:
            ahead = self._ahead.ahead(fix, self._r.horizon_min, fixes.seen(c.ship.track_id))
        return Candidate(
            rank=0,
            ship=c.ship,
            chance=chance,
            crossed_t=c.passed_t,
            distance_m=c.distance_m,
            distance_sigma_m=c.sigma_m,
            kp_km=c.kp_km,
            speed_before_kn=_number(c.speeds.before_kn),
            speed_at_kn=_number(c.speeds.at_kn),
            speed_after_kn=_number(c.speeds.after_kn),
            speaks_for=c.speaks_for,
            speaks_against=c.speaks_against,
            ahead=tuple(item for _, item in ahead),
            waters=waters_of(self._waters, fix) if chance >= 0.001 else None,
            last_t=fix.t if fix is not None else None,
            last_lat=fix.lat if fix is not None else None,
            last_lon=fix.lon if fix is not None else None,
            script=radio_script(c.ship).text,
        )

    def _unknown(self, held: OpenFault, t: int) -> Fault:
        d = held.declared
        held.fault = Fault(
            id=d.fault_id,
            asset=AssetRef(id=d.asset_id, name=d.asset_id, kind="other", system=d.asset_id),
            kp_from_km=d.kp_from_km,
            kp_to_km=d.kp_to_km,
            from_t=d.from_t,
            declared_t=d.t,
            known_from_t=t,
            actor=d.actor,
            note=d.note,
            candidates=(Candidate(rank=1, ship=None, chance=1.0),),
            blind=f"no asset '{d.asset_id}' is loaded: nothing could be ranked",
            exercise=d.exercise,
        )
        return held.fault


def _search_after(d: FaultDeclared, t: int) -> int:
    age = t - d.t
    return SEARCH_MS[0] if age < SEARCH_MS[1] else SEARCH_MS[1] if age < FRESH_MS else SEARCH_MS[2]


def _changed(old: Fault, new: Fault) -> bool:
    if new.known_from_t - old.known_from_t >= REFRESH_MS or len(old.candidates) != len(new.candidates):
        return True
    if (old.from_t, old.to_t, old.kp_from_km, old.kp_to_km) != (new.from_t, new.to_t, new.kp_from_km, new.kp_to_km):
        return True
    for a, b in zip(old.candidates, new.candidates, strict=True):
        if _who(a) != _who(b) or abs(a.chance - b.chance) > SHIFT:
            return True
    return False


def _number(value: float) -> float | None:
    return value if math.isfinite(value) else None


def _who(c: Candidate) -> str:
    return c.ship.track_id if c.ship is not None else ""
