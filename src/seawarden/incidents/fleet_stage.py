"""The fleet stage: after all single-ship behaviours at a tick, findings and events become risks, alerts and faults.

It depends on nothing but the findings and events of each tick, the ships as known at it, and its own state. A tick
at which nothing came and nothing is due changes nothing, so that it may be left out.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final, NamedTuple

import msgspec

from seawarden.alerts.book import AlertBook, group_draft
from seawarden.alerts.groups import Groups
from seawarden.alerts.tiers import POSTURES, RANK, Verdict, judge, likely_ahead, look_least, posture_factor
from seawarden.incidents.company import company_of
from seawarden.incidents.draft import draft_of
from seawarden.incidents.faults import FaultBook, FaultDesk
from seawarden.incidents.fleet_fixes import FleetFixes
from seawarden.incidents.place_near import place_near
from seawarden.incidents.weather_near import WeatherAt, weather_near
from seawarden.incidents.works_near import WorksAt, works_near
from seawarden.model.alert import Alert, Tier
from seawarden.model.event import Event, FaultCleared, FaultDeclared, OperatorAction
from seawarden.model.fault import Fault
from seawarden.model.finding import Finding, Reason
from seawarden.model.risk import Risk
from seawarden.ports import FleetView, Surroundings
from seawarden.risk.ahead import Ahead, SteadyCourse
from seawarden.risk.anchor import Together
from seawarden.risk.answers import Answer, answer_of, counted
from seawarden.risk.assess import Assessment, Case, Told, assess, dragging_chance
from seawarden.risk.evidence import PUBLIC, Evidence, TrackEvidence, dipped
from seawarden.risk.needs import Directory, Layer, Places, WatersAt
from seawarden.risk.signs import SIGN_GROUP, at_crossing
from seawarden.risk.stopping_places import StoppingPlaces
from seawarden.settings_risk import StageSettings
from seawarden.surroundings.interference import InterferenceBook

COMPANY_SHARE: Final = 0.2
"""Share of the least chance of a `look` from which the ships around are asked."""
BRISK_MS: Final = 300_000
"""How often a ship with an alert of `look` or more, or with a sign that is still young, is assessed anew."""
CALM_MS: Final = 900_000
"""How often other ships with a sign that goes on are."""
FADING_MS: Final = 3_600_000
"""How often ships are whose signs have all ended: their chance only fades."""
RISK_MS: Final = 600_000
"""Longest time between two written risks of a ship and system while she is assessed."""
SNAPSHOT_VERSION: Final = 1


class FleetOutput(NamedTuple):
    """What a tick brought forth: risks, and new revisions of alerts and faults, in canonical order."""

    risks: list[Risk]
    alerts: list[Alert]
    faults: list[Fault]


class State(msgspec.Struct, kw_only=True):
    """Everything that the stage remembers between ticks."""

    version: int = SNAPSHOT_VERSION
    evidence: Evidence = msgspec.field(default_factory=Evidence)
    groups: Groups = msgspec.field(default_factory=Groups)
    answers: dict[str, Answer] = {}
    """Each ship's latest answer to a call, by track id."""
    areas: InterferenceBook = msgspec.field(default_factory=InterferenceBook)
    stops: StoppingPlaces = msgspec.field(default_factory=StoppingPlaces)
    alerts: AlertBook = msgspec.field(default_factory=AlertBook)
    faults: FaultBook = msgspec.field(default_factory=FaultBook)
    due: dict[str, int] = {}
    """Event time of the next assessment, by track id."""
    group_due: int | None = None
    risk_t: dict[str, tuple[int, float]] = {}
    """When a risk was last written and how large it was, by alert key."""
    posture: str = "normal"
    posture_actor: str = ""
    forget_t: int = 0


