"""Loaded once by the server that lives are started from: imports and compiled code cost each of them nothing more."""

from __future__ import annotations

from seawarden.evaluate.live import kills
from seawarden.run.build import load_kernels
from seawarden.sources.feeds.link import Chunk
from seawarden.sources.feeds.nmea import NmeaReader

load_kernels(kills.SETTINGS)
NmeaReader("start", ahead_s=0.0).take([Chunk(0, b"!AIVDM,1,1,,B,13A><b0P010qaGPOo2Gcl?w208C?,0*04\n")])
