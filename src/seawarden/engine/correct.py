"""The correction lane: a late record reruns its ship's window; what changed is retracted or replaced.


The ship's memory is taken from the last full hour before the record, her positions from there on are run again with
the late ones among them, by the same code, and the outcome takes the place of the old one. Findings that do not
come up again are retracted, changed ones get a new revision, new ones are opened, all known from now.
"""

from __future__ import annotations

import itertools
from typing import Any

import msgspec
import numpy as np
import numpy.typing as npt

from seawarden.behaviours.emit import NO_ROWS, join, pick
from seawarden.engine.ship_stage import Checkpoint, ShipStage, place_of
from seawarden.model.finding import Finding
from seawarden.model.position import I32, I64, NO_TIME, Positions, Trust, concat, take
from seawarden.ports import Enriched, Rows
from seawarden.tracks import arrays
from seawarden.tracks.order import in_order
from seawarden.tracks.state import init_state

LOOK_BACK_MS = 6 * 3_600_000
"""How much older track a rerun may look at."""
OURS = np.uint32(
    Trust.JUMP | Trust.FROZEN | Trust.ON_LAND | Trust.SPEED_MISMATCH | Trust.SHARED_MMSI | Trust.SPEED_UNPROVEN
)
"""Trust bits that the tracks stage sets itself, and sets anew."""
WHY = "a late record changed the ship's track"


def correct(stage: ShipStage, late: Positions, t: int) -> tuple[list[Finding], int]:
    """Rerun the ships of late records up to the tick `t`.

    Args:
        stage: the shard, advanced to `t`.
        late: late records in any order, all with event time < t.
        t: tick at which the correction becomes known, ms.

    Returns:
        Revised findings, and how many records were older than any memory and changed nothing.
    """
    findings: list[Finding] = []
    too_late = 0
    for mmsi in np.unique(late.mmsi):
        mine = in_order(take(late, late.mmsi == mmsi))
        if mmsi <= 0:
            too_late += len(mine.t)
            continue
        changed = _rerun(stage, int(mmsi), mine, t)
        if changed is None:
            too_late += len(mine.t)
        else:
            findings += changed
    return findings, too_late


def _rerun(stage: ShipStage, mmsi: int, late: Positions, t: int) -> list[Finding] | None:
    since, base = _base(stage, int(late.t[0]))
    if since is None:
        return None
    scratch = ShipStage(
        stage.settings, stage.behaviours, stage.around, stage.catalogue, stage.statics, stage.identity
    )
    slots = np.flatnonzero(stage.tracks.mmsi[: stage.count] == mmsi).astype(np.int32)
    if base is not None:
        _restore(scratch, base, mmsi)
    _remember(scratch, stage, slots, since)
    rows = [stage.history.positions(stage.history.row_ids(int(slot), since, t)) for slot in slots]
    again = in_order(concat([*rows, late]))
    again.trust[:] &= ~OURS
    scratch.advance(again, t)
    mapped = _write_back(stage, scratch, mmsi, slots, since, late)
    stage.seen = stage.count
    _replace_pending(stage, scratch, mapped, slots)
    _replace_checkpoints(stage, scratch, mapped, mmsi, since)
    return _differences(stage, scratch, mmsi, t)


def _base(stage: ShipStage, first_t: int) -> tuple[int | None, Checkpoint | None]:
    """From when to rerun, and from which memory; (None, None) when nothing reaches back so far."""
    usable = [c for c in stage.checkpoints if c.t <= first_t]
    if stage.history.thinned_t > (usable[-1].t if usable else NO_TIME):
        return None, None
    if usable:
        return usable[-1].t, usable[-1]
    if stage.forgot:
        return None, None
    return NO_TIME, None


