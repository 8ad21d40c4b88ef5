"""A live run under load: reports from four stations at once, page clients beside it, every record reconciled.

The run and the page are one process, the stations and the clients another. Stations send sentences without a time
of their own, so that each is timed by its reception. Some ships slow down over a cable, so that alerts can be timed.
"""

from __future__ import annotations

import asyncio
import os
import re
import socket
import subprocess
import sys
import threading
import time
from contextlib import suppress
from pathlib import Path
from typing import Any, Final

import httpx
import msgspec
import numpy as np

from seawarden.evaluate.live.lines import sentences
from seawarden.geodesy import KNOT_MS
from seawarden.model.position import make_positions

STATIONS: Final = 4
SLOW: Final = 40
"""Ships that lose a third of their speed over the cable."""
CABLE: Final = '{"type":"FeatureCollection","features":[{"type":"Feature","properties":{"name":"Load Cable"},"geometry":{"type":"LineString","coordinates":[[11.0,54.0],[11.0,60.0]]}}]}'  # noqa: E501


class LoadReport(msgspec.Struct, kw_only=True):
    """What came of it."""

    ships: int
    per_s: float
    """Reports sent a second, all stations together."""
    seconds: float
    clients: int
    sent: int
    kept: int
    """Positions in the journal."""
    shed: int
    copies: int
    rejected: int
    unaccounted: int
    """Sent, but neither kept nor counted as left out."""
    alerts: int
    receive_to_alert_p99_s: float | None
    """Upper bound of the class that holds it."""
    tick_to_alert_p99_s: float | None
    lateness_s: float
    """What late records are waited for, part of the time from tick to alert."""
    step_p99_s: float | None
    rss_mb: list[float]
    """Memory of the run's process, once every tenth of the time."""
    cpu_s: float
    """CPU of the run's process."""
    events: int
    """Events that the clients got."""
    slowest_sender_s: float
    """Longest time that a station waited for the run to take what it sent."""


class Stations:
    """Stations that send each ship's position once a period."""

    def __init__(self, ships: int, period_s: float) -> None:
        draw = np.random.default_rng(1)
        self.mmsi = 219_000_000 + np.arange(ships)
        self.lat = draw.uniform(54.5, 59.5, ships)
        self.east = draw.uniform(-1.5, 1.5, ships)
        self.knots = draw.uniform(8.0, 16.0, ships)
        # the slow ones begin a little west of the cable, and cross it in the middle of the run
        self.east[:SLOW] = -np.linspace(0.01, 0.05, SLOW)
        self.knots[:SLOW] = 12.0
        self.period_s, self.sent, self.late_s = period_s, [0] * STATIONS, 0.0
        self.doors = [socket.create_server(("127.0.0.1", 0)) for _ in range(STATIONS)]
        self.ports = [door.getsockname()[1] for door in self.doors]
        self.stop = threading.Event()
        self._began = time.monotonic()
        for k in range(STATIONS):
            threading.Thread(target=self._serve, args=(k,), daemon=True).start()

    def _serve(self, k: int) -> None:
        line, _ = self.doors[k].accept()
        mine = np.arange(k, len(self.mmsi), STATIONS)
        parts = np.array_split(mine, max(1, round(self.period_s / 0.25)))
        due = time.monotonic()
        with suppress(OSError), line:
            while not self.stop.is_set():
                for part in parts:
                    data = self._lines(part)
                    line.sendall(data)
                    self.sent[k] += len(part)
                    due += self.period_s / len(parts)
                    rest = due - time.monotonic()
                    self.late_s = max(self.late_s, -rest)
                    if rest > 0:
                        self.stop.wait(rest)
                    if self.stop.is_set():
                        break

    def _lines(self, part: Any) -> bytes:
        t = time.monotonic() - self._began
        speed = self.knots[part]
        slowed = np.where(part < SLOW, np.clip((t - 300.0) / 60.0, 0.0, 1.0) / 3.0, 0.0)
        way = speed * KNOT_MS * (t - np.where(part < SLOW, slowed * np.maximum(t - 330.0, 0.0), 0.0))
        lat = self.lat[part]
        lon = 11.0 + self.east[part] + way / (111_320.0 * np.cos(np.radians(lat)))
        p = make_positions(
            len(part), t=0, mmsi=self.mmsi[part], lat=lat, lon=lon, sog_kn=speed * (1.0 - slowed), cog_deg=90.0,
            heading_deg=90.0, nav_status=0,
        )  # fmt: skip
        lines = sentences(p)
        return lines[:, lines.shape[1] - 49 :].tobytes()  # without their tag blocks


async def _client(url: str, seconds: float, count: list[int]) -> None:
    limit = time.monotonic() + seconds
    async with httpx.AsyncClient(timeout=30.0, trust_env=False) as client:
        while time.monotonic() < limit:
            with suppress(httpx.HTTPError):
                async with client.stream("GET", f"{url}/api/stream") as stream:
                    async for text in stream.aiter_lines():
                        count[0] += text.startswith("event:")
                        if time.monotonic() > limit:
                            return


