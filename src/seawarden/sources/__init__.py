"""Where ship positions come from: files of every common form now, feeds through the same door."""

from seawarden.sources.columns import parse_columns
from seawarden.sources.door import SCHEMES, open_source
from seawarden.sources.inspection import Inspection, inspect
from seawarden.sources.reasons import NOTES, REASONS
from seawarden.sources.untimed import UntimedError

__all__ = ["NOTES", "REASONS", "SCHEMES", "Inspection", "UntimedError", "inspect", "open_source", "parse_columns"]
