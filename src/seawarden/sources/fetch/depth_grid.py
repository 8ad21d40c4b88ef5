"""A part of the GEBCO grid: a NetCDF subset from an ERDDAP server, kept as it is."""

from __future__ import annotations

from pathlib import Path
from typing import Final
from urllib.parse import quote

from seawarden.model.error import UsageError
from seawarden.sources.fetch.box import Box
from seawarden.sources.fetch.public import GEBCO
from seawarden.sources.fetch.transfer import Check, Fetched, Manner, download

DATASET: Final = "GEBCO_2020"
CELLS_PER_DEG: Final = 240
"""15 arc-seconds."""
MOST_CELLS: Final = 60_000_000
"""120 MB of 16-bit heights; more than that is downloaded from gebco.net as a whole file."""
KINDS: Final = ("application/x-netcdf", "application/netcdf", "application/octet-stream")


def fetch_depths(box: Box, base: str, folder: Path, manner: Manner, check: Check) -> Fetched:
    """Fetch the heights of an area.

    Args:
        box: the area.
        base: address of the server's grids.
        folder: the file is kept below it.
        manner: how to ask.
        check: reads the grid and says what is wrong with it.

    Raises:
        UsageError: the area is too large to be asked for at once.
        SourceError: the server refuses or answers something else.
        StoreError: the disk can't be written.
    """
    cells = (box.east - box.west) * (box.north - box.south) * CELLS_PER_DEG**2
    if cells > MOST_CELLS:
        raise UsageError(f"{box}: {cells / 1e6:.0f} million cells; ask for at most {MOST_CELLS / 1e6:.0f} at once")
    wanted = f"elevation[({box.south:g}):1:({box.north:g})][({box.west:g}):1:({box.east:g})]"
    url = f"{base}{DATASET}.nc?{quote(wanted, safe='():')}"
    target = folder / "gebco" / f"{DATASET.lower()}_{box.slug}.nc"
    return download(url, target, GEBCO, manner, kinds=KINDS, check=_opened_by(check))


def _opened_by(check: Check) -> Check:
    def both(path: Path) -> str:
        with path.open("rb") as file:
            head = file.read(4)
        if head not in (b"\x89HDF", b"CDF\x01", b"CDF\x02", b"CDF\x05"):
            return "it is no NetCDF file"
        return check(path)

    return both
