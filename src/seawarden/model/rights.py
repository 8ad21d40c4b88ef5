"""Who may see what: the one place that decides whether a restricted asset may leave the engine.

A restricted asset, and everything that tells of it (findings, alerts, risks, faults, assets ahead), is held back
whole from anyone without the right: no redacted shell stays, because a shell tells that something is there.
"""

from __future__ import annotations

from typing import TypeVar

import msgspec

from seawarden.model.alert import Alert
from seawarden.model.asset import Asset
from seawarden.model.fault import Candidate, Fault
from seawarden.model.finding import AssetRef, Finding
from seawarden.model.risk import AssetAhead, Risk

PUBLIC = "public"

Releasable = TypeVar("Releasable", Asset, AssetRef, Finding, Alert, Risk, Fault, Candidate)


class Rights(msgspec.Struct, frozen=True):
    """The groups whose restricted assets a reader may see; none by default."""

    groups: frozenset[str] = frozenset()

    def may_see(self, visibility: str) -> bool:
        """Whether something of this visibility may be shown."""
        return visibility == PUBLIC or visibility in self.groups


NOBODY = Rights()
"""A reader without any right: sees public assets only."""


def release(item: Releasable, rights: Rights) -> Releasable | None:
    """The item as this reader may see it, or None when it must not leave.

    Assets ahead of a ship are filtered one by one;
    an item that is about a restricted asset is held back whole.
    """
    if isinstance(item, (Asset, AssetRef)):
        return item if rights.may_see(item.visibility) else None
    if isinstance(item, Finding):
        if item.asset is None:
            return item
        return item if rights.may_see(item.asset.visibility) else None
    if isinstance(item, Fault):
        if not rights.may_see(item.asset.visibility):
            return None
        candidates = tuple(c for c in (release(c, rights) for c in item.candidates) if c is not None)
        return msgspec.structs.replace(item, candidates=candidates)
    if isinstance(item, Candidate):
        return msgspec.structs.replace(item, ahead=_ahead(item.ahead, rights))
    if not rights.may_see(item.asset.visibility):
        return None
    return msgspec.structs.replace(item, ahead=_ahead(item.ahead, rights))


def _ahead(ahead: tuple[AssetAhead, ...], rights: Rights) -> tuple[AssetAhead, ...]:
    return tuple(a for a in ahead if rights.may_see(a.asset.visibility))
