"""The other sides of feeds: servers that behave, and servers that do not."""

from __future__ import annotations

import socket
import struct
import threading
import time
from collections.abc import Callable
from contextlib import suppress

from seawarden.decode.encode import encode_message, encode_sentences, tag_block
from seawarden.model.batch import Batch
from seawarden.settings_feeds import FeedSettings
from seawarden.sources.feeds.feed import Feed
from seawarden.sources.feeds.health import FeedReport
from seawarden.sources.feeds.opening import open_feed

QUICK = FeedSettings(
    connect_s=2,
    flush_s=0.02,
    quiet_s=0.3,
    reconnect_s=0.9,
    stale_s=60,
    ahead_s=30,
    backoff_first_s=0.02,
    backoff_most_s=0.1,
)
PATIENT = FeedSettings(connect_s=5, flush_s=0.02, backoff_first_s=0.02, backoff_most_s=0.1)


def position(mmsi: int = 219_000_001, *, lat: float = 57.0, lon: float = 11.0, **values: float) -> str:
    """One position report as a sentence, with its line's end."""
    return (
        encode_sentences(encode_message("1", mmsi, lat=lat, lon=lon, sog_kn=12.0, cog_deg=10.0, **values))[0] + "\r\n"
    )


def static(mmsi: int = 219_000_001, name: str = "NORDIC TEST") -> list[str]:
    """A static report as two sentences."""
    bits = encode_message("5", mmsi, name=name, callsign="OXTA2", imo=9_074_729, ship_type=80, destination="GDANSK")
    return [line + "\r\n" for line in encode_sentences(bits, sequence=3)]


def timed(line: str, t_ms: int, station: str = "2573135") -> str:
    """A sentence behind a tag block, as Kystverket sends it."""
    return tag_block(f"s:{station},c:{t_ms // 1000}") + line


def many(count: int, start: int = 0) -> bytes:
    """Positions of as many ships."""
    return "".join(position(219_000_000 + k, lat=55 + k * 0.001) for k in range(start, start + count)).encode()


class TcpServer:
    """Serves each caller with a script in a thread of its own."""

    def __init__(self, script: Callable[[socket.socket], None], port: int = 0) -> None:
        self.door = socket.create_server(("127.0.0.1", port))
        self.port = self.door.getsockname()[1]
        self.callers = 0
        self._script = script
        self._lines: list[socket.socket] = []
        self._thread = threading.Thread(target=self._answer, daemon=True)
        self._thread.start()

    def _answer(self) -> None:
        while True:
            try:
                line, _ = self.door.accept()
            except OSError:
                return
            self.callers += 1
            self._lines.append(line)
            threading.Thread(target=self._serve, args=(line,), daemon=True).start()

    def _serve(self, line: socket.socket) -> None:
        with suppress(OSError), line:
            self._script(line)

    def close(self) -> None:
        with suppress(OSError):
            self.door.shutdown(socket.SHUT_RDWR)
        self.door.close()
        for line in self._lines:
            with suppress(OSError):
                line.shutdown(socket.SHUT_RDWR)  # its thread waits in it: closing alone would tell nobody
            line.close()

    def __enter__(self) -> TcpServer:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()


def hold(line: socket.socket) -> None:
    """Keep the line open until the other side leaves."""
    while line.recv(4096):
        pass


def reset(line: socket.socket) -> None:
    """Break the line off without a farewell."""
    line.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    line.close()


class Listening:
    """A feed that is listened to in a thread, with all that it brought."""

    def __init__(self, feed: Feed) -> None:
        self.feed = feed
        self.batches: list[Batch] = []
        self.seen: list[FeedReport] = []
        self._thread = threading.Thread(target=self._listen, daemon=True)
        self._thread.start()

    def _listen(self) -> None:
        for batch in self.feed.batches():
            self.batches.append(batch)

    def until(self, wanted: Callable[[FeedReport], bool], what: str = "", wait_s: float = 20.0) -> FeedReport:
        """Wait until the feed's health is so; fail with the last one when it never is."""
        end = time.monotonic() + wait_s
        while True:
            report = self.feed.health.report()
            if not self.seen or self.seen[-1].condition != report.condition:
                self.seen.append(report)
            if wanted(report):
                return report
            if time.monotonic() > end:
                raise AssertionError(f"{what}: it is {report}, and was {[r.condition for r in self.seen]}")
            time.sleep(0.005)

    def becomes(self, *conditions: str) -> FeedReport:
        """Wait for one of these conditions."""
        return self.until(lambda report: report.condition in conditions, " or ".join(conditions))

    def positions(self, count: int) -> list[int]:
        """Wait until so many positions came; their MMSIs."""
        self.until(lambda _: sum(len(b.positions.t) for b in self.batches) >= count, f"{count} positions")
        return [mmsi for batch in self.batches for mmsi in batch.positions.mmsi.tolist()]

    def stop(self) -> None:
        self.feed.stop()
        self._thread.join(10)
        assert not self._thread.is_alive()

    def __enter__(self) -> Listening:
        return self

    def __exit__(self, *_: object) -> None:
        self.stop()


def listening(uri: str, settings: FeedSettings = QUICK, **environment: str) -> Listening:
    """Open a feed and listen to it."""
    return Listening(open_feed(uri, settings=settings, environment=environment))
