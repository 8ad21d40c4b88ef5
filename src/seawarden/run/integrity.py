"""What looks at the truth of positions and identities, as the watch and its bench run it."""

from __future__ import annotations

from seawarden.behaviours.identity_change import IdentityChange
from seawarden.behaviours.interference import Interference
from seawarden.behaviours.spoofing.circling import Circling
from seawarden.behaviours.spoofing.creeping import Creeping
from seawarden.behaviours.spoofing.doubled import Doubled
from seawarden.behaviours.spoofing.misplaced import Misplaced
from seawarden.behaviours.spoofing.swapped import Swapped
from seawarden.ports import Behaviour, FleetBehaviour
from seawarden.settings import Settings


def integrity_behaviours(settings: Settings) -> list[Behaviour]:
    """Those of single ships that are switched on, in their fixed order."""
    s = settings.integrity
    table: list[tuple[bool, Behaviour]] = [
        (s.doubled.enabled, Doubled(s.doubled)),
        (s.circling.enabled, Circling(s.circling)),
        (s.misplaced.enabled, Misplaced(s.misplaced)),
        (s.creeping.enabled, Creeping(s.creeping)),
    ]
    return [behaviour for enabled, behaviour in table if enabled]


def integrity_across(settings: Settings) -> list[FleetBehaviour]:
    """Those across ships that are switched on, in the order in which each sees the ones before it."""
    s = settings.integrity
    table: list[tuple[bool, FleetBehaviour]] = [
        (s.swapped.enabled, Swapped(s.swapped)),
        (s.interference.enabled, Interference(s.interference)),
        (s.identity.enabled, IdentityChange(s.identity)),
    ]
    return [behaviour for enabled, behaviour in table if enabled]
