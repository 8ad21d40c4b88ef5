"""`seawarden serve` over live feeds."""

from __future__ import annotations

import threading
from collections.abc import Sequence
from pathlib import Path

from fastapi import FastAPI

from seawarden.channels.gate import Gate
from seawarden.cli.console import note
from seawarden.geography.directory import Directory
from seawarden.model.asset import Asset
from seawarden.model.error import UsageError
from seawarden.model.event import Event
from seawarden.model.rights import Rights
from seawarden.run.charts import NO_CHARTS, Charts
from seawarden.run.live import LiveRun
from seawarden.service.live_watch import LiveWatch
from seawarden.service.metrics import add_metrics
from seawarden.service.surround import Surround
from seawarden.settings import Settings
from seawarden.sources.feeds.opening import is_feed


def is_live(sources: Sequence[str]) -> bool:
    """Whether any of the sources is a live feed."""
    return any(is_feed(source) for source in sources)


def live_watch(
    sources: Sequence[str],
    settings: Settings,
    assets: Sequence[Asset],
    *,
    events: Sequence[Event],
    store: Path | None,
    rights: Rights,
    charts: Charts = NO_CHARTS,
) -> LiveWatch:
    """A watch over feeds; nothing is called before `attend`.

    Raises:
        UsageError: files among the feeds, or an address that is wrong.
        StoreError: the store can't be written.
    """
    files = [source for source in sources if not is_feed(source)]
    if files:
        raise UsageError(f"{files[0]}: files and feeds do not go together; playback:FILE plays a file as a feed")
    run = LiveRun(sources, settings, assets, store=store, gate=Gate(assets, rights), events=events, charts=charts)
    if store is None:
        note("Nothing is kept: without --store DIR a restart forgets everything.")
    around = run.room.around
    return LiveWatch(run, Surround(around, Directory(around.waters, around.places), run.room.drag))


def attend(app: FastAPI, watch: LiveWatch) -> None:
    """Start the run behind the application, and end it in good order when the application ends."""
    run = watch.run
    add_metrics(app, run)
    app.router.on_shutdown.append(run.stop)
    threading.Thread(target=_start, args=(run,), name="starting", daemon=True).start()


def _start(run: LiveRun) -> None:
    try:
        run.start()
    except Exception as error:  # the page stays, and says it
        run.problems["engine"] = f"the run did not start: {error}"
        run.state = "failed"
