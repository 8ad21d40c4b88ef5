"""Where ship positions come from: files of every common form now, feeds through the same door."""

from seawarden.sources.columns import parse_columns
from seawarden.sources.door import SCHEMES, open_source

__all__ = ["SCHEMES", "open_source", "parse_columns"]
