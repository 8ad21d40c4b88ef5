"""Write the published JSON Schemas: `python tools/schemas.py [--check]`."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

from seawarden.channels.schemas import PUBLISHED, schema_bytes

ROOT = Path(__file__).resolve().parent.parent
FOLDERS = (ROOT / "schemas", ROOT / "web" / "src" / "model" / "schemas")


def main() -> int:
    """Write what differs, or with `--check` only say so; returns the exit code."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--check", action="store_true", help="write nothing; fail when a file is not current")
    check = parser.parse_args().check
    stale = 0
    for folder in FOLDERS:
        for name in PUBLISHED:
            path, data = folder / f"{name}.json", schema_bytes(name)
            if path.is_file() and path.read_bytes() == data:
                continue
            stale += 1
            if check:
                print(f"{path.relative_to(ROOT)} is not current: run python tools/schemas.py")
            else:
                path.parent.mkdir(parents=True, exist_ok=True)
                path.write_bytes(data)
                print(f"wrote {path.relative_to(ROOT)}")
    return 1 if check and stale else 0


if __name__ == "__main__":
    sys.exit(main())
