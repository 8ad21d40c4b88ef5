"""Owners' files into assets: read each form, check what was read, and explain what is wrong and what to do."""

from seawarden.geography.importing.door import ImportResult, import_assets
from seawarden.geography.importing.problem import Problem

__all__ = ["ImportResult", "Problem", "import_assets"]
