"""The evidence of the forecasts: docs/results/{forecast,crossing,crossing-north,lead,surprise}.json.

`python tools/forecast_results.py [PART...]` runs the parts named, or all, on the samples that SEAWARDEN_SAMPLES names
and writes them; `--check` only says what differs. Minutes each: the trees are grown six times.
"""

from __future__ import annotations

import os
import sys
import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import Any, Final

import msgspec

from results import RESULTS, declared, differences, made_with, sealed, text_of
from seawarden.cli.watched import assets_of
from seawarden.evaluate.crossing import run_crossing_suite
from seawarden.evaluate.deviation import run_deviation
from seawarden.evaluate.forecast import run_forecast_suite
from seawarden.evaluate.forecast_drift import run_recalibration
from seawarden.evaluate.forecast_folds import run_folds
from seawarden.evaluate.lead import run_lead
from seawarden.geography.pack import load_pack
from seawarden.settings import DEFAULTS

TRACKS: Final = "ais/ct_dma_subset_10min_train_val.csv.gz"
KATTEGAT: Final = "ais/dma_kattegat_2025-11-01_02_1min.csv.gz"
NORTH: Final = "ais/baltic_norway_cargo_2020-11-01_02.csv.gz"
KATTEGAT_CABLES: Final = "infra/dkcpc_cables_divided.csv"
TELECOM: Final = "infra/telegeography_2022_cables_CC-BY-NC-SA.json"
POWER: Final = "infra/osm_submarine_power_cables.geojson"
MACHINE: Final = frozenset({"ms_per_query", "ms_per_fan", "train_s", "history_points", "mb_per_million_points"})
"""What the machine and the build decide: left out, so that two runs of one version are equal."""


def without_rates(tree: Any) -> Any:
    """A tree without the machine's rates, and with numbers at six decimals."""
    if isinstance(tree, dict):
        return {key: without_rates(value) for key, value in tree.items() if key not in MACHINE}
    if isinstance(tree, list | tuple):
        return [without_rates(value) for value in tree]
    return round(tree, 6) if isinstance(tree, float) else tree


def forecast(samples: Path) -> dict[str, Any]:
    """Cross-validation within the training tracks, the test tracks, and a change of traffic."""
    tracks = samples / TRACKS
    with tempfile.TemporaryDirectory() as folder:
        return {
            "cross_validation": run_folds(tracks),
            "test": run_forecast_suite(tracks, tracks, Path(folder)),
            "change_of_traffic": run_recalibration(tracks, Path(folder)),
        }


def crossed(samples: Path, name: str, assets: str, history: tuple[str, ...] = ()) -> dict[str, Any]:
    """The crossing suite of one file."""
    with tempfile.TemporaryDirectory() as folder:
        made = run_crossing_suite(
            [samples / name], Path(folder), assets=samples / assets, history=[samples / other for other in history]
        )
    return {"cables": made["assets"]} | dict(made["files"][Path(name).name])


def crossing(samples: Path) -> dict[str, Any]:
    """Crossings on the Kattegat days, with further history and with their own alone."""
    return {
        "kattegat": crossed(samples, KATTEGAT, KATTEGAT_CABLES, (TRACKS,)),
        "kattegat_alone": crossed(samples, KATTEGAT, KATTEGAT_CABLES),
    }


def crossing_north(samples: Path) -> dict[str, Any]:
    """Crossings of the ships of the Baltic and Norway, each forecast from the others."""
    return {
        "telecom": crossed(samples, NORTH, TELECOM),
        "power": crossed(samples, NORTH, POWER),
    }


def surprise(samples: Path) -> dict[str, Any]:
    """How often a quiet hour is odd, on the Kattegat days."""
    made = run_deviation([samples / KATTEGAT], settings=DEFAULTS, assets=load_pack(), coverage=declared(KATTEGAT))
    return dict(msgspec.to_builtins(made))


def lead(samples: Path) -> dict[str, Any]:
    """Minutes before the next asset, with forecasts and without."""
    kattegat = run_lead([samples / KATTEGAT], settings=DEFAULTS, assets=load_pack(), coverage=declared(KATTEGAT))
    north = run_lead([samples / NORTH], settings=DEFAULTS, assets=assets_of(str(samples / TELECOM)))
    return {"kattegat": msgspec.to_builtins(kattegat), "north": msgspec.to_builtins(north)}


PARTS: Final[dict[str, Callable[[Path], dict[str, Any]]]] = {
    "forecast": forecast,
    "crossing": crossing,
    "crossing-north": crossing_north,
    "lead": lead,
    "surprise": surprise,
}


def main(words: list[str]) -> int:
    """Write or check."""
    samples = os.environ.get("SEAWARDEN_SAMPLES")
    if not samples or not Path(samples).is_dir():
        print("forecast_results: SEAWARDEN_SAMPLES names no folder of sample data", file=sys.stderr)
        return 2
    wrong = 0
    for name in [word for word in words if word in PARTS] or list(PARTS):
        file = RESULTS / f"{name}.json"
        part = msgspec.json.decode(text_of(sealed(made_with() | without_rates(PARTS[name](Path(samples))))))
        before = msgspec.json.decode(file.read_bytes()) if file.is_file() else {}
        changed = differences(before.get("content"), part["content"])
        print(f"{name}: {part['digest'][:16]}, {len(changed)} figures differ from what was written")
        wrong += bool(changed)
        if "--check" not in words:
            file.write_bytes(text_of(part))
    return int(bool(wrong)) if "--check" in words else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