async def _clients(url: str, clients: int, seconds: float, count: list[int]) -> None:
    await asyncio.gather(*(_client(url, seconds, count) for _ in range(clients)))


def run_load(
    folder: Path, *, ships: int = 20_000, period_s: float = 1.0, seconds: float = 600.0, clients: int = 50,
    lateness_s: float = 5.0, queue: int = 200_000,
) -> LoadReport:  # fmt: skip
    """Measure a run.

    Args:
        folder: takes the store.
        ships: how many ships report.
        period_s: time between two reports of one, s.
        seconds: how long.
        clients: readers of the page's event stream.
        lateness_s: the run's `time.lateness_s`.
        queue: the run's `live.queue_records`.
    """
    stations = Stations(ships, period_s)
    (folder / "cable.geojson").write_text(CABLE)
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    uris = [f"tcp://127.0.0.1:{p}#name=station{k}" for k, p in enumerate(stations.ports)]
    command = [sys.executable, "-m", "seawarden.cli", "serve", *uris, "--store", str(folder / "store")]
    command += ["--assets", str(folder / "cable.geojson"), "--port", str(port)]
    environment = {
        **os.environ,
        "SEAWARDEN__TIME__LATENESS_S": str(lateness_s),
        "SEAWARDEN__TIME__HISTORY_H": "1",
        "SEAWARDEN__LIVE__QUEUE_RECORDS": str(queue),
    }
    url = f"http://127.0.0.1:{port}"
    process = subprocess.Popen(command, env=environment, stderr=(folder / "serve.log").open("w"))
    try:
        _ready(url, process)
        count = [0]
        reading = threading.Thread(target=lambda: asyncio.run(_clients(url, clients, seconds, count)), daemon=True)
        reading.start()
        began, rss = time.monotonic(), []
        for _ in range(10):
            time.sleep(seconds / 10)
            rss.append(round(_status(process.pid, "VmRSS") / 1024, 1))
        took = time.monotonic() - began
        stations.stop.set()
        time.sleep(3.0)
        found = _metrics(httpx.get(f"{url}/metrics", trust_env=False, timeout=60).text)
        cpu = _cpu(process.pid)
        process.terminate()
        process.wait(120)
    finally:
        process.kill()
    sent = sum(stations.sent)
    kept = int(found["seawarden_journal_positions_total"][0][1])
    shed, copies, rejected = (
        int(sum(v for _, v in found.get(f"seawarden_feed_{name}_total", [])))
        for name in ("shed", "copies", "rejected")
    )
    return LoadReport(
        ships=ships, per_s=round(sent / (took + 3.0), 1), seconds=round(took, 1), clients=clients, sent=sent,
        kept=kept, shed=shed, copies=copies, rejected=rejected, unaccounted=sent - kept - shed - copies - rejected,
        alerts=int(sum(v for _, v in found.get("seawarden_alerts_total", []))),
        receive_to_alert_p99_s=_share(found, "receive_to_alert_seconds"),
        tick_to_alert_p99_s=_share(found, "tick_to_alert_seconds"), lateness_s=lateness_s,
        step_p99_s=_share(found, "step_seconds"), rss_mb=rss, cpu_s=cpu, events=count[0],
        slowest_sender_s=round(stations.late_s, 2),
    )  # fmt: skip


def _ready(url: str, process: subprocess.Popen[bytes]) -> None:
    for _ in range(3_000):
        with suppress(httpx.HTTPError):
            if httpx.get(f"{url}/healthz", trust_env=False).json()["state"] == "watching":
                return
        if process.poll() is not None:
            break
        time.sleep(0.1)
    raise RuntimeError("the run did not become ready")


def _status(pid: int, name: str) -> float:
    found = re.search(rf"{name}:\s+(\d+)", Path(f"/proc/{pid}/status").read_text())
    return float(found[1]) if found else 0.0


def _cpu(pid: int) -> float:
    parts = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return round((int(parts[11]) + int(parts[12])) / os.sysconf("SC_CLK_TCK"), 1)


def _metrics(text: str) -> dict[str, list[tuple[str, float]]]:
    found: dict[str, list[tuple[str, float]]] = {}
    for line in text.splitlines():
        if line and not line.startswith("#"):
            name, _, value = line.rpartition(" ")
            plain, _, labels = name.partition("{")
            found.setdefault(plain, []).append((labels.rstrip("}"), float(value)))
    return found


def _share(found: dict[str, list[tuple[str, float]]], name: str, p: float = 0.99) -> float | None:
    buckets = [(re.sub(r'.*le="([^"]+)".*', r"\1", labels), v) for labels, v in found[f"seawarden_{name}_bucket"]]
    total = buckets[-1][1]
    if not total:
        return None
    return next((float(bound.replace("+Inf", "inf")) for bound, value in buckets if value >= p * total), None)
