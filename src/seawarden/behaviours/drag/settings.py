"""Settings of the drag behaviour, where the others' are: `seawarden.settings_drag`."""

from __future__ import annotations

from seawarden.settings_drag import DragSettings

__all__ = ["DragSettings"]
