"""Have a browser for the tests: the machine's own, one out of an npm package, or, as root, Debian's.

Standard library only: nothing is installed yet when this runs.
"""

from __future__ import annotations

import os
import platform
import shutil
import subprocess
import sys
import tarfile
from pathlib import Path

from steps import NPM_NETWORK, ROOT, TOOLS, Trouble, call, digest, node_home, npm, say, stamped


def starts(browser: Path | str) -> bool:
    """Return whether a browser can be started at all."""
    try:
        return subprocess.run([str(browser), "--version"], capture_output=True, timeout=60).returncode == 0
    except (OSError, subprocess.TimeoutExpired):
        return False


def packaged_browser() -> Path | None:
    """Unpack the Chromium that is published inside an npm package; None where there is none for this machine.

    It needs no root and no system packages: it brings NSS, a font and SwiftShader, which draws WebGL 2.
    """
    if sys.platform != "linux" or platform.machine() != "x86_64":
        return None
    home = TOOLS / "chromium"
    recipe = ROOT / "tools/browser"
    with stamped(home / "stamp", digest([recipe], "4")) as stale:
        if stale:
            say("fetching a browser for the tests")
            shutil.rmtree(home, ignore_errors=True)
            shutil.copytree(recipe, home, ignore=shutil.ignore_patterns("node_modules"))
            npm("browser", NPM_NETWORK, home, "ci", "--ignore-scripts")
            call("unpack", "Is the disk full?", [node_home() / "bin/node", home / "unpack.mjs"], cwd=home)
            for pack in sorted(home.glob("*.tar")):
                with tarfile.open(pack) as tar:
                    if hasattr(tarfile, "data_filter"):  # not in Python 3.11.2, which Debian 12 has
                        tar.extraction_filter = tarfile.data_filter
                    tar.extractall(home / pack.stem)
                pack.unlink()
            for library in (home / "swiftshader").iterdir():  # Chromium looks for these beside itself
                library.rename(home / library.name)
            (home / "chromium-binary").chmod(0o755)
            (home / "chromium").chmod(0o755)
            shutil.rmtree(home / "node_modules")
    return home / "chromium" if starts(home / "chromium") else None


def find_browser() -> Path:
    """Return a browser that starts: the one named, one on the machine, one from npm, or Debian's for root."""
    named = os.environ.get("SEAWARDEN_CHROMIUM")
    if named:
        if not starts(named):
            raise Trouble(f"SEAWARDEN_CHROMIUM={named} does not start")
        return Path(named)
    for name in ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable"):
        found = shutil.which(name)
        if found and starts(found):
            return Path(found)
    packaged = packaged_browser()
    if packaged:
        return packaged
    advice = "Install Chromium by hand, or name one in SEAWARDEN_CHROMIUM."
    if shutil.which("apt-get") and os.geteuid() == 0:
        say("installing Debian's chromium")
        call("apt-update", advice, ["apt-get", "update"])
        call("apt-chromium", advice, ["apt-get", "install", "-y", "--no-install-recommends", "chromium"])
        found = shutil.which("chromium")
        if found and starts(found):
            return Path(found)
    raise Trouble(f"no browser could be had for the tests. {advice}")
