"""A run as a folder, with its positions on request, so that it can be looked at again and faults be ranked in it.

All of it passes the gate, the summary too: its counts and its digest are those of what was written.
"""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path
from typing import Final, TypeVar

import msgspec
import numpy as np

from seawarden.channels.gate import Gate
from seawarden.channels.jsonl import (
    read_alerts,
    read_faults,
    read_findings,
    write_alerts,
    write_faults,
    write_findings,
    write_rejects,
)
from seawarden.channels.risk_table import read_risks, write_risks
from seawarden.channels.run_ledger import LEDGER, check_readers, write_ledger
from seawarden.engine.collector import collecting_seldom
from seawarden.geography.pack import load_pack, write_pack
from seawarden.model.alert import TIERS
from seawarden.model.asset import Asset
from seawarden.model.batch import Catalogue
from seawarden.model.error import StoreError
from seawarden.model.event import CoverageDeclared
from seawarden.model.position import I32, Positions, concat
from seawarden.model.reject import Reject
from seawarden.model.vessel import ShipRef
from seawarden.model.watch import WATCH_RIGHT, WatchChange
from seawarden.store.canonical import digest
from seawarden.store.files import whole_file
from seawarden.store.ledger import Ledger
from seawarden.store.positions import PositionStore
from seawarden.store.recording import Episode, Recording, make_recording
from seawarden.store.summary import Summary

T = TypeVar("T")
SUMMARY: Final = "summary.json"
WATCH: Final = "watch_state.jsonl"
ASSETS: Final = "assets.json"
TRACKS: Final = "tracks.json"
POSITIONS: Final = "positions"


class Tracks(msgspec.Struct, frozen=True, kw_only=True):
    """What is kept beside the positions."""

    ships: list[ShipRef]
    """One a track."""
    outages: list[tuple[int, int]] = []
    episodes: list[Episode] = []
    coverage: list[CoverageDeclared] = []
    refuting: list[tuple[int, int]] = []
    """Track and time (ms) of reports that show that the one before them on the track told a wrong speed."""


@collecting_seldom()
def write_run(
    folder: Path, run: Recording, rejects: Iterable[Reject], gate: Gate, *, positions: bool = False
) -> Summary:
    """Write a run; returns its summary as it was written.

    Args:
        folder: made when it is not there; files of an earlier run in it are replaced, its ledger is appended to.
        run: the run.
        rejects: records that were not taken.
        gate: what the readers of the folder may see.
        positions: keep the positions too.

    Raises:
        StoreError: the folder can't be written, the disk is full, or the folder's ledger holds a run that the
            readers may not see.
    """
    if (folder / LEDGER).exists():
        with Ledger(folder / LEDGER) as ledger:
            check_readers(ledger, gate)
    summary = released(run, gate)
    written = write_findings(folder / "findings.jsonl", run.findings, gate)
    write_alerts(folder / "alerts.jsonl", run.alerts, gate)
    write_faults(folder / "faults.jsonl", run.faults, gate)
    write_risks(folder / "risk.parquet", run.risks, gate)
    write_rejects(folder / "rejects.jsonl", rejects)
    write_pack(gate.assets, folder / ASSETS, name="run")
    _write_watch(folder, run, gate)
    _drop_positions(folder)
    if positions:
        _write_positions(folder, run)
    write_ledger(folder, run, summary, gate, written=written)
    with whole_file(folder / SUMMARY) as file:
        file.write(msgspec.json.format(msgspec.json.encode(summary), indent=2) + b"\n")
    return summary


def released(run: Recording, gate: Gate) -> Summary:
    """The summary of a run as the gate lets it out: what is held back is not even counted."""
    findings, alerts, faults = gate.all(run.findings), gate.all(run.alerts), gate.all(run.faults)
    whole = findings == list(run.findings) and alerts == list(run.alerts)
    newest = {finding.id: finding for finding in sorted(findings, key=lambda f: f.revision)}
    last = {alert.id: alert for alert in sorted(alerts, key=lambda a: a.revision)}
    highest = [alert.highest_tier for alert in last.values() if alert.state != "retracted"]
    standing = [finding.kind for finding in newest.values() if finding.state != "retracted"]
    return msgspec.structs.replace(
        run.summary,
        assets=len(gate.assets),
        findings=_counted(standing),
        retracted=len(newest) - len(standing),
        alerts={tier: highest.count(tier) for tier in TIERS},
        faults=len({fault.id for fault in faults}),
        watched=run.summary.watched if not gate.hides else {},
        seen=run.summary.seen if not gate.hides else None,
        digest=run.summary.digest if whole and run.summary.digest else digest(findings, alerts),
        attribution=gate.texts(run.summary.attribution),
        cannot_see=gate.texts(run.summary.cannot_see),
    )


