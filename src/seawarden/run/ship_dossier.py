"""All that a run tells of one MMSI: who she said she was, when and where she was heard, what was found.

Nothing in it is a verdict: a changed name is a changed name. It passes the gate like everything else.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Final, TypeVar

import msgspec
import numpy as np

from seawarden.channels.gate import Gate
from seawarden.geodesy import KNOT_MS, bearing_deg, distance_m
from seawarden.geography.directory import Directory
from seawarden.model.alert import Alert
from seawarden.model.batch import Catalogue
from seawarden.model.error import SourceError
from seawarden.model.finding import Finding
from seawarden.model.position import Positions, take
from seawarden.model.sight import HoursSeen
from seawarden.model.static import StaticReport
from seawarden.run.replay import ReplayResult
from seawarden.run.zone_log import Stay, Way, zone_log
from seawarden.store.recording import Recording
from seawarden.surroundings.doubts import placed
from seawarden.tracks.identity.history import Change, Field, Spell, changes, spells, told_in_turn
from seawarden.tracks.identity.hulls import End, Ends, Swap, shared_hulls, swaps
from seawarden.tracks.identity.message import Claim, Message
from seawarden.tracks.identity.mmsi import MmsiFacts, mmsi_facts
from seawarden.tracks.identity.motion import MAX_KN
from seawarden.tracks.identity.segments import segments

GAP_S: Final = 1_800.0
"""Silence from which it is listed."""
MOST: Final = 200
"""Segments and gaps listed; the longest are kept."""

HELD: Final = 3
"""Positions from which a segment speaks for a ship of its own."""

Revised = TypeVar("Revised", Finding, Alert)


class SegmentRow(msgspec.Struct, frozen=True, kw_only=True):
    """Positions of one physical ship without a break."""

    first_t: int
    first_lat: float
    first_lon: float
    last_t: int
    last_lat: float
    last_lon: float
    positions: int
    told: tuple[str, ...] = ()
    """Names, call signs and IMO numbers of the static reports that most likely speak of it."""


class Gap(msgspec.Struct, frozen=True, kw_only=True):
    """Silence between two positions; whether anybody could hear her there is another question."""

    from_t: int
    to_t: int
    minutes: float
    distance_m: float
    """Between the positions before and after."""


class OtherNumber(msgspec.Struct, frozen=True, kw_only=True):
    """Another MMSI that tells the same IMO number or call sign."""

    mmsi: int
    flag: str
    like: str
    """`imo 9876543` or `callsign OXYZ2`."""


class Dossier(msgspec.Struct, frozen=True, kw_only=True):
    """One ship's dossier."""

    mmsi: int
    number: MmsiFacts
    simulated: bool
    from_t: int
    to_t: int
    positions: int
    doubted: int
    """Positions with any doubt."""
    identity: list[Spell]
    changes: list[Change]
    notes: list[str]
    """What is odd about the identity, in sentences."""
    other_numbers: list[OtherNumber]
    swaps: list[Swap]
    """Numbers that fell silent or began where this one began or fell silent."""
    segments: list[SegmentRow]
    lone_positions: int
    """Positions that belong to no segment of two or more."""
    gaps: list[Gap]
    zones: list[Stay]
    findings: list[Finding]
    alerts: list[Alert]
    attribution: tuple[str, ...]
    """Whose the routes are that the findings and alerts name."""
    cannot_see: tuple[str, ...]
    seen: HoursSeen | None = None
    """How well a dragged anchor would have been seen on her while she was under way; None where it is not known."""


