"""Where ship positions come from: files of every common form, and live feeds through the same door."""

from seawarden.sources.columns import parse_columns
from seawarden.sources.door import SCHEMES, open_source
from seawarden.sources.feeds.opening import KINDS, opener
from seawarden.sources.inspection import Inspection, inspect
from seawarden.sources.reasons import NOTES, REASONS
from seawarden.sources.untimed import UntimedError

SCHEMES.update(dict.fromkeys(KINDS, opener))

__all__ = ["NOTES", "REASONS", "SCHEMES", "Inspection", "UntimedError", "inspect", "open_source", "parse_columns"]
