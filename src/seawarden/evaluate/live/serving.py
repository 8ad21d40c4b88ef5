"""`seawarden serve` as it is, in a process of its own, and what can be read of it from outside."""

from __future__ import annotations

import os
import re
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Mapping, Sequence
from contextlib import suppress
from pathlib import Path
from typing import Any, Final

import httpx
import msgspec

Samples = dict[str, list[tuple[str, float]]]
READY_S: Final = 900.0
"""An empty cache of compiled code costs minutes at the first start."""


class Moment(msgspec.Struct, kw_only=True):
    """The run as seen from outside at one moment."""

    at_s: float
    """Since the watching began."""
    rss_mb: float
    positions: int
    """Positions that the engine has taken."""
    waiting: int
    """Positions in the queue."""
    shed: int
    behind_s: float | None
    """From the engine's horizon to now, what is waited for included."""
    feeds: list[str]
    """Condition of each feed."""


class Serving:
    """The command over feeds, with a store in a folder.

    Args:
        folder: takes the store, the assets and the log.
        uris: addresses of the feeds.
        assets: GeoJSON of what is watched.
        environment: settings as variables.
    """

    def __init__(self, folder: Path, uris: Sequence[str], assets: str, environment: Mapping[str, str]) -> None:
        self.store = folder / "store"
        (folder / "assets.geojson").write_text(assets)
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            self.port: int = free.getsockname()[1]
        self._url = f"http://127.0.0.1:{self.port}"
        command = [sys.executable, "-m", "seawarden.cli", "serve", *uris, "--store", str(self.store)]
        command += ["--assets", str(folder / "assets.geojson"), "--port", str(self.port)]
        self.log = folder / "serve.log"
        with self.log.open("w") as log:
            self.process = subprocess.Popen(command, env={**os.environ, **environment}, stderr=log)
        self.moments: list[Moment] = []
        self.peak_mb = 0.0
        self.cpu_s = 0.0
        self._stop = threading.Event()
        self._watching: threading.Thread | None = None

    def ready(self) -> None:
        """Wait until it watches.

        Raises:
            RuntimeError: it does not come to that.
        """
        limit = time.monotonic() + READY_S
        while time.monotonic() < limit and self.process.poll() is None:
            with suppress(httpx.HTTPError):
                if httpx.get(f"{self._url}/healthz", trust_env=False).json()["state"] == "watching":
                    return
            time.sleep(0.1)
        raise RuntimeError(f"the run did not become ready: {self.log.read_text()[-500:]}")

    def metrics(self) -> Samples:
        """What `/metrics` tells."""
        return samples_of(httpx.get(f"{self._url}/metrics", trust_env=False, timeout=60).text)

    def watch(self, every_s: float) -> None:
        """Look at it again and again, in a thread, until it is stopped."""
        began = time.monotonic()

        def look() -> None:
            while not self._stop.wait(every_s):
                with suppress(httpx.HTTPError, OSError, KeyError):
                    found = self.metrics()
                    self.moments.append(moment_of(found, time.monotonic() - began, self.rss_mb()))

        self._watching = threading.Thread(target=look, daemon=True)
        self._watching.start()

    def drained(self, timeout_s: float = 120.0) -> Samples:
        """Wait until nothing more comes of what was sent: two equal looks with an empty queue."""
        limit, before = time.monotonic() + timeout_s, -1.0
        while True:
            found = self.metrics()
            taken = total(found, "seawarden_journal_positions_total") + total(found, "seawarden_feed_shed_total")
            if (taken == before and not total(found, "seawarden_queue_positions")) or time.monotonic() > limit:
                return found
            before = taken
            time.sleep(2.0)

    def rss_mb(self) -> float:
        """Memory that it and its children have now, MB: what they share is counted once."""
        return sum(_shared_kb(pid) for pid in [self.process.pid, *_children(self.process.pid)]) / 1024

    def stop(self) -> None:
        """End it in good order, and keep what only a living process tells."""
        self._stop.set()
        if self.process.poll() is None:
            self.peak_mb = max([_status(self.process.pid, "VmHWM") / 1024, *(m.rss_mb for m in self.moments)])
            self.cpu_s = _cpu_s(self.process.pid)
            self.process.terminate()
            with suppress(subprocess.TimeoutExpired):
                self.process.wait(120)
        self.process.kill()


def moment_of(found: Samples, at_s: float, rss_mb: float) -> Moment:
    """What is kept of a look."""
    behind = found.get("seawarden_engine_behind_seconds")
    words = [re.sub(r'.*condition="([^"]*)".*', r"\1", k) for k, _ in found.get("seawarden_feed_condition", [])]
    return Moment(
        at_s=round(at_s, 1),
        rss_mb=round(rss_mb, 1),
        positions=int(total(found, "seawarden_positions_total")),
        waiting=int(total(found, "seawarden_queue_positions")),
        shed=int(total(found, "seawarden_feed_shed_total")),
        behind_s=round(behind[0][1], 2) if behind else None,
        feeds=words,
    )


def samples_of(text: str) -> Samples:
    """Prometheus text as values by name, each with its labels."""
    found: Samples = {}
    for line in text.splitlines():
        if line and not line.startswith("#"):
            name, _, value = line.rpartition(" ")
            plain, _, labels = name.partition("{")
            found.setdefault(plain, []).append((labels.rstrip("}"), float(value)))
    return found


def total(found: Samples, name: str) -> float:
    """Sum of a metric over its labels."""
    return sum(value for _, value in found.get(name, []))


def share(found: Samples, name: str, p: float = 0.99) -> float | None:
    """Upper bound of the class of a histogram in which that share lies; None without any."""
    buckets = [(re.sub(r'.*le="([^"]+)".*', r"\1", labels), v) for labels, v in found.get(f"{name}_bucket", [])]
    if not buckets or not buckets[-1][1]:
        return None
    return next((float(bound.replace("+Inf", "inf")) for bound, v in buckets if v >= p * buckets[-1][1]), None)


def _children(pid: int) -> list[int]:
    found: list[int] = []
    for task in Path(f"/proc/{pid}/task").glob("*/children"):
        with suppress(OSError):
            found += [int(child) for child in task.read_text().split()]
    return found


def _shared_kb(pid: int) -> float:
    """Proportional set size: shared pages are counted by their share."""
    with suppress(OSError):
        found = re.search(r"^Pss:\s+(\d+)", Path(f"/proc/{pid}/smaps_rollup").read_text(), re.MULTILINE)
        if found:
            return float(found[1])
    return 0.0


def _status(pid: int, name: str) -> float:
    found = re.search(rf"{name}:\s+(\d+)", Path(f"/proc/{pid}/status").read_text())
    return float(found[1]) if found else 0.0


def _cpu_s(pid: int) -> float:
    parts: list[Any] = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return round(sum(int(part) for part in parts[11:15]) / os.sysconf("SC_CLK_TCK"), 1)
