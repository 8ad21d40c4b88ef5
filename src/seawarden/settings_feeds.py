"""Settings of live feeds and of what keeps them. None changes a finding: the journal holds what was taken."""

from __future__ import annotations

from typing import Annotated

import msgspec
from msgspec import Meta


class FeedSettings(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """How live feeds are listened to, and when they are called unwell."""

    connect_s: Annotated[float, Meta(gt=0, le=120, description="Time to connect and sign in")] = 10
    """A handshake over a satellite link takes some seconds; longer means that nobody is there."""
    flush_s: Annotated[float, Meta(gt=0, le=5, description="Longest wait before what came is handed on")] = 0.2
    """A fifth of a second is nothing against the tick, and makes blocks large enough for the kernels."""
    unread_mb: Annotated[
        float, Meta(ge=0.01, le=1_024, description="What may have come and not be read; older lines are left out")
    ] = 8
    """160,000 sentences: eight seconds of the whole world's traffic, read in half a second once there is time."""
    quiet_s: Annotated[float, Meta(gt=0, le=3_600, description="Nothing heard: the feed is called quiet")] = 30
    """Even a small coast station hears some ship every ten seconds."""
    reconnect_s: Annotated[float, Meta(gt=0, le=86_400, description="Nothing heard: the line is opened anew")] = 120
    """A half-open line never says that it is dead; two minutes cost less than a blind night."""
    stale_s: Annotated[float, Meta(gt=0, le=86_400, description="Lag from which a feed is called late")] = 120
    """Terrestrial networks deliver within seconds; two minutes late is no longer live."""
    ahead_s: Annotated[float, Meta(ge=0, le=3_600, description="How far a record may be ahead of our clock")] = 30
    """Clocks of receivers differ by seconds; a record from the future gets the time of its reception."""
    backoff_first_s: Annotated[float, Meta(gt=0, le=60, description="First wait before calling again")] = 1
    """Most interruptions are over at once."""
    backoff_most_s: Annotated[float, Meta(gt=0, le=3_600, description="Longest wait before calling again")] = 60
    """A provider that comes back must be heard within a minute, and not be flooded by those who wait."""
    garbage_share: Annotated[float, Meta(gt=0, le=1, description="Share of rejects that makes a feed unwell")] = 0.5
    """Radio noise spoils a few sentences in a hundred; half of them means another form or another speed."""
    copies_share: Annotated[float, Meta(gt=0, le=1, description="Share of copies that makes a feed unwell")] = 0.8
    """Some stations repeat each sentence once or twice; four in five copies is a loop."""


class LiveSettings(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """How a live run takes in records, keeps them, and goes on after an end."""

    step_s: Annotated[float, Meta(gt=0, le=5, description="Longest wait between two steps of the engine")] = 0.25
    """Short against the tick; longer steps cost less."""
    queue_records: Annotated[int, Meta(ge=1_000, le=10_000_000, description="Positions that may wait")] = 200_000
    """Ten seconds of the whole world's traffic, 30 MB; beyond it older positions of the same ship are shed."""
    heartbeat_s: Annotated[float, Meta(ge=1, le=60, description="Silence of all feeds until the clock speaks")] = 5
    """Half a tick: silence must be noticed as exactly as anything else."""
    heartbeat_behind_s: Annotated[float, Meta(ge=0, le=600, description="How far the clock stays behind")] = 10
    """Records that are on their way must not come late because the clock spoke first."""
    sync_s: Annotated[float, Meta(ge=0, le=60, description="Longest time until the journal is safe on the disk")] = 1
    """Killed processes lose nothing; a power cut at most this. 0 makes every step safe before it is taken."""
    segment_mb: Annotated[float, Meta(ge=0.01, le=4_096, description="Size of one file of the journal")] = 64
    """Some minutes to hours of traffic: small enough to drop, large enough to be few."""
    keep_h: Annotated[float, Meta(ge=0, le=87_600, description="How long the journal is kept")] = 72
    """Three days answer most questions asked the morning after; a journal replays to the same findings."""
    keep_gb: Annotated[float, Meta(gt=0, le=100_000, description="Size at which the oldest journal goes")] = 50
    """A disk that fills up stops more than this journal."""
    keep_positions_d: Annotated[float, Meta(ge=0, le=36_500, description="How long positions are kept")] = 90
    """A season, for what is normal here; 20 bytes a position."""
    keep_positions_gb: Annotated[
        float, Meta(gt=0, le=100_000, description="Size at which the oldest days of positions go")
    ] = 200
    """Five days of the whole world's traffic, years of a coast's; a full disk would stop the journal too."""
    snapshot_s: Annotated[float, Meta(ge=1, le=86_400, description="Time between two snapshots")] = 900
    """A quarter of an hour of journal is taken in again in seconds."""
    snapshot_records: Annotated[
        int, Meta(ge=1_000, le=1_000_000_000, description="Records after which a snapshot is made")
    ] = 3_000_000
    """The journal is taken in again at half a million records a second and more."""
