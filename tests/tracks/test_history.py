"""The memory of positions against a plain list, with late rows, forgotten ones and a clock that goes back."""

from __future__ import annotations

from typing import Any

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from seawarden.model.position import make_positions
from seawarden.ports import Enriched
from seawarden.tracks.history import History

TRACKS = 4


def enriched(rows: list[tuple[int, int, bool]], seq: int) -> Enriched:
    """Rows of (time, track, believed)."""
    n = len(rows)
    p = make_positions(
        n, t=[t for t, _, _ in rows], mmsi=1, lat=1.0, lon=2.0, sog_kn=[float(t % 7) for t, _, _ in rows],
        seq=seq + np.arange(n),
    )  # fmt: skip
    thin = np.zeros(n, dtype=np.float32)
    wide = np.zeros(n)
    return Enriched(
        p=p,
        slot=np.array([slot for _, slot, _ in rows], dtype=np.int32),
        believed=np.array([good for _, _, good in rows], dtype=np.int8),
        prev_t=p.t, prev_lat=wide, prev_lon=wide, prev_sog_kn=thin, speed_kn=thin,
        refutes=np.zeros(n, dtype=np.int8), expected_kn=thin,
        expected_sigma_kn=thin, near_asset=np.zeros(n, dtype=np.int32), near_m=thin, near_kp_km=wide,
        near_sigma_m=thin,
    )  # fmt: skip


Row = tuple[int, int, int, bool]
"""Time, track, sequence, believed."""
some = st.lists(st.tuples(st.integers(0, 9), st.integers(-1, TRACKS - 1), st.booleans()), max_size=8)
step = st.one_of(
    st.tuples(st.just("come"), some),
    st.tuples(st.just("late"), st.tuples(st.integers(1, 40), st.integers(0, TRACKS - 1))),
    st.tuples(st.just("compact"), st.integers(0, 60)),
    st.tuples(st.just("ask"), st.tuples(st.integers(0, 30), st.integers(0, 60), st.booleans())),
)  # fmt: skip


@settings(max_examples=150, deadline=None)
@given(st.lists(step, max_size=30))
def test_history_is_a_list_of_rows(steps: list[tuple[str, Any]]) -> None:
    history, held, now, seq, since_all = History(), list[Row](), 0, 0, -(10**9)
    for what, how in steps:
        if what == "come":
            rows = []
            for gap, slot, good in how:
                now += gap
                rows.append((now, slot, good))
            if rows:
                history.append(enriched(rows, seq))
                held += [(t, slot, seq + k, good) for k, (t, slot, good) in enumerate(rows) if slot >= 0]
                seq += len(rows)
        elif what == "late":
            back, slot = how
            since = now - back
            again = sorted(row for row in held if row[1] == slot and row[0] >= since)
            history.forget(slot, since)
            held = [row for row in held if row not in again]
            rows = sorted([(t, s, good) for t, s, _, good in again] + [(since, slot, True)], key=lambda r: r[0])
            history.append(enriched(rows, seq))
            held += [(t, s, seq + k, good) for k, (t, s, good) in enumerate(rows)]
            seq += len(rows)
        elif what == "compact":
            before = now - how
            history.compact(before)
            since_all = max(since_all, before)
        else:
            back, span, whole = how
            until = now + 1 - back
            since = max(until - span, since_all)
            heads = history.heads(until, whole)
            for slot in range(TRACKS):
                mine = sorted(row for row in held if row[1] == slot and since <= row[0] < until)
                assert history.positions(history.row_ids(slot, since, until, heads)).seq.tolist() == [
                    r[2] for r in mine
                ]
            slots, rows_ = history.window(TRACKS, since, until)
            found = sorted(zip(history.times(rows_).tolist(), slots.tolist(), strict=True))
            assert found == sorted((t, s) for t, s, _, _ in held if since <= t < until)
            slots, rows_ = history.newest(TRACKS, until, heads)
            newest = {
                s: max(((t, q) for t, s_, q, good in held if s_ == s and t < until and good), default=None)
                for s in range(TRACKS)
            }
            told = dict(zip(slots.tolist(), history.positions(rows_).seq.tolist(), strict=True))
            for s, last in newest.items():
                if last is not None and last[0] >= since_all:
                    assert told[s] == last[1]
