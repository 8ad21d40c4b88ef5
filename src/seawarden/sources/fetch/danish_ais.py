"""Danish day files: `aisdk-YYYY-MM-DD.zip`, kept as they are, for replay reads them so.

The archive is a bucket with the newest days at its root, older ones under their year, and months in one zip before
March 2024. Which of these holds a day is looked up in the bucket's own listing.
"""

from __future__ import annotations

import re
import zipfile
import zlib
from collections.abc import Iterator, Sequence
from datetime import date
from pathlib import Path
from typing import Final, NamedTuple
from urllib.parse import quote

from seawarden.model.error import SourceError
from seawarden.sources.fetch.listing import Listed, list_bucket
from seawarden.sources.fetch.public import DANISH_AIS
from seawarden.sources.fetch.sidecar import sidecar_path
from seawarden.sources.fetch.transfer import Fetched, Manner, download

KINDS: Final = (
    "application/zip",
    "application/x-zip-compressed",
    "application/octet-stream",
    "binary/octet-stream",
    "text/csv",
)
_KEY: Final = re.compile(r"(?:^|/)aisdk-(\d{4}-\d{2}(?:-\d{2})?)\.(zip|csv)$")


class Plan(NamedTuple):
    """Which files hold the days asked for."""

    files: tuple[Listed, ...]
    missing: tuple[date, ...]


def plan(days: Sequence[date], base: str, folder: Path, manner: Manner) -> Plan:
    """Look up the files of these days.

    Raises:
        SourceError: the archive's listing can't be had.
        StoreError: the disk can't be written.
    """
    listed: dict[str, Listed] = {}
    scratch = folder / "danish-ais" / "listing.xml"
    asked = sorted({prefix for day in days for prefix in (f"aisdk-{day:%Y-%m}", f"{day:%Y}/aisdk-{day:%Y-%m}")})
    for number, prefix in enumerate(asked):
        if number:
            manner.sleep(DANISH_AIS.pause_s)
        for item in list_bucket(base, prefix, scratch, DANISH_AIS, manner):
            found = _KEY.search(item.key)
            if found and (found[1] not in listed or found[2] == "zip"):
                listed[found[1]] = item
    for leftover in (scratch, sidecar_path(scratch)):
        leftover.unlink(missing_ok=True)
    chosen: dict[str, Listed] = {}
    missing: list[date] = []
    for day in days:
        at = next((listed[name] for name in (f"{day:%Y-%m-%d}", f"{day:%Y-%m}") if name in listed), None)
        if at is None:
            missing.append(day)
        else:
            chosen[at.key] = at
    return Plan(tuple(chosen.values()), tuple(missing))


def fetch_days(files: Sequence[Listed], base: str, folder: Path, manner: Manner) -> Iterator[Fetched]:
    """Fetch planned files, one after the other.

    Raises:
        SourceError: one can't be had; those before it are kept.
        StoreError: the disk can't be written.
    """
    for number, item in enumerate(files):
        if number:
            manner.sleep(DANISH_AIS.pause_s)
        target = folder / "danish-ais" / item.key.rpartition("/")[2]
        got = download(base + quote(item.key), target, DANISH_AIS, manner, kinds=KINDS, check=_check)
        if got.record.bytes != item.bytes:
            raise SourceError(
                f"{target}: {got.record.bytes:,} bytes, and the listing says {item.bytes:,}; call again"
            )
        yield got


def _check(path: Path) -> str:
    with path.open("rb") as file:
        head = file.read(4)
    if not head.startswith(b"PK"):
        table = head.startswith((b"# Ti", b"Time", b'"# T', b"\xef\xbb\xbf"))
        return "" if table else "it is neither a zip nor a table"
    try:
        with zipfile.ZipFile(path) as archive:
            if not archive.namelist():
                return "the zip is empty"
            damaged = archive.testzip()  # every byte against its CRC: some 20 s a day, against hours of wrong tracks
            return f"'{damaged}' in the zip is damaged" if damaged else ""
    except (
        zipfile.BadZipFile,
        zlib.error,
        OSError,
        ValueError,
        NotImplementedError,
        RuntimeError,
        EOFError,
    ) as error:
        return f"the zip is damaged ({error})"