class FleetStage:
    """See the module. One object serves the whole fleet; its memory is in `snapshot`."""

    def __init__(
        self,
        settings: StageSettings,
        layer: Layer,
        around: Surroundings | None = None,
        *,
        ahead: Ahead | None = None,
        waters: WatersAt | None = None,
        directory: Directory | None = None,
    ) -> None:
        self._r, self._a, self._i = settings.risk, settings.alerts, settings.incidents
        self._layer = layer
        self._ahead: Ahead = ahead if ahead is not None else SteadyCourse(layer, self._r)
        found = waters if waters is not None else (around.waters if around is not None else None)
        self._waters: WatersAt | None = found
        self._directory = directory
        self._places: Places | None = around.places if around is not None else None
        self._weather: WeatherAt | None = around.weather if around is not None else None
        self._works: WorksAt | None = around.works if around is not None else None
        heard = around.coverage if around is not None else None
        self._desk = FaultDesk(layer, self._i, self._r, self._ahead, self._waters, heard)
        self._state = State()
        self._wake: int | None = None
        self._wake_known = False
        self._slowed: set[str] = set()
        """Tracks that have, or had, a slow-down: derived from the evidence, so it is in no snapshot."""

    def next_wake(self) -> int | None:
        """Event time (ms) of the next deadline; None when nothing waits."""
        if not self._wake_known:
            self._wake, self._wake_known = self._next_wake(), True
        return self._wake

    def _next_wake(self) -> int | None:
        st = self._state
        due = [*st.due.values()]
        for wake in (st.faults.next_due(), st.alerts.next_due(self._a), st.group_due):
            if wake is not None:
                due.append(wake)
        return min(due, default=None)

    def snapshot(self) -> bytes:
        """The whole state as MessagePack."""
        return msgspec.msgpack.encode(self._state)

    def restore(self, data: bytes) -> None:
        """Take a state that `snapshot` wrote.

        Raises:
            msgspec.ValidationError: it is not such a state.
        """
        self._state = msgspec.msgpack.decode(data, type=State)
        self._wake_known = False
        self._slowed = {
            key
            for key, track in self._state.evidence.tracks.items()
            if any(f.kind == "slowdown" for f in track.findings.values())
        }

    def on_tick(self, t: int, findings: Sequence[Finding], events: Sequence[Event], view: FleetView) -> FleetOutput:
        """Take the new revisions of findings and the events of a tick.

        Args:
            t: end of the tick, event time, ms.
            findings: in canonical order.
            events: in order of arrival.
            view: the ships as known at the tick.
        """
        wake = self.next_wake()
        if not findings and not events and (wake is None or t < wake):
            return FleetOutput([], [], [])
        self._wake_known = False
        st = self._state
        jammed = st.areas.take(findings)
        # a finding of an area is no ship's evidence; it doubts those of ships in it
        findings = [st.areas.doubted(f) for f in findings if f.ship.track_id]
        fixes = FleetFixes(view)
        alerts: list[Alert] = []
        faults: list[Fault] = []
        dirty: set[str] = set()
        for event in events:
            self._take_event(event, t, alerts, faults, dirty)
        withdrawn = {f.id for f in findings if f.state == "retracted"}
        st.evidence.take(findings)
        if jammed:
            dirty |= st.areas.doubt(st.evidence.tracks, jammed)
        self._slowed.update(f.ship.track_id for f in findings if f.kind == "slowdown")
        st.stops.take([f for f in findings if f.asset is not None and f.asset.visibility == PUBLIC])
        dirty |= self._concern(findings)
        self._group(t, findings, alerts, dirty)
        ranked, touched = self._desk.rank_due(st.faults, t, fixes, st.evidence.tracks)
        faults.extend(ranked)
        dirty |= touched
        dirty.update(key for key, due in st.due.items() if due <= t)
        dirty.update(r.track_id for r in st.alerts.records.values() if (r.life.deadline(self._a) or t + 1) <= t)
        risks: list[Risk] = []
        for track_id in sorted(dirty):
            self._track(track_id, t, fixes, withdrawn, risks, alerts)
        self._group_alerts(t, alerts)
        if t - st.forget_t >= CALM_MS:
            st.evidence.forget(t - int(self._r.memory_min * 60_000) - CALM_MS)
            st.areas.forget(t - int(self._r.memory_min * 60_000) - CALM_MS)
            st.forget_t = t
            st.answers = {k: a for k, a in st.answers.items() if counted(a, t, self._r) is not None}
            self._slowed &= st.evidence.tracks.keys()
        risks.sort(key=lambda r: (r.ship.mmsi, r.ship.track_id, r.asset.id))
        alerts.sort(key=lambda a: (a.id, a.revision))
        faults.sort(key=lambda f: (f.id, f.revision))
        return FleetOutput(risks, alerts, faults)

    def _take_event(self, event: Event, t: int, alerts: list[Alert], faults: list[Fault], dirty: set[str]) -> None:
        st = self._state
        if isinstance(event, FaultDeclared):
            st.faults.declare(event, t)
        elif isinstance(event, FaultCleared):
            held = st.faults.faults.get(event.fault_id)
            concerned = set(held.suspects) if held is not None else set()
            cleared = st.faults.clear(event, t)
            if cleared is not None:
                faults.append(cleared)
                dirty |= concerned
        elif isinstance(event, OperatorAction):
            if event.action == "posture" and event.detail.get("level") in POSTURES:
                st.posture, st.posture_actor = event.detail["level"], event.actor
                dirty.update(st.due)
            elif event.action == "close":
                record = st.alerts.by_id(event.subject)
                if record is not None:
                    outcome = str(event.detail.get("outcome", "unknown"))
                    why = Reason(text=f"closed by {event.actor}: {outcome}", measure="operator")
                    closed = st.alerts.settle(record.key, t, why, outcome)
                    if closed is not None:
                        alerts.append(closed)
            else:
                record, answer = st.alerts.by_id(event.subject), answer_of(event)
                if record is not None and answer is not None:
                    st.answers[record.track_id] = answer
                    dirty.add(record.track_id)

    def _concern(self, findings: Sequence[Finding]) -> set[str]:
        """Tracks whose risk these findings may change: crossings at a steady speed raise nothing by themselves."""
        st = self._state
        followed = st.due.keys() | st.faults.suspects()
        return {
            f.ship.track_id
            for f in findings
            if f.kind in SIGN_GROUP or f.ship.track_id in followed or at_crossing(f, self._r)
        }

    def _group(self, t: int, findings: Sequence[Finding], alerts: list[Alert], dirty: set[str]) -> None:
        st = self._state
        due = st.group_due is not None and t >= st.group_due
        if not due and not any(f.kind == "slowdown" for f in findings):
            return
        before = set(st.groups.groups)
        dirty |= st.groups.update(t, st.evidence.tracks, self._layer, self._a, self._slowed)
        for gone in sorted(before - set(st.groups.groups)):
            why = Reason(text="the ships no longer slow together", measure="neighbours")
            closed = st.alerts.end(f"group|{gone}", t, "closed", why)
            if closed is not None:
                alerts.append(closed)
        st.group_due = t + CALM_MS if st.groups.groups else None

    def _group_alerts(self, t: int, alerts: list[Alert]) -> None:
        st = self._state
        for gid in sorted(st.groups.groups):
            group = st.groups.groups[gid]
            chances = [v[1] for k, v in st.risk_t.items() if k.split("|")[0] in group.members]
            chance = max(chances, default=self._a.notice_chance)
            least = self._a.look_chance * posture_factor(st.posture, self._a)
            looked_at = chance >= least or group.median_loss >= self._a.group_look_share
            row = self._layer.row_of(group.asset.id)
            consequence = self._layer.assets[row].consequence if row is not None else 1.0
            tier: Tier = "look" if looked_at else "notice"
            draft = group_draft(group, tier, chance, consequence, t)
            verdict = Verdict(tier, tier, (), ())
            made = st.alerts.observe(f"group|{gid}", draft, verdict, t, self._a)
            if made is not None:
                alerts.append(made)

    def _track(
        self, track_id: str, t: int, fixes: FleetFixes, withdrawn: set[str], risks: list[Risk], alerts: list[Alert]
    ) -> None:
        """Assess one ship and move her alerts on."""
        st = self._state
        if track_id.startswith("group-"):
            return
        st.due.pop(track_id, None)
        track = st.evidence.tracks.get(track_id)
        suspicions = st.faults.suspicions(track_id)
        found: list[Assessment] = []
        fix = fixes.fix(track_id)
        together = st.groups.together(track_id)
        live_since = t - int(self._r.memory_min * 60_000)
        if track is None and suspicions:
            known = fixes.ship(track_id)
            track = TrackEvidence(ship=known) if known is not None else None
        live = track is not None and (track.live(live_since) or bool(suspicions) or dipped(track, self._r))
        if track is not None and live:
            ship = fixes.ship(track_id, track.ship) or track.ship
            horizon = self._r.horizon_min
            ahead = self._ahead.ahead(fix, horizon) if fix is not None else ()
            place = place_near(self._places, fix, self._r)
            if place is None:
                place = st.stops.reason(fix, ship.hull_id or str(ship.mmsi), t, self._r)
            felt = weather_near(self._weather, track, ship, fix, fixes)
            works = works_near(self._works, track, ship, fix)
            answer = counted(st.answers.get(track_id), t, self._r)
            case = Case(track, ship, t, fix, ahead, suspicions, together, place, felt, answer=answer, works=works)
            told: Told = {}
            found = assess(case, self._layer, self._r, told)
            if any(a.risk.chance >= look_least(a, self._a) * COMPANY_SHARE for a in found):
                company = company_of(track, fix, fixes, t)
                if company is not None:
                    case, told, found = case._replace(company=company), {}, []
            if fix is not None and dragging_chance(case, self._r, told) >= self._ahead.least_chance:
                foreseen = self._ahead.ahead(fix, horizon, fixes.seen(track_id))
                found = assess(case._replace(ahead=foreseen), self._layer, self._r, told)
            elif case.company is not None:
                found = assess(case, self._layer, self._r, told)
        best = _per_system(found)
        held = {record.key for record in st.alerts.of_track(track_id)}
        chosen = self._chosen(track_id, best, held, t)
        for key in sorted(held | set(chosen)):
            a = chosen.get(key)
            made = self._move(key, a, t, fixes, withdrawn, together)
            if made is not None:
                alerts.append(made)
        for key in sorted(best):
            self._write_risk(f"{track_id}|{key}", best[key], t, risks)
        self._schedule(track_id, t, live)

    def _chosen(self, track_id: str, best: dict[str, Assessment], held: set[str], t: int) -> dict[str, Assessment]:
        """Assessments that may be alerts: her own systems, the next few ahead, and what is already one."""
        st = self._state
        out: dict[str, Assessment] = {}
        ahead: list[tuple[float, str]] = []
        own = any(a.own for a in best.values())
        for system, a in best.items():
            key = f"{track_id}|{system}"
            if a.own or key in held:
                out[key] = a
            elif a.minutes is not None:
                tier = judge(a, t, st.posture, st.posture_actor, self._a).tier
                first = a.fault_id or not own or likely_ahead(a, self._a)
                if RANK[tier or ""] >= RANK["look" if first else "challenge"]:
                    ahead.append((a.minutes.minutes, system))
        for _, system in sorted(ahead)[: self._a.ahead_alerts]:
            out[f"{track_id}|{system}"] = best[system]
        return out

    def _move(
        self,
        key: str,
        a: Assessment | None,
        t: int,
        fixes: FleetFixes,
        withdrawn: set[str],
        together: Together | None,
    ) -> Alert | None:
        st = self._state
        record = st.alerts.records.get(key)
        behind = set(record.alert.findings) if record is not None and record.alert is not None else set()
        lost = bool(behind & withdrawn)
        if a is None:
            return st.alerts.withdraw(key, None, None, t, self._a) if lost else st.alerts.fade(key, t, self._a)
        verdict = judge(a, t, st.posture, st.posture_actor, self._a)
        if together is not None and together.member and RANK[verdict.tier or ""] <= RANK["look"] and not a.fault_id:
            why = Reason(text=f"taken into the line of {together.size} ships", measure="neighbours")
            return st.alerts.end(key, t, "closed", why, group=together.group_id)
        fix = fixes.fix(a.risk.ship.track_id)
        draft = draft_of(a, verdict, fix, t, self._waters, self._directory, together)
        if lost:
            fallen = st.alerts.withdraw(key, draft, verdict, t, self._a)
            if fallen is not None:
                return fallen
        return st.alerts.observe(key, draft, verdict, t, self._a)

    def _write_risk(self, key: str, a: Assessment, t: int, risks: list[Risk]) -> None:
        """A risk is written when it is new, has changed by a fifth, or is ten minutes old."""
        st = self._state
        last = st.risk_t.get(key)
        if last is None or t - last[0] >= RISK_MS or abs(a.risk.chance - last[1]) > 0.2 * last[1]:
            risks.append(a.risk)
            st.risk_t[key] = (t, a.risk.chance)

    def _schedule(self, track_id: str, t: int, live: bool) -> None:
        st = self._state
        records = st.alerts.of_track(track_id)
        track = st.evidence.tracks.get(track_id)
        open_ = [f for f in track.findings.values() if f.state == "open" and f.kind in SIGN_GROUP] if track else []
        young = t - int(2 * self._r.sustained_min * 60_000)
        step = CALM_MS if open_ or st.faults.suspicions(track_id) else FADING_MS
        if any(RANK[r.life.tier] >= RANK["look"] for r in records) or any(f.start_t > young for f in open_):
            step = BRISK_MS
        if live or records:
            st.due[track_id] = (t // step + 1) * step
        else:
            for key in [k for k in st.risk_t if k.split("|")[0] == track_id]:
                del st.risk_t[key]


def _per_system(found: Sequence[Assessment]) -> dict[str, Assessment]:
    """The likeliest assessment of each system and visibility; lines of one system raise one alert."""
    best: dict[str, Assessment] = {}
    for a in found:
        key = f"{a.risk.asset.system}|{a.risk.asset.visibility}"
        held = best.get(key)
        if held is None or (a.own, a.risk.chance) > (held.own, held.risk.chance):
            best[key] = a
    return best
