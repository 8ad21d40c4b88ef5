"""What one run of a suite brought, and the same in words and figures that a report can argue."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

import msgspec

from seawarden.evaluate.seen import Seen
from seawarden.model.alert import TIERS, Alert
from seawarden.model.finding import Finding
from seawarden.run.tally import newest


class Told(msgspec.Struct, frozen=True, kw_only=True):
    """An alert at its gravest, in the words that a watch officer read."""

    tier: str
    mmsi: int
    asset: str
    start_t: int
    told_t: int
    first_line: str
    second_line: str
    reasons: tuple[str, ...]
    counter_reasons: tuple[str, ...]
    state: str
    """Its last."""


class Natural(msgspec.Struct, frozen=True, kw_only=True):
    """A slow-down that nobody planted."""

    mmsi: int
    asset: str
    start_t: int
    end_t: int | None
    loss: float | None
    """Mean share of the expected speed."""
    deepest_loss: float | None
    tier: str
    """Highest tier of an alert that names it, empty when none."""
    benign: tuple[str, ...]
    """What else could explain it, as measured."""


class Run(NamedTuple):
    """What one run brought."""

    findings: list[Finding]
    alerts: list[Alert]
    ship_days: float
    seen: Seen

    def told(self) -> list[Told]:
        """Each alert above `notice` that was not taken back, at its gravest, in order of time."""
        out = []
        for last in sorted(newest_alerts(self.alerts), key=lambda a: (a.start_t, a.id)):
            if last.highest_tier == TIERS[0]:
                continue
            mine = [a for a in self.alerts if a.id == last.id]
            top = max(mine, key=lambda a: (TIERS.index(a.tier), a.risk, -a.revision))
            out.append(
                Told(
                    tier=last.highest_tier,
                    mmsi=last.ship.mmsi,
                    asset=last.asset.name,
                    start_t=last.start_t,
                    told_t=top.updated_t,
                    first_line=top.first_line,
                    second_line=top.second_line,
                    reasons=tuple(r.text for r in top.reasons),
                    counter_reasons=tuple(r.text for r in top.counter_reasons),
                    state=last.state,
                )
            )
        return out

    def natural(self) -> list[Natural]:
        """Each slow-down with the alert that it led to, in order of time."""
        alerts = newest_alerts(self.alerts)
        return [
            Natural(
                mmsi=f.ship.mmsi,
                asset=f.asset.name if f.asset else "",
                start_t=f.start_t,
                end_t=f.end_t,
                loss=f.value("loss"),
                deepest_loss=f.value("deepest_loss"),
                tier=max((a.highest_tier for a in alerts if f.id in a.findings), key=TIERS.index, default=""),
                benign=tuple(r.text for r in f.benign),
            )
            for f in self.slowdowns()
        ]

    def slowdowns(self) -> list[Finding]:
        """The last revision of each slow-down that was not taken back, in order of time."""
        return sorted(
            (f for f in newest(self.findings) if f.kind == "slowdown" and f.state != "retracted"),
            key=lambda f: (f.start_t, f.id),
        )


def newest_alerts(alerts: Sequence[Alert]) -> list[Alert]:
    """The last revision of each alert that was not taken back."""
    last = {a.id: a for a in sorted(alerts, key=lambda a: a.revision)}
    return [a for a in last.values() if a.state != "retracted"]
