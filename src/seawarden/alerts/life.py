"""The life of an alert, in one place: raise after N, lower after M, close, retract. Event time alone decides."""

from __future__ import annotations

import msgspec

from seawarden.alerts.tiers import RANK
from seawarden.model.alert import AlertState, Tier
from seawarden.settings_risk import AlertSettings


class Life(msgspec.Struct, kw_only=True):
    """State of one alert between ticks. The empty tier is: not raised."""

    tier: str = ""
    highest: str = ""
    state: AlertState = "raised"
    raised_t: int = 0
    up_tier: str = ""
    up_since: int | None = None
    down_tier: str = ""
    down_since: int | None = None

    @property
    def live(self) -> bool:
        """Whether it has been raised and neither closed nor retracted."""
        return bool(self.tier) and self.state in ("raised", "lowered")

    def observe(self, t: int, reached: Tier | None, keeps: Tier | None, s: AlertSettings) -> bool:
        """Take what the chance reaches at `t` (ms); True when tier or state changed.

        A notice is silent and comes at once; every higher tier must be held for `raise_after_s`, at the least tier
        that was held. Lowering waits for `lower_after_min` below the threshold less its hysteresis.
        """
        want, hold = RANK[reached or ""], RANK[keeps or ""]
        now = RANK[self.tier] if self.live else 0
        if want > now:
            return self._rise(t, reached or "", now, s)
        self.up_since, self.up_tier = None, ""
        if hold >= now or now == 0:
            self.down_since, self.down_tier = None, ""
            return False
        if self.down_since is None:
            self.down_since, self.down_tier = t, keeps or ""
        elif hold > RANK[self.down_tier]:
            self.down_tier = keeps or ""
        if t - self.down_since < s.lower_after_min * 60_000:
            return False
        self._set(t, self.down_tier)
        if self.live and hold < RANK[self.tier]:
            self.down_since, self.down_tier = t, keeps or ""
        return True

    def _rise(self, t: int, reached: str, now: int, s: AlertSettings) -> bool:
        self.down_since, self.down_tier = None, ""
        if self.up_since is None:
            self.up_since, self.up_tier = t, reached
        elif RANK[reached] < RANK[self.up_tier]:
            self.up_tier = reached
        if t - self.up_since >= s.raise_after_s * 1000:
            self._set(t, self.up_tier)
            if RANK[reached] > RANK[self.tier]:
                self.up_since, self.up_tier = t, reached
            return True
        if now == 0:  # silent until it has held: kept as a notice from the first
            self._set(t, "notice", keep_rise=reached != "notice")
            return True
        return False

    def settle(self, t: int, reached: Tier | None) -> bool:
        """Fall at once to what the chance reaches: a finding behind it was withdrawn."""
        if not self.live or RANK[reached or ""] >= RANK[self.tier]:
            return False
        self._set(t, reached or "")
        return True

    def end(self, t: int, state: AlertState) -> bool:
        """Close or retract it; True when it was live."""
        if not self.live:
            return False
        self.state = state
        self.up_since = self.down_since = None
        return True

    def deadline(self, s: AlertSettings) -> int | None:
        """Event time at which it would change if nothing else came."""
        up = None if self.up_since is None else self.up_since + int(s.raise_after_s * 1000)
        if self.down_since is None:
            return up
        down = self.down_since + int(s.lower_after_min * 60_000)
        return down if up is None else min(up, down)

    def _set(self, t: int, tier: str, *, keep_rise: bool = False) -> None:
        before = RANK[self.tier] if self.live else 0
        if not tier:
            self.end(t, "closed")
            return
        if before == 0:
            self.raised_t = t
            self.highest = tier
        self.state = "lowered" if RANK[tier] < before else "raised"
        self.tier = tier
        if RANK[tier] > RANK[self.highest]:
            self.highest = tier
        self.down_since, self.down_tier = None, ""
        if not keep_rise:
            self.up_since, self.up_tier = None, ""
