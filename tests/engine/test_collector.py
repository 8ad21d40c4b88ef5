"""What the cycle collector is kept from, and what it still does."""

from __future__ import annotations

import gc
import weakref
from collections.abc import Iterator

import pytest

from seawarden.engine.collector import SELDOM, collecting_seldom, keep_what_is_loaded


class Ring:
    """Holds itself."""

    def __init__(self) -> None:
        self.me = self


@pytest.fixture
def thawed() -> Iterator[None]:
    keep_what_is_loaded.cache_clear()
    yield
    gc.unfreeze()
    keep_what_is_loaded.cache_clear()


@pytest.mark.usefixtures("thawed")
def test_what_is_loaded_is_walked_through_no_more_and_what_comes_after_is() -> None:
    before = Ring()
    keep_what_is_loaded()
    assert not any(item is before for item in gc.get_objects())
    kept = gc.get_freeze_count()
    assert kept > 10_000
    after = weakref.ref(Ring())
    gc.collect()
    assert after() is None
    keep_what_is_loaded()  # once a process
    fresh = Ring()
    assert any(item is fresh for item in gc.get_objects())


def test_the_collector_is_as_before_after_a_run() -> None:
    before = gc.get_threshold()
    with collecting_seldom():
        assert gc.get_threshold() == SELDOM
    assert gc.get_threshold() == before
