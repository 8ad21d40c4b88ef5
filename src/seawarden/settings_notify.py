"""Settings of messages to people who do not sit at the page."""

from __future__ import annotations

from typing import Annotated

import msgspec
from msgspec import Meta


class NotifySettings(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """How alerts become messages. Nothing here changes a finding or an alert, so it is left out of the hash."""

    fold: bool = True
    """A ship near thirty parallel lines is thirty alerts; thirty mails at once are read by nobody. Turned off, each
    alert has messages of its own."""
    join_min: Annotated[float, Meta(ge=0, le=240, description="Least time before more assets are told of")] = 10
    """A case that begins, rises or ends is told at once; that it has reached one more asset waits until ten minutes
    after the last message: a challenge is to be answered within ten, so that each message can be acted on."""
    lines: Annotated[int, Meta(ge=1, le=1_000, description="Assets that a message names in words")] = 40
    """A mail of forty lines is still read on a phone; the rest is counted. Webhooks and CAP hold all."""
