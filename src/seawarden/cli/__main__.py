"""`python -m seawarden.cli`, the same as `seawarden`."""

from __future__ import annotations

import sys

from seawarden.cli.program import main

if __name__ == "__main__":
    sys.exit(main())