def _restore(scratch: ShipStage, base: Checkpoint, mmsi: int) -> None:
    rows = np.flatnonzero(base.tracks.mmsi == mmsi)
    n = len(rows)
    if n == 0:
        return
    while scratch.capacity < n + 1:
        scratch.grow()
    tracks = arrays.rows(base.tracks, rows)
    for k in range(n):
        tracks.next_slot[k] = k + 1 if k + 1 < n else -1
    arrays.put(scratch.tracks, np.arange(n), tracks, n)
    for state, old in zip(scratch.states, base.states, strict=True):
        arrays.put(state, np.arange(n), arrays.rows(old, rows), n)
    place = place_of(mmsi, len(scratch.table.keys) - 1)
    scratch.table.keys[place] = mmsi
    scratch.table.slots[place] = 0
    scratch.table.used[0] = n
    back = {int(row): k for k, row in enumerate(rows)}
    scratch.pending = [_remap(rows_, back) for rows_ in base.pending]
    scratch.register.findings = {k: f for k, f in base.findings.items() if f.ship.mmsi == mmsi}


def _remember(scratch: ShipStage, stage: ShipStage, slots: I32, since: int) -> None:
    if since == NO_TIME:
        return
    for k, slot in enumerate(slots[: scratch.count]):
        rows = stage.history.row_ids(int(slot), since - LOOK_BACK_MS, since)
        if len(rows):
            scratch.history.append(_enriched(stage, rows, k))


def _write_back(stage: ShipStage, scratch: ShipStage, mmsi: int, slots: I32, since: int, late: Positions) -> I32:
    """Put the rerun memory in place of the old; returns the shard's row of each of the scratch's tracks."""
    n = scratch.count
    mapped = list(slots)
    while len(mapped) < n:
        while stage.count + 1 > stage.capacity:
            stage.grow()
        mapped.append(stage.count)
        stage.table.used[0] += 1
    index = np.array(mapped[:n], dtype=np.int32)
    for slot in slots:
        stage.history.forget(int(slot), since)
    unused = np.array(mapped[n:], dtype=np.int32)
    tracks = arrays.rows(scratch.tracks, np.arange(n))
    for k in range(n):
        following = int(tracks.next_slot[k])
        tracks.next_slot[k] = index[following] if following >= 0 else -1
    arrays.put(stage.tracks, index, tracks, n)
    for state, new, behaviour in zip(stage.states, scratch.states, stage.behaviours, strict=True):
        arrays.put(state, index, arrays.rows(new, np.arange(n)), n)
        if len(unused):
            arrays.put(state, unused, behaviour.init_state(len(unused)), len(unused))
    if len(unused):
        blank = init_state(len(unused))
        blank.mmsi[:] = mmsi
        blank.branch[:] = stage.tracks.branch[unused]
        arrays.put(stage.tracks, unused, blank, len(unused))
        stage.tracks.next_slot[index[-1]] = unused[0]
        for a, b in itertools.pairwise(unused):
            stage.tracks.next_slot[a] = b
    if not len(slots):
        place = place_of(mmsi, len(stage.table.keys) - 1)
        while stage.table.keys[place] != 0:
            place = (place + 1) & (len(stage.table.keys) - 1)
        stage.table.keys[place] = mmsi
        stage.table.slots[place] = index[0]
    for k in range(n):
        rows = scratch.history.row_ids(k, since, np.iinfo(np.int64).max)
        if len(rows):
            stage.history.append(_enriched(scratch, rows, int(index[k])))
            new = rows[np.isin(scratch.history.positions(rows).seq, late.seq) & _is_late(scratch, rows)]
            if len(new):
                stage.taken.append(_enriched(scratch, new, int(index[k])))
    return index


def _replace_pending(stage: ShipStage, scratch: ShipStage, mapped: I32, slots: I32) -> None:
    forward = {k: int(slot) for k, slot in enumerate(mapped)}
    for k, rows in enumerate(stage.pending):
        others = pick(rows, ~np.isin(rows.slot, slots))
        stage.pending[k] = join([part for part in (others, _remap(scratch.pending[k], forward)) if len(part.t)])


