"""Seawarden: the open watch over undersea cables, power links and pipelines."""

from __future__ import annotations

__version__ = "0.1.0"
