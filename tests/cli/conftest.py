"""A server that stands in for the public ones."""

from __future__ import annotations

import importlib.util
from collections.abc import Iterator
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest


def _module() -> ModuleType:
    spec = importlib.util.spec_from_file_location("stand_in", Path(__file__).parents[1] / "sources/stand_in.py")
    assert spec is not None and spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.fixture(scope="session")
def stand_in_module() -> Any:
    return _module()


@pytest.fixture
def stand_in(stand_in_module: Any) -> Iterator[Any]:
    with stand_in_module.running() as server:
        yield server


@pytest.fixture
def reply(stand_in_module: Any) -> Any:
    """`Reply`, to be made by tests."""
    return stand_in_module.Reply