def _replace_checkpoints(stage: ShipStage, scratch: ShipStage, mapped: I32, mmsi: int, since: int) -> None:
    new = {c.t: c for c in scratch.checkpoints}
    for at, old in enumerate(stage.checkpoints):
        fresh = new.get(old.t)
        if old.t <= since or fresh is None:
            continue
        n = len(fresh.tracks.mmsi)
        index = mapped[:n]
        size = max(len(old.tracks.mmsi), int(index.max()) + 1)
        tracks = arrays.grow(old.tracks, init_state(size), size)
        moved = arrays.copy(fresh.tracks)
        for k in range(n):
            following = int(moved.next_slot[k])
            moved.next_slot[k] = mapped[following] if following >= 0 else -1
        arrays.put(tracks, index, moved, n)
        states: list[Any] = []
        for state, fresh_state, behaviour in zip(old.states, fresh.states, stage.behaviours, strict=True):
            wide = arrays.grow(state, behaviour.init_state(size), size)
            arrays.put(wide, index, fresh_state, n)
            states.append(wide)
        kept = {k: f for k, f in old.findings.items() if f.ship.mmsi != mmsi}
        forward = {k: int(slot) for k, slot in enumerate(mapped)}
        pending = [
            join([p for p in (pick(rows, ~np.isin(rows.slot, mapped)), _remap(again, forward)) if len(p.t)])
            for rows, again in zip(old.pending, fresh.pending, strict=True)
        ]
        stage.checkpoints[at] = Checkpoint(old.t, tracks, old.table, states, {**kept, **fresh.findings}, pending)


def _is_late(stage: ShipStage, rows: I64) -> npt.NDArray[np.bool_]:
    return (stage.history.positions(rows).trust & np.uint32(Trust.LATE)) > 0


def _differences(stage: ShipStage, scratch: ShipStage, mmsi: int, t: int) -> list[Finding]:
    old = {k: f for k, f in stage.register.findings.items() if f.ship.mmsi == mmsi}
    new = scratch.register.findings
    out: list[Finding] = []
    for id_ in sorted(set(old) - set(new)):
        if old[id_].state != "retracted":
            out.append(stage.register.retract(old[id_], t, WHY))
    for id_ in sorted(new):
        before = old.get(id_)
        if before is not None and _same(before, new[id_]):
            continue
        revision = before.revision + 1 if before is not None else 1
        finding = msgspec.structs.replace(new[id_], revision=revision, known_from_t=t)
        stage.register.findings[id_] = finding
        out.append(finding)
    return out


def _same(a: Finding, b: Finding) -> bool:
    blank = {"revision": 0, "known_from_t": 0}
    return msgspec.structs.replace(a, **blank) == msgspec.structs.replace(b, **blank)


def _remap(rows: Rows, forward: dict[int, int]) -> Rows:
    if not len(rows.t):
        return NO_ROWS
    mine = pick(rows, np.isin(rows.slot, list(forward)))
    mine.slot[:] = [forward[int(slot)] for slot in mine.slot]
    return mine


def _enriched(stage: ShipStage, rows: Any, slot: int) -> Enriched:
    """Remembered rows of one track, ready to be remembered again under another row."""
    p = stage.history.positions(rows)
    track = stage.history.at(rows)
    n = len(p.t)
    nothing = np.full(n, np.nan)
    return Enriched(
        p=p,
        slot=np.full(n, slot, dtype=np.int32),
        believed=stage.history.believed(rows),
        prev_t=np.full(n, NO_TIME, dtype=np.int64),
        prev_lat=nothing,
        prev_lon=nothing,
        prev_sog_kn=track.sog_kn,
        speed_kn=stage.history.speeds(rows),
        refutes=stage.history.refutes(rows),
        expected_kn=track.expected_kn,
        expected_sigma_kn=track.expected_sigma_kn,
        near_asset=np.full(n, -1, dtype=np.int32),
        near_m=track.sog_kn,
        near_kp_km=nothing,
        near_sigma_m=track.sog_kn,
    )
