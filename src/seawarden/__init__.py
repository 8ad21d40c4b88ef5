"""Seawarden: the open watch over undersea cables, power links and pipelines."""

from __future__ import annotations

import hashlib
import os
import shutil
import tempfile
from pathlib import Path

__version__ = "0.1.0"

_KEPT_STATES = 6
"""States of the sources whose compiled code is kept: a checkout or two and an installed release."""
_UNCOMPILED = frozenset({"__pycache__", "cli", "data", "evaluate", "run", "service", "store", "train", "channels"})
"""Rooms without compiled code, and without anything that compiled code takes in."""


def _keep_kernels() -> None:
    """Tell numba where to keep compiled code: a folder of the user's for exactly this state of the sources.

    Numba looks at a function's own file only to see whether its compiled code still holds; what is compiled in from
    other files could be stale. And an installed package may be read-only. NUMBA_CACHE_DIR, where set, is left alone.
    """
    if os.environ.get("NUMBA_CACHE_DIR"):
        return
    state = hashlib.blake2b(digest_size=8)
    package = Path(__file__).parent
    for folder, rooms, files in os.walk(package):
        rooms[:] = sorted(set(rooms) - _UNCOMPILED)
        for name in sorted(files):
            if name.endswith(".py"):
                found = os.stat(os.path.join(folder, name))
                place = os.path.relpath(os.path.join(folder, name), package)
                state.update(f"{place} {found.st_size} {found.st_mtime_ns}\n".encode())
    for parent in _user_folders():
        own = parent / state.hexdigest()
        try:
            new = not own.is_dir()
            parent.mkdir(mode=0o700, parents=True, exist_ok=True)
            own.mkdir(exist_ok=True)
            if not (_is_ours(parent) and _is_ours(own)):
                continue
            os.utime(own)
            if new:
                _forget_old(parent)
        except OSError:
            continue
        os.environ["NUMBA_CACHE_DIR"] = str(own)
        return


def _user_folders() -> list[Path]:
    """Where compiled code may be kept, the best place first; one's own folder in the temporary one as the last."""
    folders = []
    cache = os.environ.get("XDG_CACHE_HOME", "")
    if os.path.isabs(cache):
        folders.append(Path(cache))
    try:
        folders.append(Path.home() / ".cache")
    except RuntimeError:  # no home directory
        pass
    user = os.getuid() if hasattr(os, "getuid") else os.environ.get("USERNAME", "user")
    own = [folder / "seawarden" / "kernels" for folder in folders]
    return [*own, Path(tempfile.gettempdir()) / f"seawarden-kernels-{user}"]


def _is_ours(folder: Path) -> bool:
    """Whether nobody else could have put code there, and it can be written."""
    owner = folder.stat().st_uid
    return os.access(folder, os.W_OK | os.X_OK) and (not hasattr(os, "getuid") or owner == os.getuid())


def _forget_old(parent: Path) -> None:
    """Drop the compiled code of all but the states used last."""
    used = sorted(parent.iterdir(), key=lambda folder: folder.stat().st_mtime_ns, reverse=True)
    for folder in used[_KEPT_STATES:]:
        shutil.rmtree(folder, ignore_errors=True)


_keep_kernels()
