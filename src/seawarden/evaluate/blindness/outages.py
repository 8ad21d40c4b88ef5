"""Feed outages laid on real days: no ship may be called dark for them, and the watch must know where it is blind.

The same day is run twice, as it was and with everything taken out between two times. Truth is the quiet run: what it
called observed or thin is unobserved in the outage, and nothing else differs. Compared every minute on every
stretch, leaving out what was never heard in either run.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Final, NamedTuple

import msgspec
import numpy as np

from seawarden.evaluate.blindness.bench import Run, run_watch
from seawarden.evaluate.integrity.sea import Sea
from seawarden.evaluate.intervals import binomial, poisson
from seawarden.model.asset import Asset
from seawarden.model.event import CoverageDeclared
from seawarden.model.finding import Finding
from seawarden.model.position import F64, I64
from seawarden.model.watch import WatchChange, stretches_at
from seawarden.settings import Settings
from seawarden.simulate.draws import generator
from seawarden.simulate.silence import silence_feed

HOURS: Final = (1, 6, 24)
PER_LENGTH: Final = 3
"""Outages of each length and source, at drawn times."""
WARM_MS: Final = 8 * 3_600_000
"""The watch has to have learned something before it can go blind."""
SLACK_MS: Final = 300_000
DARK_KINDS: Final = ("silence", "dark", "reappearance")
BLIND: Final = ("unobserved",)


class Case(NamedTuple):
    """One outage and what came of it."""

    source: str
    hours: int
    from_t: int
    to_t: int
    dark: list[Finding]
    """Findings about ships whose silence touches the outage, and which the quiet run has not."""
    later: list[Finding]
    """Other findings about dark ships that the quiet run has not: it had learned more by then."""
    notices: int
    late_s: float | None
    """From the beginning of the outage to when the watch knew."""
    begin_off_s: float | None
    """Of the stated beginning of the outage; None when no stretch was observed at all."""
    end_off_s: float | None
    right: int
    compared: int
    """Stretches times minutes farther than five minutes from both ends."""


def run_outages(
    sea: Sea, assets: Sequence[Asset], settings: Settings, coverage: Sequence[CoverageDeclared], quiet: Run
) -> list[Case]:
    """Lay outages of all lengths on one source.

    Args:
        sea: its traffic.
        assets: what is watched.
        settings: the whole tree.
        coverage: what was declared.
        quiet: the run without any.
    """
    t = sea.positions.t
    first, last = int(t.min()) + WARM_MS, int(t.max()) - 3_600_000
    out = []
    for hours in HOURS:
        span = hours * 3_600_000
        rng = generator("outage", sea.name, hours)
        latest = last - span
        if latest <= first:
            continue
        for _ in range(PER_LENGTH):
            start = int(rng.integers(first, latest)) // 1000 * 1000
            cut = silence_feed(sea.positions, start, start + span)
            run = run_watch(sea, assets, settings, coverage, cut)
            out.append(_judge(sea.name, hours, (start, start + span), quiet, run, cut.t))
    return out


def _judge(name: str, hours: int, span: tuple[int, int], quiet: Run, run: Run, times: I64) -> Case:
    start, end = span
    known = {f.id for f in quiet.findings}
    dark = [f for f in run.findings if f.kind in DARK_KINDS and f.revision == 1 and f.id not in known]
    touches = [f for f in dark if f.start_t < end and f.known_from_t >= start]
    notices = [f for f in run.findings if f.kind == "feed_outage" and f.revision == 1]
    notices = [f for f in notices if start - 3_600_000 <= f.start_t <= end]
    truth_start, truth_end = int(times[times < start].max()), int(times[times >= end].min())
    went = [c for c in run.changes if c.state == "unobserved" and abs(c.since_t - truth_start) <= 1_200_000]
    came = [c for c in run.changes if c.state != "unobserved" and abs(c.since_t - truth_end) <= 1_200_000]
    came = [c for c in came if c.known_t >= truth_end]
    right, compared = compare(quiet, run, (truth_start, truth_end))
    return Case(
        source=name,
        hours=hours,
        from_t=start,
        to_t=end,
        dark=touches,
        later=[f for f in dark if f not in touches],
        notices=len(notices),
        late_s=min((c.known_t - truth_start for c in went), key=abs) / 1000.0 if went else None,
        begin_off_s=min((c.since_t - truth_start for c in went), key=abs) / 1000.0 if went else None,
        end_off_s=min((c.since_t - truth_end for c in came), key=abs) / 1000.0 if came else None,
        right=right,
        compared=compared,
    )


def compare(quiet: Run, run: Run, span: tuple[int, int]) -> tuple[int, int]:
    """Stretches times minutes at which the watch state is right, and how many were compared.

    From ten minutes before to an hour after the outage, but for five minutes around its ends, on the stretches that
    the quiet run watched when it began. After the outage a stretch may be `thin` where the quiet run, which learned
    on, says `observed`, and the reverse: both are watched.
    """
    start, end = span
    minutes = np.arange(start - 600_000, end + 3_600_000, 60_000)
    minutes = minutes[(np.abs(minutes - start) > SLACK_MS) & (np.abs(minutes - end) > SLACK_MS)]
    right = compared = 0
    for asset_id, length in quiet.lengths.items():
        mine = [c for c in quiet.changes if c.asset == asset_id]
        if not mine:
            continue
        middles = np.arange(0.5, max(length, 0.6), 1.0)
        watched = _watched(mine, length, middles, minutes)
        ever = watched[:, 0]
        got = _watched([c for c in run.changes if c.asset == asset_id], length, middles[ever], minutes)
        want = watched[ever] & ~((minutes > start) & (minutes < end))
        right += int(np.count_nonzero(got == want))
        compared += got.size
    return right, compared


def _watched(changes: Sequence[WatchChange], length: float, middles: F64, minutes: I64) -> Any:
    """Whether each place is watched at each time, in hindsight; (places, minutes) bool."""
    edges = sorted({c.since_t for c in changes})
    out = np.zeros((len(middles), len(minutes)), dtype=np.bool_)
    which = np.searchsorted(np.array(edges, dtype=np.int64), minutes, side="right")
    for k in np.unique(which).tolist():
        at = edges[k - 1] if k else int(minutes[0]) - 10**12
        parts = stretches_at(changes, length, at, hindsight=True)
        ends = np.array([p.kp_to_km for p in parts])
        seen = np.array([p.state not in BLIND for p in parts])
        state = seen[np.minimum(np.searchsorted(ends, middles), len(parts) - 1)]
        out[:, which == k] = state[:, None]
    return out


def outage_figures(cases: Sequence[Case]) -> dict[str, Any]:
    """By length, and all together."""
    out: dict[str, Any] = {"all": _figures(cases)}
    out |= {f"{hours}_h": _figures([c for c in cases if c.hours == hours]) for hours in HOURS}
    out["by_source"] = {
        name: _figures([c for c in cases if c.source == name]) for name in sorted({c.source for c in cases})
    }
    return out


def _figures(cases: Sequence[Case]) -> dict[str, Any]:
    right, compared = sum(c.right for c in cases), sum(c.compared for c in cases)
    return {
        "outages": len(cases),
        "dark_findings": msgspec.to_builtins(poisson(sum(len(c.dark) for c in cases), len(cases))),
        "later_differences": msgspec.to_builtins(poisson(sum(len(c.later) for c in cases), len(cases))),
        "notices": sorted(c.notices for c in cases),
        "one_notice": msgspec.to_builtins(binomial(sum(c.notices == 1 for c in cases), len(cases))),
        "known_after_s": _span([c.late_s for c in cases]),
        "begin_off_s": _span([c.begin_off_s for c in cases]),
        "end_off_s": _span([c.end_off_s for c in cases]),
        "stretch_minutes": compared,
        "right_share": round(right / compared, 6) if compared else None,
    }


def _span(values: Sequence[float | None]) -> dict[str, float | int | None]:
    known = sorted(v for v in values if v is not None)
    if not known:
        return {"n": 0, "median": None, "least": None, "most": None}
    return {"n": len(known), "median": known[len(known) // 2], "least": known[0], "most": known[-1]}
