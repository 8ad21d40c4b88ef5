"""The one door: nothing leaves the engine, in a file or over the network, but through a gate.

`model.rights.release` decides by what an item is about. The gate adds a second look at its words: an item about
something public whose text or ids still name an asset that this reader may not see is held back whole, so that a
sentence written anywhere in the engine can't give a restricted route away.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from typing import Any, Final

import msgspec

from seawarden.model.asset import Asset
from seawarden.model.rights import NOBODY, Releasable, Rights, release
from seawarden.model.watch import WATCH_RIGHT, WatchChange

_BETWEEN: Final = "\x00"


class Gate:
    """What one reader may see."""

    def __init__(self, assets: Iterable[Asset], rights: Rights = NOBODY) -> None:
        """Make the gate of a reader.

        Args:
            assets: all assets of the run, restricted ones included.
            rights: the reader's.
        """
        everything = list(assets)
        self.rights = rights
        self.assets = [asset for asset in everything if rights.may_see(asset.visibility)]
        hidden = [asset for asset in everything if not rights.may_see(asset.visibility)]
        self.hides = bool(hidden)
        """Whether there are assets that this reader may not see."""
        shown_words = {word for asset in self.assets for word in _words(asset)}
        self.hidden_words = sorted({word for asset in hidden for word in _words(asset)} - shown_words)
        """Ids, names and aliases that must not be read, but those that a public asset bears as well."""
        longer = sorted((w for w in shown_words if any(h in w for h in self.hidden_words)), key=len, reverse=True)
        self._shown = _pattern(longer)
        self._hidden = _pattern(self.hidden_words)

    def one(self, item: Releasable) -> Releasable | None:
        """The item as this reader may see it, or None when it must not leave."""
        shown = release(item, self.rights)
        if shown is None or self._hidden is None:
            return shown
        # one look at all its words is several times as fast as one at each; no word holds the sign between them
        return None if self.tells(_BETWEEN.join(_texts(msgspec.to_builtins(shown)))) else shown

    def all(self, items: Iterable[Releasable]) -> list[Releasable]:
        """Those of the items that this reader may see."""
        return [shown for shown in map(self.one, items) if shown is not None]

    def watch(self, changes: Iterable[WatchChange]) -> list[WatchChange]:
        """How well assets that this reader may see are watched; nothing without the right to know it.

        Where the watch is blind is where to strike.
        """
        if not self.rights.may_see(WATCH_RIGHT):
            return []
        shown = {asset.id for asset in self.assets}
        return [change for change in changes if change.asset in shown]

    def texts(self, texts: Iterable[str]) -> tuple[str, ...]:
        """Those of the texts that name nothing hidden."""
        return tuple(text for text in texts if not self.tells(text))

    def tells(self, text: str) -> bool:
        """Whether a text names an asset that this reader may not see."""
        if self._hidden is None:
            return False
        folded = text.casefold()
        return self._hidden.search(self._shown.sub(" ", folded) if self._shown else folded) is not None


def _words(asset: Asset) -> Iterator[str]:
    told = (asset.id, asset.name, *asset.aliases, asset.part_of, asset.system_name, asset.attribution, asset.source)
    for word in told:
        if word.strip():
            yield word.casefold()


def _pattern(words: list[str]) -> re.Pattern[str] | None:
    if not words:
        return None
    return re.compile(r"(?<!\w)(?:" + "|".join(re.escape(word) for word in words) + r")(?!\w)")


def _texts(value: Any) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict):
        for key, part in value.items():
            yield key
            yield from _texts(part)
    elif isinstance(value, (list, tuple)):
        for part in value:
            yield from _texts(part)