def dossier(mmsi: int, result: ReplayResult, gate: Gate) -> Dossier:
    """What a run tells of one ship.

    Args:
        mmsi: which.
        result: a finished run that kept its positions.
        gate: of whoever reads it.

    Raises:
        SourceError: the run never heard her.
    """
    run, around = result.recording, result.room.around
    rows = np.flatnonzero(run.positions.mmsi == mmsi)
    p = take(run.positions, rows[np.lexsort((run.positions.seq[rows], run.positions.t[rows]))])
    reports = result.room.engine.statics.history(mmsi)
    if not len(p.t):
        raise SourceError(f"no usable position of MMSI {mmsi} among {run.summary.positions:,} positions")
    told = spells(reports)
    turned = changes(told)
    others = _others(mmsi, result.room.engine.statics.all())
    swapped = swaps(mmsi, _ends(run), int(run.summary.from_t or 0), int(run.summary.to_t or 0))
    lines, lone = _segments(p, reports, run.catalogue)
    facts = mmsi_facts(mmsi)
    trusted = take(p, placed(p.trust))
    findings = gate.all(_latest(f for f in run.findings if f.ship.mmsi == mmsi))
    alerts = gate.all(_latest(a for a in run.alerts if a.ship.mmsi == mmsi))
    named = {f.asset.id for f in findings if f.asset is not None} | {a.asset.id for a in alerts}
    return Dossier(
        mmsi=mmsi,
        number=facts,
        simulated=any(ship.simulated for ship in run.ships if ship.mmsi == mmsi),
        from_t=int(p.t[0]),
        to_t=int(p.t[-1]),
        positions=len(p.t),
        doubted=int(np.count_nonzero(p.trust)),
        identity=told,
        changes=turned,
        notes=_notes(facts, told, turned, others, swapped, lines),
        other_numbers=others,
        swaps=swapped,
        segments=lines,
        lone_positions=lone,
        gaps=_gaps(p),
        zones=zone_log(Way(trusted.t, trusted.lat, trusted.lon), around, Directory(around.waters, around.places)),
        findings=findings,
        alerts=alerts,
        attribution=tuple(sorted({a.attribution or a.source for a in gate.assets if a.id in named} - {""})),
        cannot_see=gate.texts(run.summary.cannot_see),
        seen=result.room.watched.of(trusted, around) if result.room.watched is not None else None,
    )


def _latest(items: Iterable[Revised]) -> list[Revised]:
    """The last revision of each, without what was taken back."""
    last: dict[str, Revised] = {}
    for item in items:
        if item.id not in last or item.revision >= last[item.id].revision:
            last[item.id] = item
    return [item for item in last.values() if item.state != "retracted"]


def _others(mmsi: int, reports: Iterable[StaticReport]) -> list[OtherNumber]:
    return [
        OtherNumber(mmsi=other, flag=mmsi_facts(other).flag, like=f"{hull.field} {hull.value}")
        for hull in shared_hulls(reports)
        if mmsi in hull.mmsis
        for other in hull.mmsis
        if other != mmsi
    ]


def _ends(run: Recording) -> list[Ends]:
    p = run.positions
    order = np.lexsort((p.t, p.mmsi))
    order = order[placed(p.trust[order])]
    first = np.flatnonzero(np.diff(p.mmsi[order], prepend=-1))
    last = np.append(first[1:], len(order)) - 1
    return [
        Ends(int(p.mmsi[a]), _end(p, a), _end(p, b))
        for a, b in zip(order[first].tolist(), order[last].tolist(), strict=True)
    ]


def _end(p: Positions, row: int) -> End:
    return End(int(p.t[row]), float(p.lat[row]), float(p.lon[row]), float(p.sog_kn[row]), float(p.cog_deg[row]))


def _segments(p: Positions, reports: Sequence[StaticReport], names: Catalogue) -> tuple[list[SegmentRow], int]:
    sog, cog = _motion(p)
    rows: list[tuple[int, int, Message]] = []
    for k, t in enumerate(p.t.tolist()):
        message = Message(
            t=t,
            kind=int(p.msg_type[k]),
            lat=float(p.lat[k]),
            lon=float(p.lon[k]),
            sog_kn=sog[k],
            cog_deg=cog[k],
            heading_deg=float(p.heading_deg[k]),
            source=names.sources[p.source[k]],
        )
        rows.append((t, 0, message))
    for report in reports:
        claim = Claim(name=report.name, callsign=report.callsign, imo=report.imo, length_m=report.length_m or 0.0)
        rows.append((report.t, 1, Message(t=report.t, source=names.sources[report.source], claim=claim)))
    rows.sort(key=lambda row: row[:2])
    messages = [message for _, _, message in rows]
    answer = segments(messages)
    members: dict[int, list[Message]] = {}
    words: dict[int, set[str]] = {}
    for message, own, told in zip(messages, answer.segment.tolist(), answer.told.tolist(), strict=True):
        if message.placed:
            members.setdefault(own, []).append(message)
        elif told >= 0:
            claim = message.claim
            said = (claim.name, claim.callsign and f"call sign {claim.callsign}", claim.imo and f"IMO {claim.imo}")
            words.setdefault(told, set()).update(str(word) for word in said if word)
    lines = [
        SegmentRow(
            first_t=held[0].t,
            first_lat=round(held[0].lat, 6),
            first_lon=round(held[0].lon, 6),
            last_t=held[-1].t,
            last_lat=round(held[-1].lat, 6),
            last_lon=round(held[-1].lon, 6),
            positions=len(held),
            told=tuple(sorted(words.get(number, ()))),
        )
        for number, held in members.items()
        if len(held) > 1
    ]
    kept = sorted(lines, key=lambda line: -line.positions)[:MOST]
    return sorted(kept, key=lambda line: line.first_t), sum(len(held) == 1 for held in members.values())


