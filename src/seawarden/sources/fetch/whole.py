"""Small files that are whole or not there."""

from __future__ import annotations

import os
from contextlib import suppress
from pathlib import Path

from seawarden.model.error import StoreError


def write_whole(path: Path, content: bytes) -> None:
    """Write beside the place, make durable, move into it.

    Raises:
        StoreError: the folder can't be written, or the disk is full.
    """
    part = path.with_name(path.name + ".new")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        with part.open("wb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        part.replace(path)
    except OSError as error:
        with suppress(OSError):
            part.unlink()
        raise StoreError(f"{path}: can't be written ({error.strerror or error})") from None
