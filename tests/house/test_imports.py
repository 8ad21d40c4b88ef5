"""Everything imports, and nothing outside training needs what only training needs."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
CODE = """
import importlib, pkgutil, sys
import seawarden
above = ("train", "evaluate", "simulate", "scale", "checks")
for module in pkgutil.walk_packages(seawarden.__path__, "seawarden."):
    if module.name.split(".")[1] not in above and not module.name.endswith("__main__"):
        importlib.import_module(module.name)
        if "lightgbm" in sys.modules:
            sys.exit(f"{module.name} imports lightgbm: import it where a model is trained or read")
"""


def test_everything_below_training_imports_without_what_training_needs() -> None:
    environment = {**os.environ, "PYTHONPATH": str(ROOT / "src")}
    done = subprocess.run([sys.executable, "-c", CODE], capture_output=True, text=True, env=environment)
    assert done.returncode == 0, done.stderr
