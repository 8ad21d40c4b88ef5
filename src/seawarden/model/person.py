"""Who is acting: a person or a program with a name, a role and the groups whose restricted assets they may see."""

from __future__ import annotations

from typing import Final, Literal

import msgspec

from seawarden.model.rights import NOBODY, Rights

Role = Literal["viewer", "analyst", "officer", "admin"]
ROLES: Final[tuple[Role, ...]] = ("viewer", "analyst", "officer", "admin")

Deed = Literal["read", "comment", "fault", "work", "posture", "accounts"]
DEEDS: Final[dict[Role, frozenset[str]]] = {
    "viewer": frozenset({"read"}),
    "analyst": frozenset({"read", "comment", "fault"}),
    "officer": frozenset({"read", "comment", "fault", "work", "posture"}),
    "admin": frozenset({"read", "comment", "fault", "work", "posture", "accounts"}),
}
"""What each role may do. `comment`: comments and outcomes of closed alerts; `fault`: declare and end faults; `work`:
acknowledge, assign, silence, log calls and promises, close, hand over; `posture`: raise and lower it."""


class Person(msgspec.Struct, frozen=True, kw_only=True):
    """Who asks or acts."""

    name: str
    role: Role
    rights: Rights = NOBODY
    """Groups whose restricted assets they may see."""
    token: str = ""
    """Id of the API token that they used, empty for a person at the page."""

    def may(self, deed: Deed) -> bool:
        """Whether their role allows it."""
        return deed in DEEDS[self.role]
