"""How far a backtest has come: days that are done, and the engine's memory between two of them.

`days/YYYY-MM-DD.json` holds what a day brought, `memory/` the engine's snapshot and `progress.json` what it belongs
to. `progress.json` is written last and whole, so that a run that was killed goes on from the last day it names.
"""

from __future__ import annotations

import hashlib
import shutil
from collections.abc import Iterator, Sequence
from pathlib import Path

import msgspec

from seawarden import __version__
from seawarden.engine.core import Engine
from seawarden.engine.snapshot import load, save
from seawarden.evaluate.backtest.record import Book, Day, Told
from seawarden.model.error import StoreError, UsageError
from seawarden.store.files import whole_file


class Progress(msgspec.Struct, kw_only=True):
    """Where to go on."""

    version: str = __version__
    identity: str
    """Of inputs, settings and assets."""
    pieces: int = 0
    """Pieces of the stream that the engine has taken."""
    days: int = 0
    day: int = -1
    book: Book = msgspec.field(default_factory=Book)
    told: dict[str, Told] = {}
    """Alerts of `look` or more that are still alive."""
    done: bool = False


class Folder:
    """The folder of a backtest."""

    def __init__(self, out: Path) -> None:
        self.out = out
        self._progress = out / "progress.json"
        self._days = out / "days"

    def begin(self, identity: str) -> Progress:
        """What was done already by the same run; a fresh start in an empty folder.

        Raises:
            UsageError: the folder holds a backtest of other inputs.
            StoreError: it can't be read or written.
        """
        try:
            self._days.mkdir(parents=True, exist_ok=True)
            if not self._progress.is_file():
                return Progress(identity=identity)
            held = msgspec.json.decode(self._progress.read_bytes(), type=Progress)
        except (OSError, msgspec.DecodeError) as error:
            raise StoreError(f"{self.out}: the backtest begun there can't be read ({error})") from None
        if held.identity != identity:
            raise UsageError(
                f"{self.out}: a backtest of other sources, settings or assets, or with another drag model, was begun "
                "there; give another --out"
            )
        return held

    def take_up(self, engine: Engine, progress: Progress) -> None:
        """Give a fresh engine the memory that belongs to the progress.

        Raises:
            StoreError: it is missing or damaged.
        """
        if progress.pieces:
            load(engine, self._memory(progress))

    def lay_down(self, engine: Engine | None, progress: Progress, day: Day) -> None:
        """Keep a day's record, the engine's memory, and then the progress.

        Raises:
            StoreError: the folder can't be written.
        """
        before = sorted(self.out.glob("memory-*"))
        with whole_file(self._days / f"{day.day}.json") as file:
            file.write(msgspec.json.encode(day))
        if engine is not None:
            save(engine, self._memory(progress))
        with whole_file(self._progress) as file:
            file.write(msgspec.json.encode(progress))
        for old in before:
            if engine is None or old != self._memory(progress):
                shutil.rmtree(old, ignore_errors=True)

    def days(self) -> Iterator[Day]:
        """The records of all days, in order."""
        for path in sorted(self._days.glob("*.json")):
            try:
                yield msgspec.json.decode(path.read_bytes(), type=Day)
            except (OSError, msgspec.DecodeError) as error:
                raise StoreError(f"{path}: can't be read ({error})") from None

    def _memory(self, progress: Progress) -> Path:
        return self.out / f"memory-{progress.days:05d}"


def identity_of(sources: Sequence[str | Path], *facts: str) -> str:
    """SHA-256 of what a backtest depends on: names, sizes and times of all files, and the facts given."""
    told: list[tuple[str, int, int]] = []
    for source in sources:
        path = Path(source)
        files = sorted(path.rglob("*")) if path.is_dir() else [path]
        for file in files:
            if file.is_file():
                stat = file.stat()
                told.append((str(file), stat.st_size, stat.st_mtime_ns))
            elif not file.is_dir():
                told.append((str(file), -1, -1))
    return hashlib.sha256(msgspec.json.encode([told, list(facts)])).hexdigest()
