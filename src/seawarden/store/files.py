"""Files that are whole or not there: written beside their place, made durable, then moved into it."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import BinaryIO

from seawarden.model.error import StoreError


@contextmanager
def whole_file(path: Path) -> Iterator[BinaryIO]:
    """A binary file that appears at `path` only when the block ends well.

    Raises:
        StoreError: the folder can't be written, or the disk is full.
    """
    part = path.with_name(path.name + ".part")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        with part.open("wb") as file:
            yield file
            file.flush()
            os.fsync(file.fileno())
        part.replace(path)
    except OSError as error:
        with suppress(OSError):
            part.unlink()
        raise StoreError(f"{path}: can't be written ({error.strerror or error})") from None
    except BaseException:
        part.unlink(missing_ok=True)
        raise
