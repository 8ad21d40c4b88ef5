"""The fleet behaviour that lets the forecaster learn from the watch's own feed. It finds nothing."""

from __future__ import annotations

from collections.abc import Sequence

from seawarden.forecast.feed import Feed
from seawarden.model.event import Event
from seawarden.model.finding import Change, Finding
from seawarden.ports import Spec, Surroundings, WholeView


class Learning:
    """See the module."""

    spec = Spec(
        name="learning",
        kinds=(),
        scope="cell",
        title="Learns where ships go from where they went.",
        inputs=("t", "lat", "lon", "sog_kn", "cog_deg", "trust", "provenance"),
        look_back_s=86_400.0,
    )

    def __init__(self, feed: Feed) -> None:
        self._feed = feed

    def on_tick(
        self, t: int, findings: Sequence[Finding], events: Sequence[Event], view: WholeView, around: Surroundings
    ) -> list[Change]:
        """Take new rows when hours are full."""
        self._feed.take(t, view)
        return []

    def next_wake(self) -> int | None:
        """The next full hours."""
        return self._feed.next_wake()

    def snapshot(self) -> bytes:
        """The feed's memory."""
        return self._feed.snapshot()

    def restore(self, data: bytes) -> None:
        """Take up a snapshot."""
        self._feed.restore(data)
