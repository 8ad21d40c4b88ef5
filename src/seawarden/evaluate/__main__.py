"""`python -m seawarden.evaluate`: the command `seawarden evaluate`, as a process of its own."""

from __future__ import annotations

import os
import sys

if __name__ == "__main__":
    os.execv(sys.executable, [sys.executable, "-m", "seawarden.cli", "evaluate", *sys.argv[1:]])
