"""A drag model of one's own, as a suite names it: figures of the shipped one stay as they are, to the byte."""

from __future__ import annotations

import msgspec

from seawarden.model.drag_model import DragModelSource, line_of
from seawarden.run.charts import Charts
from seawarden.settings import Settings

OwnDrag = DragModelSource | msgspec.UnsetType
"""Left out of what is written where the shipped model looks for drags, or nobody does."""


def own_drag(charts: Charts, settings: Settings) -> OwnDrag:
    """The user's model that looks for drags, by name."""
    if charts.drag is None or not settings.behaviours.drag.enabled:
        return msgspec.UNSET
    return charts.drag.named


def said_of(own: OwnDrag) -> str:
    """What a report says of it at the end of a list; nothing where it is the shipped one."""
    return f"; {line_of(own)}" if isinstance(own, DragModelSource) else ""
