"""Who is told of what: per person by tier, asset and hours, from a TOML file.

    [[person]]
    name = "Ada"
    to = ["mailto://mail.example?from=watch@example.org&to=ada@example.org", "https://hook.example/alerts"]
    tiers = ["challenge", "act"]
    assets = []              # ids; empty: all
    owners = []              # names of owners, whose assets they hear of as well; both empty: all
    hours = "18:00-06:00"    # UTC; empty: always
    groups = ["navy"]        # whose restricted assets they may see
    escalations = true       # also what nobody acknowledged, told of it before or not
    sounds = true            # their sounder or siren is tested when they sign in
    exercises = true         # takes part in drills; nobody else is told of one

A `${NAME}` in an address is taken from the environment, so that no secret need stand in the file.
"""

from __future__ import annotations

import os
import re
import tomllib
from collections.abc import Iterable, Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import Final

import msgspec

from seawarden.model.alert import Alert, Tier
from seawarden.model.asset import Asset
from seawarden.model.error import SettingsError
from seawarden.model.rights import Rights

_HOURS: Final = re.compile(r"^([01]\d|2[0-3]):([0-5]\d)-([01]\d|2[0-3]):([0-5]\d)$")
_NAME: Final = re.compile(r"\$\{(\w+)\}")


class Recipient(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """One person and what they want to hear of."""

    name: str
    to: tuple[str, ...]
    tiers: tuple[Tier, ...] = ("challenge", "act")
    assets: tuple[str, ...] = ()
    owners: tuple[str, ...] = ()
    """Owners of assets, in any case of letters: an operator is told of its own assets and of nobody else's."""
    hours: str = ""
    groups: tuple[str, ...] = ()
    escalations: bool = False
    """Whether they are told of what nobody acknowledged in time, whatever its tier, and whether they were told of the
    case before or not; of their own assets alone. Others are reminded of what they were told of."""
    exercises: bool = False
    """Whether they take part in drills: nobody else is told of one."""
    sounds: bool = False
    """Whether their sounder is tested when they sign in."""

    @property
    def rights(self) -> Rights:
        """Whose restricted assets they may see."""
        return Rights(frozenset(self.groups))

    def concerns(self, alert: Alert, owner: str = "") -> bool:
        """Whether an alert is about an asset of theirs, and a drill's only where they take part in drills.

        Args:
            alert: any revision.
            owner: of its asset, where it is known.
        """
        if alert.exercise and not self.exercises:
            return False
        return self.covers(alert.asset.id, owner)

    def covers(self, asset_id: str, owner: str = "") -> bool:
        """Whether an asset is theirs, or they asked for all."""
        if not self.assets and not self.owners:
            return True
        return asset_id in self.assets or owner.casefold() in {name.casefold() for name in self.owners}

    def follows(self, alert: Alert, *, escalated: bool = False) -> bool:
        """Whether they asked to be told of an alert of such a tier.

        Args:
            alert: the revision.
            escalated: whether nobody has acknowledged it in time.
        """
        return (escalated and self.escalations) or alert.highest_tier in self.tiers

    def listens(self, t: int) -> bool:
        """Whether a time, ms, is within their hours."""
        if not self.hours:
            return True
        now = datetime.fromtimestamp(t / 1000, tz=UTC)
        minute = now.hour * 60 + now.minute
        found = _HOURS.match(self.hours)
        assert found is not None
        h1, m1, h2, m2 = map(int, found.groups())
        first, last = h1 * 60 + m1, h2 * 60 + m2
        return first <= minute < last if first <= last else minute >= first or minute < last


class _File(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    person: tuple[Recipient, ...]


def read_rules(path: Path, environment: Mapping[str, str] | None = None) -> list[Recipient]:
    """The recipients of a file, addresses filled in from the environment.

    Raises:
        SettingsError: the file can't be read, or something in it can't be.
    """
    known = os.environ if environment is None else environment
    try:
        read = msgspec.convert(tomllib.loads(path.read_text()), _File)
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError, msgspec.ValidationError) as error:
        raise SettingsError(f"{path}: {error}") from None
    people = []
    for person in read.person:
        if person.hours and not _HOURS.match(person.hours):
            raise SettingsError(f"{path}: {person.name}: `hours` is written 18:00-06:00, not {person.hours!r}")
        if not person.to:
            raise SettingsError(f"{path}: {person.name}: `to` names no way")
        missing = sorted({name for to in person.to for name in _NAME.findall(to) if name not in known})
        if missing:
            raise SettingsError(f"{path}: {person.name}: the environment has no {', '.join(missing)}")
        filled = tuple(_NAME.sub(lambda m: known[m[1]], to) for to in person.to)
        people.append(msgspec.structs.replace(person, to=filled))
    return people


def unheard(people: Iterable[Recipient], assets: Iterable[Asset]) -> list[str]:
    """Sentences on ids and owners in the rules that no asset bears: of these nobody would ever be told."""
    ids, owners = set(), set()
    for asset in assets:
        ids.add(asset.id)
        owners.add(asset.owner.casefold())
    found = []
    for person in people:
        found += [f"{person.name}: there is no asset of the id {name!r}" for name in person.assets if name not in ids]
        lost = (name for name in person.owners if name.casefold() not in owners)
        found += [f"{person.name}: no asset has the owner {name!r}" for name in lost]
    return found