def _motion(p: Positions) -> tuple[list[float], list[float]]:
    """Speed and course of each position; by its steps where the source tells none at all."""
    sog, cog = p.sog_kn.astype(np.float64), p.cog_deg.astype(np.float64)
    if np.isfinite(sog).any() or len(p.t) < 2:
        return sog.tolist(), cog.tolist()
    for k in range(len(p.t)):
        a, b = max(k - 1, 0), min(k + 1, len(p.t) - 1)
        seconds = max((int(p.t[b]) - int(p.t[a])) / 1000.0, 1.0)
        place = (float(p.lat[a]), float(p.lon[a]), float(p.lat[b]), float(p.lon[b]))
        pace = float(distance_m(*place)) / seconds / KNOT_MS
        if pace <= 2.0 * MAX_KN:
            sog[k], cog[k] = pace, float(bearing_deg(*place))
    return sog.tolist(), cog.tolist()


def _gaps(p: Positions) -> list[Gap]:
    found = []
    for k in np.flatnonzero(np.diff(p.t) > GAP_S * 1000.0).tolist():
        gone = float(distance_m(float(p.lat[k]), float(p.lon[k]), float(p.lat[k + 1]), float(p.lon[k + 1])))
        a, b = int(p.t[k]), int(p.t[k + 1])
        found.append(Gap(from_t=a, to_t=b, minutes=round((b - a) / 60_000.0, 1), distance_m=round(gone, 1)))
    kept = sorted(found, key=lambda gap: -gap.minutes)[:MOST]
    return sorted(kept, key=lambda gap: gap.from_t)


def _notes(
    facts: MmsiFacts,
    told: Sequence[Spell],
    turned: Sequence[Change],
    others: Sequence[OtherNumber],
    swapped: Sequence[Swap],
    lines: Sequence[SegmentRow],
) -> list[str]:
    notes = []
    if facts.why:
        notes.append(f"MMSI {facts.mmsi:09d}: {facts.why}.")
    notes += [
        f"IMO {spell.value} fails its check digit." for spell in told if spell.field == "imo" and not spell.valid
    ]
    for change in turned:
        if change.jump:
            notes.append(f"The {_word(change.field)} went from {change.before} m to {change.after} m.")
        elif change.field in ("name", "callsign", "imo"):
            how = "was told garbled" if change.garbled else "changed"
            notes.append(f"The {_word(change.field)} {how}: {change.before}, then {change.after}.")
    fields: tuple[Field, ...] = ("name", "callsign", "imo")
    for field in fields:
        both = told_in_turn(told, field)
        if both:
            notes.append(f"Told in turn as {_word(field)}: {', '.join(spell.value for spell in both)}.")
    whole = [line for line in lines if line.positions >= HELD]
    if any(a is not b and a.first_t < b.last_t and b.first_t < a.last_t for a in whole for b in whole):
        notes.append("Positions under this number were those of more than one ship at the same time.")
    notes += [f"MMSI {o.mmsi:09d} ({o.flag or 'no flag'}) tells the same {o.like}." for o in others]
    notes += [
        f"MMSI {s.after:09d} began {s.gap_s / 60:.0f} min after {s.before:09d} fell silent, "
        f"{s.missed_m:,.0f} m from where that would have been."
        for s in swapped
    ]
    return notes


def _word(field: str) -> str:
    return {"callsign": "call sign", "imo": "IMO number", "length_m": "length", "breadth_m": "breadth"}.get(
        field, field
    )
