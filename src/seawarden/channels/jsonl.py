"""JSON lines: one finding, alert, fault or reject a line; the file appears when it is whole."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from pathlib import Path
from typing import TypeVar

import msgspec

from seawarden.channels.gate import Gate
from seawarden.model.alert import Alert
from seawarden.model.error import StoreError
from seawarden.model.fault import Fault
from seawarden.model.finding import Finding
from seawarden.model.reject import Reject
from seawarden.store.files import whole_file

T = TypeVar("T")
_ENCODER = msgspec.json.Encoder()


def write_findings(path: Path, findings: Iterable[Finding], gate: Gate) -> list[tuple[Finding, str]]:
    """Write all revisions that the gate lets through; returns them, each with the SHA-256 (hex) of its line.

    Raises:
        StoreError: the file can't be written.
    """
    written: list[tuple[Finding, str]] = []
    with whole_file(path) as file:
        for finding in map(gate.one, findings):
            if finding is not None:
                line = _ENCODER.encode(finding)
                file.write(line + b"\n")
                written.append((finding, hashlib.sha256(line).hexdigest()))
    return written


def line_digest(finding: Finding) -> str:
    """SHA-256 (hex) of the line that `write_findings` writes for it, without the newline."""
    return hashlib.sha256(_ENCODER.encode(finding)).hexdigest()


def write_alerts(path: Path, alerts: Iterable[Alert], gate: Gate) -> int:
    """Write all revisions that the gate lets through; returns their number.

    Raises:
        StoreError: the file can't be written.
    """
    return _write(path, (shown for shown in map(gate.one, alerts) if shown is not None))


def write_faults(path: Path, faults: Iterable[Fault], gate: Gate) -> int:
    """Write all revisions that the gate lets through; returns their number.

    Raises:
        StoreError: the file can't be written.
    """
    return _write(path, (shown for shown in map(gate.one, faults) if shown is not None))


def write_rejects(path: Path, rejects: Iterable[Reject]) -> int:
    """Write each rejected record with its place and reason; returns their number.

    Raises:
        StoreError: the file can't be written.
    """
    return _write(path, rejects)


def read_findings(path: Path) -> list[Finding]:
    """Read back what `write_findings` wrote.

    Raises:
        StoreError: the file is missing or a line is no finding.
    """
    return _read(path, msgspec.json.Decoder(Finding))


def read_alerts(path: Path) -> list[Alert]:
    """Read back what `write_alerts` wrote.

    Raises:
        StoreError: the file is missing or a line is no alert.
    """
    return _read(path, msgspec.json.Decoder(Alert))


def read_faults(path: Path) -> list[Fault]:
    """Read back what `write_faults` wrote.

    Raises:
        StoreError: the file is missing or a line is no fault.
    """
    return _read(path, msgspec.json.Decoder(Fault))


def _write(path: Path, items: Iterable[msgspec.Struct]) -> int:
    count = 0
    with whole_file(path) as file:
        for item in items:
            file.write(_ENCODER.encode(item) + b"\n")
            count += 1
    return count


def _read(path: Path, decoder: msgspec.json.Decoder[T]) -> list[T]:
    items: list[T] = []
    try:
        with path.open("rb") as file:
            for number, line in enumerate(file, start=1):
                try:
                    items.append(decoder.decode(line))
                except msgspec.MsgspecError as error:
                    raise StoreError(f"{path}, line {number}: {error}") from None
    except OSError as error:
        raise StoreError(f"{path}: can't be read ({error.strerror or error})") from None
    return items
