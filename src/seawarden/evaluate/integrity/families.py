"""All families of cases, one module each with a `FAMILY`: a new one is a module and a line here."""

from __future__ import annotations

import importlib
from typing import Final

from seawarden.evaluate.integrity.family import Family

MODULES: Final = ("jump", "clone", "swap", "circle", "drift", "jamming")
"""Names of the modules beside this one, in the order in which they run."""


def families() -> list[Family]:
    """The families, in order."""
    found: list[Family] = [importlib.import_module(f"seawarden.evaluate.integrity.{name}").FAMILY for name in MODULES]
    return found