def read_run(folder: Path) -> tuple[Recording, list[Asset]]:
    """A run that was written with its positions, and its assets.

    Raises:
        StoreError: the folder holds no run, or a file of it can't be read.
        AssetError: its assets can't be read.
    """
    if not is_run(folder):
        raise StoreError(
            f"{folder}: there is no run here (no {SUMMARY}); `seawarden replay ... --out {folder}` makes one"
        )
    summary = _decode(folder / SUMMARY, Summary)
    if not (folder / TRACKS).is_file():
        raise StoreError(
            f"{folder}: this run was written without its positions: replay with --positions to look at it"
        )
    kept = _decode(folder / TRACKS, Tracks)
    positions, track, catalogue = _read_positions(folder, kept.ships)
    run = make_recording(
        positions,
        track,
        kept.ships,
        summary,
        findings=read_findings(folder / "findings.jsonl"),
        alerts=read_alerts(folder / "alerts.jsonl"),
        risks=read_risks(folder / "risk.parquet"),
        faults=read_faults(folder / "faults.jsonl"),
        catalogue=catalogue,
        outages=kept.outages,
        episodes=kept.episodes,
        coverage=kept.coverage,
        watch=read_watch(folder) if (folder / WATCH).is_file() else [],
    )
    for row, t in kept.refuting:
        first, end = run.starts[row : row + 2] if 0 <= row < len(run.ships) else (0, 0)
        at = int(first + np.searchsorted(run.positions.t[first:end], t))
        if at < end and run.positions.t[at] == t:
            run.refutes[at] = 1
    return run, load_pack(folder / ASSETS)


def is_run(folder: Path) -> bool:
    """Whether a folder holds a run."""
    return (folder / SUMMARY).is_file() and (folder / "findings.jsonl").is_file()


def _counted(words: Iterable[str]) -> dict[str, int]:
    counts: dict[str, int] = {}
    for word in words:
        counts[word] = counts.get(word, 0) + 1
    return dict(sorted(counts.items()))


def _drop_positions(folder: Path) -> None:
    """Positions of an earlier run must not mix with this one's."""
    (folder / TRACKS).unlink(missing_ok=True)
    for part in (folder / POSITIONS).glob("day=*/part-*.parquet"):
        part.unlink()


def _write_positions(folder: Path, run: Recording) -> None:
    numbers = np.array([_number(ship) for ship in run.ships] or [0], dtype=np.int32)
    PositionStore(folder / POSITIONS).write(run.positions, run.catalogue, numbers[run.track])
    rows = np.flatnonzero(run.refutes)
    tracks = Tracks(
        ships=run.ships,
        outages=run.outages,
        episodes=run.episodes,
        coverage=run.coverage,
        refuting=list(zip(run.track[rows].tolist(), run.positions.t[rows].tolist(), strict=True)),
    )
    with whole_file(folder / TRACKS) as file:
        file.write(msgspec.json.encode(tracks))


def _write_watch(folder: Path, run: Recording, gate: Gate) -> None:
    """Written only for readers who may know where the watch is blind; an earlier run's goes in any case."""
    (folder / WATCH).unlink(missing_ok=True)
    changes = gate.watch(run.watch)
    if changes:
        with whole_file(folder / WATCH) as file:
            file.writelines(msgspec.json.encode(change) + b"\n" for change in changes)


def read_watch(folder: Path) -> list[WatchChange]:
    """How well stretches of assets were watched in a run, in the order in which it became known.

    Raises:
        StoreError: the run was not written for readers who may know it, or the file can't be read.
    """
    path = folder / WATCH
    if not path.is_file():
        raise StoreError(f"{folder}: no watch state here; `seawarden replay ... --rights {WATCH_RIGHT}` writes it")
    try:
        return msgspec.json.Decoder(WatchChange).decode_lines(path.read_bytes())
    except (OSError, msgspec.MsgspecError) as error:
        raise StoreError(f"{path}: can't be read ({error})") from None


def _read_positions(folder: Path, ships: list[ShipRef]) -> tuple[Positions, I32, Catalogue]:
    rows = {(ship.mmsi, _number(ship)): row for row, ship in enumerate(ships)}
    catalogue = Catalogue()
    parts: list[Positions] = []
    tracks: list[I32] = [np.empty(0, dtype=np.int32)]
    for positions, numbers, names in PositionStore(folder / POSITIONS).everything():
        source = np.array([catalogue.source(name) for name in names.sources] or [0], dtype=np.int32)
        receiver = np.array([*map(catalogue.receiver, names.receivers), -1], dtype=np.int32)
        file = np.array([*map(catalogue.file, names.files), -1], dtype=np.int32)
        parts.append(
            positions._replace(
                source=source[positions.source], receiver=receiver[positions.receiver], file=file[positions.file]
            )
        )
        keys = zip(positions.mmsi.tolist(), numbers.tolist(), strict=True)
        tracks.append(np.array([rows.get(key, -1) for key in keys], dtype=np.int32))
    return concat(parts), np.concatenate(tracks), catalogue


def _number(ship: ShipRef) -> int:
    last = ship.track_id.rpartition("-")[2]
    return int(last) if last.isdigit() else 0


def _decode(path: Path, kind: type[T]) -> T:
    try:
        return msgspec.json.decode(path.read_bytes(), type=kind)
    except (OSError, msgspec.MsgspecError) as error:
        raise StoreError(f"{path}: can't be read ({error})") from None
