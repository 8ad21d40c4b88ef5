"""Forecasters as files: one .npz of plain arrays, without pickle. The history can be left out, to ship weights."""

from __future__ import annotations

import zipfile
from pathlib import Path
from typing import Final

import numpy as np

from seawarden.forecast.boosted import Trees
from seawarden.forecast.calibration import Calibration
from seawarden.forecast.forecaster import Forecaster
from seawarden.forecast.history import Columns, History, index_cells
from seawarden.forecast.query import STEP_MIN
from seawarden.model.error import StoreError

FORMAT: Final = 1
SHIPPED: Final = "weights.npz"
"""Weights learnt from the 1,000 training tracks of ct_dma, without the tracks; see docs/forecast.md."""
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
    history = forecaster.history
    arrays: dict[str, np.ndarray] = {
        "format": np.array(FORMAT),
        "step_s": np.array(history.step_s),
        "gap_ms": np.array(history.gap_ms),
        "analogues": np.array(forecaster.analogues),
    }
    if with_history:
        arrays |= {f"history_{name}": column for name, column in history.columns._asdict().items()}
    if forecaster.trees is not None:
        arrays |= {f"trees_{name}": column for name, column in forecaster.trees._asdict().items()}
    for which in _CALIBRATIONS:
        arrays |= {f"{which}_{name}": getattr(getattr(forecaster, which), name) for name in _TABLES}
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        with path.open("wb") as file:
            np.savez_compressed(file, allow_pickle=False, **arrays)
    except OSError as error:
        raise StoreError(f"{path}: the forecaster can't be written: {error}") from error


def load(path: Path) -> Forecaster:
    """Read a forecaster.

    Raises:
        StoreError: when the file is missing, of another format or damaged.
    """
    try:
        with np.load(path, allow_pickle=False) as file:
            arrays = {name: file[name] for name in file.files}
        if int(arrays["format"]) != FORMAT:
            raise StoreError(f"{path}: format {int(arrays['format'])}, this version reads {FORMAT}: train it again")
        history = History(int(arrays["step_s"]), int(arrays["gap_ms"]))
        if "history_start" in arrays:
            history.columns = Columns(*(arrays[f"history_{name}"] for name in Columns._fields))
            history.cells = index_cells(history.columns.lat, history.columns.lon)
        trees = None
        if "trees_root" in arrays:
            trees = Trees(*(arrays[f"trees_{name}"] for name in Trees._fields))
        forecaster = Forecaster(history, trees, analogues=int(arrays["analogues"]))
        for which in _CALIBRATIONS:
            calibration: Calibration = getattr(forecaster, which)
            for name in _TABLES:
                table = arrays[f"{which}_{name}"]
                if table.shape != getattr(calibration, name).shape:
                    raise StoreError(f"{path}: calibration of another shape: train it again")
                setattr(calibration, name, table)
    except (OSError, KeyError, ValueError, EOFError, zipfile.BadZipFile) as error:
        raise StoreError(f"{path}: not a forecaster that can be read: {error}") from error
    return forecaster


def shipped(step_s: int = STEP_MIN * 60) -> Forecaster:
    """The forecaster of a fresh install: learnt weights and calibration, and a history that is still empty.

    Args:
        step_s: seconds between rows of the history to come.

    Raises:
        StoreError: when the package's file is missing or damaged.
    """
    forecaster = load(Path(__file__).parent / SHIPPED)
    forecaster.history = History(step_s)
    return forecaster
