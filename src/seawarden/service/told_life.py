"""One life of a live run that tells people, in a process of its own, on a clock that several lives share.

`evaluate.live.outward` starts it and kills it, again and again.
"""

from __future__ import annotations

import time
from multiprocessing.connection import Connection
from pathlib import Path

from seawarden.channels.notify.outbox import OUTBOX, Outbox
from seawarden.evaluate.live.kills import life_of
from seawarden.evaluate.live.outward import BACK_OFF_S, recipients
from seawarden.service.live_watch import LiveWatch
from seawarden.service.notifier import Notifier

EVERY_S = 0.1
"""Time between two looks at what is to be told: as short as the lives are."""

ENDS_S = 30.0


def live(port: int, store: str, start: tuple[int, float, float], acks: Connection, hook: int, mail: int) -> None:
    """Run until told to stop, or killed.

    Args:
        port: of the station.
        store: the run's folder.
        start: of the shared clock.
        acks: takes what the journal has returned.
        hook: port of the webhook.
        mail: port of the mail.
    """
    run = life_of(port, store, start, acks)
    watch = LiveWatch(run)
    outbox = Outbox(Path(store) / OUTBOX, back_off_s=BACK_OFF_S)
    notifier = Notifier(watch, recipients(hook, mail), outbox, every_s=EVERY_S)
    run.start()
    notifier.start()
    run.join()
    run.stop()
    notifier.stop()
    # in good order: what the end itself made known is told as well
    limit = time.monotonic() + ENDS_S
    notifier.look(time.time())
    while any(message.sent is None for message in outbox.log(1_000_000)) and time.monotonic() < limit:
        notifier.deliver(time.time())
        time.sleep(EVERY_S)
