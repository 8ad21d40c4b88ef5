"""Forecasters as files: one .npz of plain arrays, without pickle. The history can be left out, to ship weights.

A package holds two of them: weights learnt from tracks that may not be passed on, and a small history of tracks that
may (`INCIDENT_DAYS`, made by `tools/forecast_history.py`).
"""

from __future__ import annotations

import io
import zipfile
from pathlib import Path
from typing import BinaryIO, Final

import numpy as np

from seawarden.forecast.boosted import Trees
from seawarden.forecast.calibration import Calibration
from seawarden.forecast.forecaster import Forecaster
from seawarden.forecast.history import Columns, History, index_cells
from seawarden.forecast.query import STEP_MIN
from seawarden.forecast.walk import Successors
from seawarden.model.error import StoreError

FORMAT: Final = 1
SHIPPED: Final = "weights.npz"
"""Weights learnt from the 1,000 training tracks of ct_dma, without the tracks; see docs/forecast.md."""
INCIDENT_DAYS: Final = "incident_days.npz"
"""Voyages of the shipped incident days, without weights."""
_CALIBRATIONS: Final = ("with_history", "without_history")
_TABLES: Final = ("threshold", "scale", "cases", "observed", "miss_rate", "reference")


def save(forecaster: Forecaster, path: Path, *, with_history: bool = True) -> None:
    """Write a forecaster.

    Args:
        forecaster: what to write.
        path: file to write.
        with_history: False leaves out the tracks, which may not be free to pass on.

    Raises:
        StoreError: when the file can't be written.
    """
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        with path.open("wb") as file:
            _write(forecaster, file, with_history)
    except OSError as error:
        raise StoreError(f"{path}: the forecaster can't be written: {error}") from error


def dumps(forecaster: Forecaster) -> bytes:
    """The whole forecaster as bytes, for a snapshot."""
    file = io.BytesIO()
    _write(forecaster, file, True)
    return file.getvalue()


def load(path: Path) -> Forecaster:
    """Read a forecaster.

    Raises:
        StoreError: when the file is missing, of another format or damaged.
    """
    try:
        with path.open("rb") as file:
            return _read(file, str(path))
    except OSError as error:
        raise StoreError(f"{path}: not a forecaster that can be read: {error}") from error


def loads(data: bytes, name: str = "snapshot") -> Forecaster:
    """Read what `dumps` gave.

    Raises:
        StoreError: when it is of another format or damaged.
    """
    return _read(io.BytesIO(data), name)


def _write(forecaster: Forecaster, file: BinaryIO, with_history: bool) -> None:
    history = forecaster.history
    arrays: dict[str, np.ndarray] = {
        "format": np.array(FORMAT),
        "step_s": np.array(history.step_s),
        "gap_ms": np.array(history.gap_ms),
        "analogues": np.array(forecaster.analogues),
    }
    if with_history:
        arrays |= {f"history_{name}": column for name, column in history.columns._asdict().items()}
        arrays |= {f"after_{name}": column for name, column in forecaster.continuations._asdict().items()}
        arrays["history_end_t"] = history.end_t
    if forecaster.trees is not None:
        arrays |= {f"trees_{name}": column for name, column in forecaster.trees._asdict().items()}
    for which in _CALIBRATIONS:
        arrays |= {f"{which}_{name}": getattr(getattr(forecaster, which), name) for name in _TABLES}
    np.savez_compressed(file, allow_pickle=False, **arrays)


def _read(source: BinaryIO, name: str) -> Forecaster:
    try:
        with np.load(source, allow_pickle=False) as file:
            arrays = {key: file[key] for key in file.files}
        if int(arrays["format"]) != FORMAT:
            raise StoreError(f"{name}: format {int(arrays['format'])}, this version reads {FORMAT}: train it again")
        history = History(int(arrays["step_s"]), int(arrays["gap_ms"]))
        after = None
        if "history_start" in arrays:
            history.columns = Columns(*(arrays[f"history_{key}"] for key in Columns._fields))
            history.cells = index_cells(history.columns.lat, history.columns.lon)
            history.end_t = arrays.get("history_end_t", np.zeros(history.n_voyages, np.int64))
            if "after_voyage" in arrays:
                after = Successors(*(arrays[f"after_{key}"] for key in Successors._fields))
        trees = None
        if "trees_root" in arrays:
            trees = Trees(*(arrays[f"trees_{key}"] for key in Trees._fields))
        forecaster = Forecaster(history, trees, analogues=int(arrays["analogues"]), after=after)
        for which in _CALIBRATIONS:
            calibration: Calibration = getattr(forecaster, which)
            for key in _TABLES:
                table = arrays[f"{which}_{key}"]
                if table.shape != getattr(calibration, key).shape:
                    raise StoreError(f"{name}: calibration of another shape: train it again")
                setattr(calibration, key, table)
    except (OSError, KeyError, ValueError, EOFError, zipfile.BadZipFile) as error:
        raise StoreError(f"{name}: not a forecaster that can be read: {error}") from error
    return forecaster


def shipped(step_s: int = STEP_MIN * 60, *, with_incident_days: bool = False) -> Forecaster:
    """The forecaster of a fresh install: learnt weights and calibration, and a history that is still small or empty.

    Args:
        step_s: seconds between rows of the history to come; 600 with the incident days.
        with_incident_days: begin with the voyages of the shipped incident days.

    Raises:
        StoreError: when the package's file is missing or damaged.
    """
    here = Path(__file__).parent
    forecaster = load(here / SHIPPED)
    if not with_incident_days:
        forecaster.history = History(step_s)
        return forecaster
    days = load(here / INCIDENT_DAYS)
    made = Forecaster(days.history, forecaster.trees, analogues=forecaster.analogues, after=days.continuations)
    made.with_history, made.without_history = forecaster.with_history, forecaster.without_history
    return made
